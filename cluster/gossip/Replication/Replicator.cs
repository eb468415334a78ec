using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.AntiEntropy;
using Marekvs.Cluster.Gossip.Ownership;

namespace Marekvs.Cluster.Gossip.Replication;

/// <summary>
/// Keeps this node's data and that of its peers the same: streams of what was written, and comparisons of what is there.
/// Should messages come twice, late or not at all, positions and vectors sort it out; nothing but time is lost.
/// </summary>
internal sealed class Replicator(
    IReplica replica, PartitionKeeper keeper, ReplicationOptions options, Random random, Queue<Outgoing> outbox)
    : IPeerProtocol, IStreamProgress
{
    /// <summary>No node gets here by starting again and again; who says so wants it to run out of incarnations.</summary>
    private const int IncarnationMax = 60_000;

    // Two lives of a node that know nothing of each other, one restored from a copy, would take the same next number if
    // the step were not left to chance.
    private const int UncleanStepMax = 16;
    private const int LostStepMax = 1024;

    // Where partitions move, nodes wait for what the others say: none of them is idle.
    private readonly ReplicationOptions _options = keeper.IsPartial
        ? options with
        {
            IdleBeatMilliseconds = options.BeatMilliseconds,
            IdleStatusMilliseconds = options.StatusMilliseconds,
        }
        : options;

    private readonly BulkBudget _budget = new(options.BulkBytesPerSecond);
    private readonly SortedDictionary<ushort, PeerSession> _sessions = [];
    private readonly RecordWriter _message = new();
    private HashSet<ushort> _members = [];
    private uint _rounds;
    private long _activeAt;

    // An incarnation taken in this life of which nobody has heard: whoever knows it knows of another life.
    private Origin _untold = replica.Start == ReplicaStart.Clean ? default : replica.Origin;

    /// <summary>What every active node has applied.</summary>
    public StabilityTracker Stability { get; } = new(replica, options.Fault);

    public IEnumerable<PeerSession> Sessions => _sessions.Values;

    /// <summary>Whether a peer is to be told as soon as what it sent is on disk.</summary>
    public bool AwaitsDisk => _sessions.Values.Any(session => session is { IsConnected: true, Receiver.AwaitsDisk: true });

    /// <summary>Makes sure that this node never writes under a number it may have written more under than it has.
    /// </summary>
    /// <param name="replica">The node.</param>
    /// <param name="random">Where chance comes from.</param>
    public static void TakeSafeIncarnation(IReplica replica, Random random)
    {
        // Whoever lost all does not know what it used; peers that know better will say so.
        const int NewIncarnationMax = 30_000;
        switch (replica.Start)
        {
            case ReplicaStart.New:
                replica.TakeIncarnation((ushort)random.Next(2, NewIncarnationMax), isComplete: false);
                break;
            case ReplicaStart.Unclean:
                int step = random.Next(1, UncleanStepMax);
                replica.TakeIncarnation(checked((ushort)(replica.Origin.Incarnation + step)), isComplete: false);
                break;
        }
    }

    public bool Takes(MessageKind kind) => kind is >= MessageKind.Resume and <= MessageKind.Joined;

    public void Follow(ClusterView view, long now)
    {
        // Everybody who may come back with data.
        _members = [.. view.Members.Where(m => !m.IsSelf && m.State != MemberState.Left).Select(m => m.Origin.Node)];
        foreach (ushort node in _members)
        {
            // A node that is new counts as heard of, and has its time to answer.
            SessionOf(node, now);
        }

        UpdateActive(now);
    }

    public void Connect(ushort node, long now)
    {
        PeerSession session = SessionOf(node, now);
        session.IsConnected = true;
        session.FirstEnd = -1;
        session.HeardAt = now;
        session.HasReported = false;
        session.Reported = (now - _options.StatusMilliseconds, -1);
        session.Sender.Stop();
        session.Receiver.Start(now);
        _rounds += 1000;
        session.Comparison.Start(now, _rounds);
    }

    public void Disconnect(ushort node)
    {
        if (_sessions.TryGetValue(node, out PeerSession? session))
        {
            session.IsConnected = false;
            session.Sender.Stop();
        }
    }

    public void Receive(ushort node, ReadOnlySpan<byte> message, long now)
    {
        PeerSession session = SessionOf(node, now);
        session.HeardAt = now;
        Take(session, message, now);
    }

    public void Expect(ushort node, long now)
    {
        PeerSession session = SessionOf(node, now);
        session.HeardAt = now;
        session.Receiver.Expect(now);
        session.Comparison.Expect(now);
    }

    /// <summary>Everything stamped up to here is applied on every active node that holds a partition.</summary>
    /// <param name="partition">The partition, or a number beyond the last for all of them.</param>
    /// <param name="now">A fresh stamp of this node.</param>
    public Stamp StableThrough(ushort partition, Stamp now) =>
        Stability.IsAlone ? now
        : partition < Limits.Partitions && !keeper.Holders.Even.Contains(partition) ? Stamp.Zero
        : Stability.Stable;

    /// <summary>Whether an origin writes among the active nodes that hold a partition.</summary>
    public bool IsActive(ushort partition, Origin origin) =>
        Stability.IsActive(origin) && keeper.Holders.IsHolder(partition, origin);

    /// <summary>Somebody waits for the peers to acknowledge what was written here.</summary>
    public void AskForAcknowledgements()
    {
        foreach (PeerSession session in _sessions.Values)
        {
            session.Sender.Ask();
        }
    }

    public void Tick(long now)
    {
        if (now - _activeAt >= _options.StatusMilliseconds)
        {
            UpdateActive(now);
        }

        Stability.Advance();
        long retained = long.MaxValue;
        foreach (PeerSession session in _sessions.Values)
        {
            if (session.IsConnected)
            {
                Pump(session, now);
            }

            if (_members.Contains(session.Node))
            {
                retained = Math.Min(retained, session.Sender.Acknowledged);
            }
        }

        if (keeper.IsSettled)
        {
            replica.Journal.Retain(retained);
        }
    }

    long IStreamProgress.OwnEnd => replica.Journal.End.Position;

    long IStreamProgress.TakenIn(ushort node) => replica.Streams.CursorOf(node).Position;

    long IStreamProgress.AcknowledgedBy(ushort node) => _sessions[node].Sender.Acknowledged;

    long IStreamProgress.FirstEndOf(ushort node) => _sessions[node].FirstEnd;

    void IStreamProgress.Hurry(ushort node) => _sessions[node].Sender.Hurry();

    private PeerSession SessionOf(ushort node, long now)
    {
        if (!_sessions.TryGetValue(node, out PeerSession? session))
        {
            session = new PeerSession(node, replica, keeper, _options) { HeardAt = now };
            _sessions.Add(node, session);
        }

        return session;
    }

    private void Pump(PeerSession session, long now)
    {
        JournalCursor end = replica.Journal.End;
        bool isIdle = end.Position == session.Reported.End;
        if (now - session.Reported.At >= (isIdle ? _options.IdleStatusMilliseconds : _options.StatusMilliseconds))
        {
            session.Reported = (now, end.Position);
            keeper.Refresh();
            _message.Clear();
            new StatusMessage(replica.Origin, end, keeper.Version, replica.Applied).Write(_message);
            Send(session, Lane.Prompt, _message.Written.ToArray());
        }

        if (!session.HasReported)
        {
            // It may know that this node's number was used before, for writes this node has lost.
            return;
        }

        Send(session, Lane.Prompt, session.Receiver.Next(now));
        while (session.Sender.Next(now) is { } batch)
        {
            _untold = default;
            Send(session, Lane.Prompt, batch);
        }

        if (session.Comparison.IsDue(now))
        {
            Send(session, Lane.Bulk, session.Comparison.Next(now, WantsVectors(session)));
        }

        while (_budget.HasRoom(now) && session.Server.Next() is { } records)
        {
            _budget.Spend(records.Length);
            Send(session, Lane.Bulk, records);
        }
    }

    private void Send(PeerSession session, Lane lane, byte[]? message)
    {
        if (message is not null)
        {
            outbox.Enqueue(new Outgoing(session.Node, lane, message));
        }
    }

    /// <summary>Whether a peer has applied what no stream will bring here.</summary>
    private bool WantsVectors(PeerSession session)
    {
        if (session.Status is not { } status)
        {
            return false;
        }

        VersionVector own = replica.Applied;
        foreach ((Origin origin, Stamp stamp) in status.Applied.Entries)
        {
            if (origin != replica.Origin && stamp > own[origin] && !IsStreaming(origin))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsStreaming(Origin origin) =>
        !replica.Partitions.IsUneven && _sessions.TryGetValue(origin.Node, out PeerSession? writer) &&
        writer.IsConnected && writer.Status?.Origin == origin;

    private void Take(PeerSession session, ReadOnlySpan<byte> message, long now)
    {
        var reader = new RecordReader(message);
        switch ((MessageKind)reader.ReadByte())
        {
            case MessageKind.Resume:
                Send(session, Lane.Prompt, session.Sender.Resume(ResumeMessage.Read(ref reader), now));
                break;
            case MessageKind.Begin:
                session.Receiver.Begin(BeginMessage.Read(ref reader), now);
                keeper.Doubt();
                break;
            case MessageKind.Batch:
                ReadOnlySpan<byte> entries = BatchMessage.Read(
                    ref reader, out Origin origin, out uint version, out JournalRange range, out bool isAwaited);
                session.Receiver.Take(origin, version, range, isAwaited, entries, now);
                break;
            case MessageKind.Acknowledge:
                AcknowledgeMessage acknowledged = AcknowledgeMessage.Read(ref reader);
                session.Sender.Acknowledge(acknowledged.Cursor, acknowledged.Synced);
                break;
            case MessageKind.Status:
                TakeStatus(session, StatusMessage.Read(ref reader, message));
                break;
            case MessageKind.Roots:
                _untold = default;
                var differing = new List<ushort>();
                foreach (byte[] answer in session.Server.Answer(RootsMessage.Read(ref reader), differing))
                {
                    Send(session, Lane.Bulk, answer);
                }

                session.Comparison.Suspect(differing);
                break;
            case MessageKind.Verdict:
                session.Comparison.Take(VerdictMessage.Read(ref reader, message), now);
                break;
            case MessageKind.Buckets:
                BucketsMessage buckets = BucketsMessage.Read(ref reader, message);
                NoticeOwnPast(buckets.Applied);
                Send(session, Lane.Bulk, session.Comparison.Take(buckets, now));
                break;
            case MessageKind.Keys:
                session.Server.Take(KeysMessage.Read(ref reader));
                break;
            case MessageKind.Records:
                RecordsMessage records = RecordsMessage.Read(ref reader, out ReadOnlySpan<byte> chunks);
                Send(session, Lane.Bulk, session.Comparison.Take(records, chunks, now));
                break;
            case MessageKind.Joined:
                session.Server.Take(JoinedMessage.Read(ref reader));
                break;
            default:
                throw new RecordFormatException("a message of an unknown kind");
        }
    }

    private void TakeStatus(PeerSession session, StatusMessage status)
    {
        if (status.Origin.Node != session.Node)
        {
            throw new RecordFormatException("a status comes that is another node's");
        }

        if (status.Applied.Entries.Any(entry => entry.Value > replica.LatestAcceptable))
        {
            // What it says could never be reached, and everybody would wait for it.
            session.Untimely++;
            return;
        }

        NoticeOwnPast(status.Applied);
        session.Status = status;
        session.FirstEnd = session.FirstEnd < 0 ? status.End.Position : session.FirstEnd;
        session.HasReported = true;
        keeper.Hear(session.Node, status);
        if (keeper.IsUnderstood(session.Node))
        {
            Stability.Hear(status.Origin, status.Applied);
        }
    }

    /// <summary>A peer has of this node what this node has not: data is missing here, and what is written from now on
    /// must not be taken for what was written then.</summary>
    private void NoticeOwnPast(VersionVector applied)
    {
        Origin self = replica.Origin;
        int newest = 0;
        bool isReused = false;
        foreach ((Origin origin, Stamp stamp) in applied.Entries)
        {
            if (origin.Node == self.Node &&
                (origin.Incarnation > self.Incarnation || (origin == self && (self == _untold || stamp > replica.Applied[self]))))
            {
                newest = Math.Max(newest, origin.Incarnation);
                isReused |= origin == self;
            }
        }

        if (newest > IncarnationMax)
        {
            throw new RecordFormatException($"this node was never in incarnation {newest}");
        }

        if (newest > 0)
        {
            replica.TakeIncarnation((ushort)(newest + random.Next(1, LostStepMax)), isComplete: !isReused);
            _untold = replica.Origin;
        }
    }

    private void UpdateActive(long now)
    {
        _activeAt = now;
        bool wasHeard(ushort node) =>
            _sessions.TryGetValue(node, out PeerSession? session) && now - session.HeardAt < _options.EvictMilliseconds;
        Stability.SetActive(_members.Where(wasHeard), _members.Where(node => !wasHeard(node)));
    }
}
