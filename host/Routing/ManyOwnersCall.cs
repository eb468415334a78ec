using Marekvs.Abstractions.Cluster;
using Marekvs.Host.Commands;

namespace Marekvs.Host.Routing;

/// <summary>
/// A command that takes from the first of many keys that has something (BLPOP and its like), when the keys have
/// different soft owners. Each is asked for its own keys, in the order of the command, and gives what it has or
/// nothing. When none has any, this node waits until one of the keys changes here, and asks again.
/// </summary>
internal sealed class ManyOwnersCall : IRoutedCall
{
    private const int Goes = -1;

    private readonly ManyOwners _owners;
    private readonly ManyKeysCommand _command;
    private readonly RoutedCommand _form;
    private readonly TaskCompletionSource<RoutedReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IExecution? _watch;
    private int _stop = Goes;

    /// <summary>Begins the call.</summary>
    /// <param name="owners">Where keys are, and what runs here.</param>
    /// <param name="command">The command.</param>
    /// <param name="form">How its parts are sent.</param>
    public ManyOwnersCall(ManyOwners owners, ManyKeysCommand command, RoutedCommand form)
    {
        (_owners, _command, _form) = (owners, command, form);
        _ = RunAsync();
    }

    /// <summary>The node that gave the answer; 0 for this one.</summary>
    public ushort Node { get; private set; }

    public Task<RoutedReply> Reply => _reply.Task;

    public void Stop(CallStop how)
    {
        Volatile.Write(ref _stop, (int)how);
        Volatile.Read(ref _watch)?.Stop(CallStop.Abandon);
    }

    private async Task RunAsync()
    {
        long waited = _form.WaitedMilliseconds;
        while (true)
        {
            long began = _owners.Time.GetTimestamp();
            foreach ((ushort node, ushort partition, byte[] arguments) in _command.Parts(_owners.OwnerOf))
            {
                RoutedReply reply = await AskAsync(node, partition, arguments).ConfigureAwait(false);
                if (reply.End != RoutedEnd.Answered || !IsNothing(reply.Bytes))
                {
                    _reply.SetResult(reply);
                    return;
                }
            }

            bool isOver = Volatile.Read(ref _stop) != Goes || !_command.Waits ||
                !await WaitAsync(waited).ConfigureAwait(false);
            waited += (long)_owners.Time.GetElapsedTime(began).TotalMilliseconds;
            if (isOver)
            {
                Node = 0;
                _reply.SetResult(new RoutedReply(RoutedEnd.Answered, Ending(), 0));
                return;
            }
        }
    }

    /// <summary>Asks an owner for some of the keys. What it does not run runs here.</summary>
    private async Task<RoutedReply> AskAsync(ushort node, ushort partition, byte[] arguments)
    {
        var command = _form with { Arguments = arguments, Partition = partition, NeverWaits = true };
        if (node != 0)
        {
            Node = node;
            RoutedReply reply = await _owners.Router.Send(node, command).Reply.ConfigureAwait(false);
            if (reply.End != RoutedEnd.NotRun)
            {
                return reply;
            }

            _owners.Router.CountLocal();
        }

        Node = 0;
        var listener = new ExecutionEnd();
        _owners.Here.Start(command, listener);
        return await listener.WhenEnded.ConfigureAwait(false);
    }

    /// <summary>Waits until one of the keys may have something.</summary>
    /// <returns>False when time is up or the call is to end.</returns>
    private async Task<bool> WaitAsync(long waited)
    {
        if (!_command.TryReadTimeout(out long timeout) || (timeout > 0 && timeout <= waited))
        {
            return false;
        }

        var listener = new ExecutionEnd();
        IExecution watch = _owners.Here.Watch(_command.Keys, timeout == 0 ? 0 : timeout - waited, listener);
        Volatile.Write(ref _watch, watch);
        if (Volatile.Read(ref _stop) != Goes)
        {
            watch.Stop(CallStop.Abandon);
        }

        RoutedReply reply = await listener.WhenEnded.ConfigureAwait(false);
        return Volatile.Read(ref _stop) == Goes && !IsNothing(reply.Bytes);
    }

    private byte[] Ending() => Volatile.Read(ref _stop) == (int)CallStop.Unblock
        ? [.. "-"u8, .. CommandErrors.Unblocked, .. "\r\n"u8]
        : _form.ProtocolVersion == 3 ? "_\r\n"u8.ToArray()
        : "*-1\r\n"u8.ToArray();

    private static bool IsNothing(ReadOnlySpan<byte> reply) => reply is [(byte)'*', (byte)'-', ..] or [(byte)'_', ..];

    /// <summary>Waits for the end of what runs here.</summary>
    private sealed class ExecutionEnd : IExecutionListener
    {
        private readonly TaskCompletionSource<RoutedReply> _ended =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<RoutedReply> WhenEnded => _ended.Task;

        public void Waits()
        {
        }

        public void Ended(byte[]? reply, long journalPosition) => _ended.SetResult(
            new RoutedReply(reply is null ? RoutedEnd.NotRun : RoutedEnd.Answered, reply ?? [], journalPosition));
    }
}

/// <summary>What calls to many owners need of the node.</summary>
/// <param name="Router">The way to other nodes.</param>
/// <param name="Self">This node's number.</param>
/// <param name="Here">Runs what runs here.</param>
/// <param name="Time">The clock.</param>
internal sealed record ManyOwners(ICommandRouter Router, ushort Self, RoutedExecutor Here, TimeProvider Time)
{
    /// <summary>The soft owner of a partition; 0 when that is this node, or nobody.</summary>
    public ushort OwnerOf(ushort partition) =>
        Router.SoftOwnerOf(partition) is var node && node != Self ? node : (ushort)0;
}
