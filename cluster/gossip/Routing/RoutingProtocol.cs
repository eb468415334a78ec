using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Cluster.Gossip.Routing;

/// <summary>
/// Brings commands that must run in one place to the soft owner of their keys, and their replies back.
/// <code>
/// entry -> owner   Request   behind the entry's journal, so that the owner has what the client wrote
/// owner -> entry   Waits     it waits for keys: should the owner be lost now, it has had no effect
/// entry -> owner   Stop      the client wants to wait no longer
/// owner -> entry   Reply     behind the owner's journal; the client gets it when what it tells of is here
/// entry -> owner   More      the reply is longer than one message
/// owner -> entry   Part      more of it
/// </code>
/// A node runs commands of a partition when it takes itself for its soft owner: the first owner that is connected and
/// in step with it. Whoever was cut off is in step again when both have taken in what was written meanwhile.
/// </summary>
internal sealed class RoutingProtocol : IPeerProtocol
{
    private readonly ushort _self;
    private readonly RoutingOptions _options;
    private readonly IRoutingSink _sink;
    private readonly IStreamProgress _streams;
    private readonly Queue<Outgoing> _outbox;
    private readonly List<Outgoing> _held = [];
    private readonly SortedDictionary<ushort, Step> _steps = [];
    private OwnerTable _ownersByView = OwnerTable.Empty;
    private bool _isAllInStep;

    /// <param name="self">This node's number.</param>
    /// <param name="options">Times and bounds.</param>
    /// <param name="sink">Runs commands and is told of changes.</param>
    /// <param name="streams">The streams, whose protocol comes first among those that share the outbox.</param>
    /// <param name="outbox">Receives messages.</param>
    public RoutingProtocol(
        ushort self, RoutingOptions options, IRoutingSink sink, IStreamProgress streams, Queue<Outgoing> outbox)
    {
        (_self, _options, _sink, _streams, _outbox) = (self, options, sink, streams, outbox);
        Calls = new RoutedCalls(streams, options, _held.Add);
        Runs = new RoutedRuns(streams, options, sink, _held.Add)
        {
            IsMine = partition => Owners.Of(partition) == _self,
        };
    }

    public RoutedCalls Calls { get; }

    public RoutedRuns Runs { get; }

    public SoftOwners Owners { get; private set; } = SoftOwners.None;

    public bool Takes(MessageKind kind) => kind is >= MessageKind.RoutedRequest and <= MessageKind.RoutedStop;

    public void Follow(ClusterView view, long now)
    {
        _ownersByView = view.Owners;
        UpdateOwners();
    }

    public void Connect(ushort node, long now)
    {
        _steps[node] = new Step(_streams.OwnEnd, now + _options.StepMilliseconds);
        _isAllInStep = false;
        Runs.Connect(node);
        UpdateOwners();
    }

    public void Disconnect(ushort node)
    {
        _steps.Remove(node);
        _held.RemoveAll(message => message.Node == node);
        Calls.Disconnect(node);
        Runs.Disconnect(node);
        UpdateOwners();
    }

    /// <summary>Sends a command of a client.</summary>
    /// <returns>The number of the call; 0 when it is over.</returns>
    public ulong Begin(IRoutedCaller caller, ushort node, RoutedCommand command, long now)
    {
        if (_steps.ContainsKey(node))
        {
            return Calls.Begin(caller, node, command, now);
        }

        caller.Complete(new RoutedReply(RoutedEnd.NotRun, [], 0));
        return 0;
    }

    public void Receive(ushort node, ReadOnlySpan<byte> message, long now)
    {
        var reader = new RecordReader(message);
        switch ((MessageKind)reader.ReadByte())
        {
            case MessageKind.RoutedRequest:
                RoutedCommand command = RequestMessage.Read(ref reader, out ulong id);
                Runs.Take(node, id, command, now);
                break;
            case MessageKind.RoutedWaits:
                Calls.TakeWaits(node, reader.ReadUInt64());
                break;
            case MessageKind.RoutedReply:
                ReplyMessage reply = ReplyMessage.Read(ref reader, out ReadOnlySpan<byte> first);
                Calls.TakeReply(node, reply, first, now);
                break;
            case MessageKind.RoutedMore:
                PartMessage.Read(ref reader, out id, out uint from);
                Runs.More(node, id, from);
                break;
            case MessageKind.RoutedPart:
                ReadOnlySpan<byte> bytes = PartMessage.Read(ref reader, out id, out from);
                Calls.TakePart(node, id, from, bytes, now);
                break;
            default:
                CallStop how = SignalMessage.ReadStop(ref reader, out id);
                Runs.Stop(node, id, how);
                break;
        }
    }

    public void Tick(long now)
    {
        if (!_isAllInStep)
        {
            FallInStep(now);
        }

        Runs.Tick(now);
        Calls.Tick(now);

        // Behind the streams, which have put what they have into the outbox by now.
        _held.ForEach(_outbox.Enqueue);
        _held.Clear();
    }

    private void FallInStep(long now)
    {
        foreach ((ushort node, Step step) in _steps)
        {
            bool isLate = now >= step.Deadline;
            long end = _streams.FirstEndOf(node);
            step.IsPeerReady |= isLate || _streams.AcknowledgedBy(node) >= step.OwnEnd;
            step.IsSelfReady |= isLate || (end >= 0 && _streams.TakenIn(node) >= end);
        }

        _isAllInStep = _steps.Values.All(step => step.IsPeerReady && step.IsSelfReady);
        UpdateOwners();
    }

    private void UpdateOwners()
    {
        // Whoever is out of step with most others is the one that was away, and leaves it to them.
        int inStep = _steps.Values.Count(step => step.IsPeerReady && step.IsSelfReady);
        HashSet<ushort> ready = 2 * inStep >= _steps.Count
            ? [_self, .. _steps.Where(step => step.Value.IsPeerReady).Select(step => step.Key)]
            : [.. _steps.Keys];

        if (Owners.IsSame(_ownersByView, ready))
        {
            return;
        }

        Owners = new SoftOwners(_ownersByView, ready, _self);
        Runs.OwnersChanged();
        _sink.OwnersChanged(Owners);
    }

    /// <summary>How far a peer that was just met has come.</summary>
    private sealed class Step(long ownEnd, long deadline)
    {
        /// <summary>Where this node's journal ended then.</summary>
        public long OwnEnd => ownEnd;

        public long Deadline => deadline;

        /// <summary>It has what this node had written.</summary>
        public bool IsPeerReady { get; set; }

        /// <summary>This node has what it had written.</summary>
        public bool IsSelfReady { get; set; }
    }
}
