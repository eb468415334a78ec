using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Cluster.Gossip.Routing;

/// <summary>A command of a peer's client that runs here.</summary>
/// <param name="Node">The peer.</param>
/// <param name="Id">Its number there.</param>
/// <param name="Command">The command.</param>
internal sealed record RoutedRun(ushort Node, ulong Id, RoutedCommand Command)
{
    /// <summary>Whether it has been handed to the node; before that it waits for the peer's journal.</summary>
    public bool IsStarted { get; set; }

    public bool Waits { get; set; }

    /// <summary>What was asked for before it started.</summary>
    public CallStop? Stop { get; set; }

    /// <summary>Until when it waits for the peer's journal.</summary>
    public long Deadline { get; init; }

    public byte[]? Reply { get; set; }
}

/// <summary>
/// The commands of other nodes' clients that run here, because this node takes itself for the soft owner of their keys.
/// Each runs once at most: a number that is not above the last one is not looked at.
/// </summary>
internal sealed class RoutedRuns(
    IStreamProgress streams, RoutingOptions options, IRoutingSink sink, Action<Outgoing> send)
{
    private readonly Dictionary<ushort, Peer> _peers = [];
    private readonly List<RoutedRun> _behind = [];

    public int Count => _peers.Values.Sum(peer => peer.Runs.Count);

    public long Started { get; private set; }

    public long Refused { get; private set; }

    /// <summary>Commands that ran though the client's own writes were not here in time.</summary>
    public long Early { get; private set; }

    /// <summary>Tells of a partition whether this node is its soft owner.</summary>
    public Func<ushort, bool> IsMine { get; set; } = _ => false;

    public void Connect(ushort node) => _peers[node] = new Peer();

    /// <summary>Nobody waits for the replies any more.</summary>
    public void Disconnect(ushort node)
    {
        if (_peers.Remove(node, out Peer? peer))
        {
            foreach (RoutedRun run in peer.Runs.Values.Where(run => run.IsStarted && run.Reply is null))
            {
                sink.Stop(run, CallStop.Abandon);
            }

            _behind.RemoveAll(run => run.Node == node);
        }
    }

    public void Take(ushort node, ulong id, RoutedCommand command, long now)
    {
        Peer peer = _peers[node];
        if (id <= peer.LastId)
        {
            return;
        }

        peer.LastId = id;
        var run = new RoutedRun(node, id, command) { Deadline = now + options.JournalMilliseconds };
        if (!IsWelcome(peer, command))
        {
            Refuse(run);
            return;
        }

        peer.Runs.Add(id, run);
        peer.HeldBytes += command.Arguments.Length;
        if (IsBehind(run))
        {
            _behind.Add(run);
        }
        else
        {
            Start(run);
        }
    }

    /// <summary>The sender's client wants to wait no longer.</summary>
    public void Stop(ushort node, ulong id, CallStop how)
    {
        if (!_peers[node].Runs.TryGetValue(id, out RoutedRun? run) || run.Reply is not null)
        {
            return;
        }

        run.Stop = how;
        if (run.IsStarted)
        {
            sink.Stop(run, how);
        }
        else if (how == CallStop.Abandon)
        {
            _behind.Remove(run);
            Forget(run);
        }
    }

    /// <summary>More of a reply is wanted.</summary>
    public void More(ushort node, ulong id, uint from)
    {
        if (!_peers[node].Runs.TryGetValue(id, out RoutedRun? run) || run.Reply is not { } reply || from >= reply.Length)
        {
            throw new RecordFormatException("more of a reply is asked for than there is");
        }

        ReadOnlySpan<byte> part = reply.AsSpan((int)from, Math.Min(options.PartBytes, reply.Length - (int)from));
        send(new Outgoing(node, Lane.Prompt, PartMessage.Write(MessageKind.RoutedPart, id, from, part)));
        if (from + part.Length == reply.Length)
        {
            Forget(run);
        }
    }

    /// <summary>A command has had no effect yet and waits for keys.</summary>
    public void Waits(RoutedRun run)
    {
        if (!IsKnown(run))
        {
            return;
        }

        run.Waits = true;
        send(new Outgoing(run.Node, Lane.Prompt, SignalMessage.Waits(run.Id)));
        LeaveToOthers(run);
    }

    /// <summary>A command is over.</summary>
    /// <param name="run">The command.</param>
    /// <param name="reply">The whole reply; null when it had no effect.</param>
    /// <param name="written">Where its write is in this node's journal, 0 when it wrote nothing.</param>
    public void End(RoutedRun run, byte[]? reply, long written)
    {
        if (!IsKnown(run))
        {
            return;
        }

        if (reply is null)
        {
            Forget(run);
            Refuse(run);
            return;
        }

        // What the reply tells of may have been written by others: the journal counts as a whole, and is sent first.
        streams.Hurry(run.Node);
        var message = new ReplyMessage(run.Id, HasRun: true, written, streams.OwnEnd, (uint)reply.Length);
        int first = Math.Min(options.PartBytes, reply.Length);
        send(new Outgoing(run.Node, Lane.Prompt, message.Write(reply.AsSpan(0, first))));
        run.Reply = reply;
        _peers[run.Node].HeldBytes += reply.Length;
        if (first == reply.Length)
        {
            Forget(run);
        }
    }

    /// <summary>Other nodes may be the soft owners now: what waits here for their keys is given back.</summary>
    public void OwnersChanged()
    {
        foreach (RoutedRun run in _peers.Values.SelectMany(peer => peer.Runs.Values).Where(run => run.Waits).ToArray())
        {
            LeaveToOthers(run);
        }
    }

    /// <summary>Starts what has waited for the sender's journal.</summary>
    public void Tick(long now)
    {
        if (_behind.Count == 0)
        {
            return;
        }

        foreach (RoutedRun run in _behind.ToArray())
        {
            bool isBehind = IsBehind(run);
            if (!isBehind || now >= run.Deadline)
            {
                Early += isBehind ? 1 : 0;
                _behind.Remove(run);
                Start(run);
            }
        }
    }

    private bool IsWelcome(Peer peer, RoutedCommand command) =>
        peer.Runs.Count < options.RunsMax && peer.HeldBytes < options.HeldBytesMax &&
        (command.Partition is not { } partition || IsMine(partition));

    private bool IsBehind(RoutedRun run) => streams.TakenIn(run.Node) < run.Command.After;

    private bool IsKnown(RoutedRun run) =>
        _peers.TryGetValue(run.Node, out Peer? peer) && peer.Runs.TryGetValue(run.Id, out RoutedRun? known) &&
        ReferenceEquals(known, run);

    private void Start(RoutedRun run)
    {
        Started++;
        run.IsStarted = true;
        sink.Run(run);
        if (run.Stop is { } how)
        {
            sink.Stop(run, how);
        }
    }

    private void LeaveToOthers(RoutedRun run)
    {
        if (run.Reply is null && run.Command.Partition is { } partition && !IsMine(partition))
        {
            sink.Stop(run, CallStop.Abandon);
        }
    }

    private void Refuse(RoutedRun run)
    {
        Refused++;
        send(new Outgoing(
            run.Node, Lane.Prompt, new ReplyMessage(run.Id, HasRun: false, 0, 0, 0).Write([])));
    }

    private void Forget(RoutedRun run)
    {
        Peer peer = _peers[run.Node];
        peer.Runs.Remove(run.Id);
        peer.HeldBytes -= run.Command.Arguments.Length + (run.Reply?.Length ?? 0);
    }

    private sealed class Peer
    {
        public ulong LastId { get; set; }

        public Dictionary<ulong, RoutedRun> Runs { get; } = [];

        public long HeldBytes { get; set; }
    }
}
