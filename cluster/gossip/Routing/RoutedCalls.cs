using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Cluster.Gossip.Routing;

/// <summary>
/// The commands of this node's clients that run at other nodes. A call ends once, whatever happens: with its reply, as
/// not run, or in doubt when its node was lost in the middle. A reply is held back until what it tells of is here too.
/// </summary>
internal sealed class RoutedCalls(IStreamProgress streams, RoutingOptions options, Action<Outgoing> send)
{
    private const long LookEvery = 100;

    private readonly SortedDictionary<ulong, Call> _calls = [];
    private readonly List<Call> _arrived = [];
    private ulong _lastId;
    private long _lookAt;

    public int Count => _calls.Count;

    public long Sent { get; private set; }

    /// <summary>Calls that other nodes did not run.</summary>
    public long NotRun { get; private set; }

    public long InDoubt { get; private set; }

    /// <summary>Replies that were given though what they tell of was not here in time.</summary>
    public long Early { get; private set; }

    /// <summary>Sends a command to a connected node.</summary>
    /// <returns>The number of the call, for <see cref="Stop"/>; 0 when it is over.</returns>
    public ulong Begin(IRoutedCaller caller, ushort node, RoutedCommand command, long now)
    {
        if (command.Arguments.Length > options.RequestBytesMax)
        {
            NotRun++;
            caller.Complete(new RoutedReply(RoutedEnd.NotRun, [], 0));
            return 0;
        }

        var call = new Call(++_lastId, node, caller) { Deadline = now + options.AnswerMilliseconds };
        _calls.Add(call.Id, call);
        Sent++;
        send(new Outgoing(node, Lane.Prompt, RequestMessage.Write(call.Id, command)));
        return call.Id;
    }

    /// <summary>Ends the wait of a call. Nobody waits for one that is abandoned.</summary>
    public void Stop(ulong id, CallStop how)
    {
        if (!_calls.TryGetValue(id, out Call? call))
        {
            return;
        }

        send(new Outgoing(call.Node, Lane.Prompt, SignalMessage.Stop(id, how)));
        if (how == CallStop.Abandon)
        {
            End(call, RoutedEnd.InDoubt);
        }
    }

    /// <summary>A node is gone. Calls that waited for keys there have had no effect but one that nobody heard of, as
    /// when the connection of a client breaks.</summary>
    public void Disconnect(ushort node)
    {
        foreach (Call call in _calls.Values.Where(call => call.Node == node).ToArray())
        {
            bool isAnswered = call.IsComplete;
            InDoubt += isAnswered || call.Waits ? 0 : 1;
            End(call, isAnswered ? RoutedEnd.Answered : call.Waits ? RoutedEnd.NotRun : RoutedEnd.InDoubt);
        }
    }

    /// <summary>A call has had no effect yet and waits for keys.</summary>
    public void TakeWaits(ushort node, ulong id)
    {
        if (Find(node, id) is { } call)
        {
            call.Waits = true;
            call.Deadline = long.MaxValue;
        }
    }

    public void TakeReply(ushort node, ReplyMessage reply, ReadOnlySpan<byte> first, long now)
    {
        if (Find(node, reply.Id) is not { } call)
        {
            return;
        }

        if (call.Reply is not null || reply.Length > options.ReplyBytesMax || first.Length > reply.Length)
        {
            throw new RecordFormatException("a reply comes that cannot be");
        }

        if (!reply.HasRun)
        {
            NotRun++;
            End(call, RoutedEnd.NotRun);
            return;
        }

        // From now on it has had its effect.
        call.Waits = false;
        call.Written = reply.Written;
        call.Reach = reply.Reach;
        call.Length = reply.Length;
        call.Reply = [];
        Append(call, first, now);
    }

    public void TakePart(ushort node, ulong id, uint from, ReadOnlySpan<byte> bytes, long now)
    {
        if (Find(node, id) is not { } call)
        {
            return;
        }

        if (call.Reply is null || from != call.Reply.Count || bytes.IsEmpty || from + (long)bytes.Length > call.Length)
        {
            throw new RecordFormatException("a part of a reply is out of place");
        }

        Append(call, bytes, now);
    }

    /// <summary>Gives the replies whose effects are here by now, and gives up what takes too long.</summary>
    public void Tick(long now)
    {
        if (_arrived.Count > 0)
        {
            foreach (Call call in _arrived.ToArray())
            {
                bool isHere = IsHere(call);
                if (isHere || now >= call.Deadline)
                {
                    Early += isHere ? 0 : 1;
                    End(call, RoutedEnd.Answered);
                }
            }
        }

        if (now < _lookAt)
        {
            return;
        }

        _lookAt = now + LookEvery;
        foreach (Call call in _calls.Values.Where(call => !call.IsComplete && now >= call.Deadline).ToArray())
        {
            send(new Outgoing(call.Node, Lane.Prompt, SignalMessage.Stop(call.Id, CallStop.Abandon)));
            InDoubt++;
            End(call, RoutedEnd.InDoubt);
        }
    }

    private void Append(Call call, ReadOnlySpan<byte> bytes, long now)
    {
        List<byte> reply = call.Reply!;
        reply.AddRange(bytes);
        if (!call.IsComplete)
        {
            call.Deadline = now + options.AnswerMilliseconds;
            send(new Outgoing(
                call.Node, Lane.Prompt, PartMessage.Write(MessageKind.RoutedMore, call.Id, (uint)reply.Count, [])));
        }
        else if (IsHere(call))
        {
            End(call, RoutedEnd.Answered);
        }
        else
        {
            call.Deadline = now + options.JournalMilliseconds;
            _arrived.Add(call);
        }
    }

    private bool IsHere(Call call) => streams.TakenIn(call.Node) >= call.Reach;

    private Call? Find(ushort node, ulong id) =>
        _calls.TryGetValue(id, out Call? call) && call.Node == node ? call : null;

    private void End(Call call, RoutedEnd end)
    {
        _calls.Remove(call.Id);
        _arrived.Remove(call);
        call.Caller.Complete(end == RoutedEnd.Answered
            ? new RoutedReply(end, [.. call.Reply!], call.Written)
            : new RoutedReply(end, [], 0));
    }

    private sealed class Call(ulong id, ushort node, IRoutedCaller caller)
    {
        public ulong Id => id;

        public ushort Node => node;

        public IRoutedCaller Caller => caller;

        public bool Waits { get; set; }

        public long Deadline { get; set; }

        /// <summary>What has come of the reply; null while nothing has.</summary>
        public List<byte>? Reply { get; set; }

        public uint Length { get; set; }

        public long Written { get; set; }

        public long Reach { get; set; }

        public bool IsComplete => Reply is not null && Reply.Count == Length;
    }
}
