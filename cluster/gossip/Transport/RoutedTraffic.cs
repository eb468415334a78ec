using System.Collections.Concurrent;
using Marekvs.Abstractions.Cluster;
using Marekvs.Cluster.Gossip.Replication;
using Marekvs.Cluster.Gossip.Routing;

namespace Marekvs.Cluster.Gossip.Transport;

/// <summary>
/// Connects routing to the clients of this node and to what runs commands: what other threads have to say is queued for the
/// thread of the protocols, and what these have to say is given to tasks.
/// </summary>
internal sealed class RoutedTraffic : ICommandRouter, IRoutingSink
{
    private readonly ConcurrentQueue<Action<long>> _told = new();
    private readonly Dictionary<RoutedRun, IExecution> _executions = new(ReferenceEqualityComparer.Instance);
    private readonly ICommandExecutor? _executor;
    private readonly Action _wake;
    private SoftOwners _owners = SoftOwners.None;
    private Action _ownersChanged = () => { };
    private long _local;

    /// <param name="context">The node.</param>
    /// <param name="streams">The streams, whose protocol comes first.</param>
    /// <param name="outbox">Receives messages.</param>
    /// <param name="wake">Lets the thread of the protocols look up, from any thread.</param>
    public RoutedTraffic(ClusterContext context, IStreamProgress streams, Queue<Outgoing> outbox, Action wake)
    {
        (_executor, _wake) = (context.Executor, wake);
        Protocol = new RoutingProtocol(context.Replica.Origin.Node, new RoutingOptions(), this, streams, outbox);
    }

    public RoutingProtocol Protocol { get; }

    public IEnumerable<ClusterFigure> Figures =>
    [
        new("routed_calls_total", "Commands of clients that other nodes were asked to run.", Protocol.Calls.Sent),
        new("routed_calls_not_run_total", "Commands that those did not run.", Protocol.Calls.NotRun),
        new("routed_calls_in_doubt_total", "Commands whose node was lost before it answered.", Protocol.Calls.InDoubt),
        new("routed_calls_early_total", "Answers that were given before what they tell of was here.", Protocol.Calls.Early),
        new("routed_calls_local_total", "Commands that ran here for want of a soft owner.", Interlocked.Read(ref _local)),
        new("routed_calls", "Commands under way at other nodes.", Protocol.Calls.Count),
        new("routed_runs_total", "Commands of other nodes' clients that ran here.", Protocol.Runs.Started),
        new("routed_runs_refused_total", "Commands of other nodes' clients that were not run here.", Protocol.Runs.Refused),
        new("routed_runs_early_total", "Such commands that ran before their client's own writes were here.",
            Protocol.Runs.Early),
        new("routed_runs", "Commands of other nodes' clients under way here.", Protocol.Runs.Count),
    ];

    public ushort SoftOwnerOf(ushort partition, ushort except) => Volatile.Read(ref _owners).Of(partition, except);

    public IRoutedCall Send(ushort node, RoutedCommand command)
    {
        var call = new Call(this, node);
        Tell(now => call.Id = Protocol.Begin(call, node, command, now));
        return call;
    }

    public void OnOwnersChange(Action changed) => _ownersChanged = changed;

    public void CountLocal() => Interlocked.Increment(ref _local);

    /// <summary>Lets the protocol take what was told; on its thread.</summary>
    public void TakeTold(long now)
    {
        while (_told.TryDequeue(out Action<long>? action))
        {
            action(now);
        }
    }

    void IRoutingSink.Run(RoutedRun run)
    {
        if (_executor is null)
        {
            Tell(_ => Protocol.Runs.End(run, reply: null, written: 0));
            return;
        }

        _executions[run] = _executor.Start(run.Command, new Listener(this, run));
    }

    void IRoutingSink.Stop(RoutedRun run, CallStop how) => _executions.GetValueOrDefault(run)?.Stop(how);

    void IRoutingSink.OwnersChanged(SoftOwners owners)
    {
        Volatile.Write(ref _owners, owners);
        _ownersChanged();
    }

    private void Tell(Action<long> action)
    {
        _told.Enqueue(action);
        _wake();
    }

    private sealed class Call(RoutedTraffic traffic, ushort node) : IRoutedCall, IRoutedCaller
    {
        private readonly TaskCompletionSource<RoutedReply> _reply =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ushort Node => node;

        public Task<RoutedReply> Reply => _reply.Task;

        /// <summary>Known to the thread of the protocols only.</summary>
        public ulong Id { get; set; }

        public void Stop(CallStop how) => traffic.Tell(_ => traffic.Protocol.Calls.Stop(Id, how));

        public void Complete(RoutedReply reply) => _reply.SetResult(reply);
    }

    private sealed class Listener(RoutedTraffic traffic, RoutedRun run) : IExecutionListener
    {
        public void Waits() => traffic.Tell(_ => traffic.Protocol.Runs.Waits(run));

        public void Ended(byte[]? reply, long journalPosition) => traffic.Tell(_ =>
        {
            traffic._executions.Remove(run);
            traffic.Protocol.Runs.End(run, reply, journalPosition);
        });
    }
}
