using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.Ownership;

namespace Marekvs.Cluster.Gossip.Replication;

/// <summary>Takes one peer's journal in, and asks for it again when something is missing.</summary>
internal sealed class StreamReceiver(ushort node, IReplica replica, WantedPartitions wants, ReplicationOptions options)
{
    private readonly RecordWriter _message = new();
    private (uint Version, PartitionSet Partitions) _asked = (0, PartitionSet.None);
    private uint _begun;
    private long _askAt;
    private long _acknowledged = -1;
    private long _acknowledgedAt;
    private bool _owesAcknowledgement;
    private bool _isAwaited;

    // What was taken in up to the one position is on disk once this node's journal is up to the other.
    private long _takenIn;
    private long _takenInUntil = -1;
    private long _synced;

    /// <summary>Entries that came and could not be taken in yet: the clocks disagree, or there is no room.</summary>
    public long PutOff { get; private set; }

    /// <summary>Why the newest entries could not be taken in; null when they were.</summary>
    public ApplyOutcome? Obstacle { get; private set; }

    /// <summary>Whether what was taken in is on its way to the disk.</summary>
    public bool AwaitsDisk => _takenInUntil >= 0;

    /// <summary>A connection was made.</summary>
    public void Start(long now)
    {
        (_askAt, _begun, _acknowledged) = (now, 0, -1);
        (_synced, _takenInUntil) = (0, -1);
    }

    /// <summary>A long message is under way.</summary>
    public void Expect(long now) => _askAt = Math.Max(_askAt, now + options.RetryMilliseconds);

    public void Begin(BeginMessage begin, long now)
    {
        if (begin.Origin.Node != node || begin.Cursor.Incarnation != begin.Origin.Incarnation)
        {
            throw new RecordFormatException("a stream begins that is another node's");
        }

        // Without a hole a stream begins where this node is or before, or what comes between would be skipped.
        JournalCursor cursor = replica.Streams.CursorOf(node);
        bool skips = begin.Floor == Stamp.Zero && begin.Cursor.Journal == cursor.Journal &&
            begin.Cursor.Position > cursor.Position;
        if (begin.Version != _asked.Version || skips)
        {
            return;
        }

        if (replica.Streams.Begin(
            begin.Origin, begin.Cursor, begin.Floor, new StreamFilter(_asked.Partitions, begin.LeftOut)))
        {
            _begun = begin.Version;
        }

        _askAt = now + options.RetryMilliseconds;
    }

    public void Take(
        Origin origin, uint version, JournalRange range, bool isAwaited, ReadOnlySpan<byte> entries, long now)
    {
        if (origin.Node != node)
        {
            throw new RecordFormatException("a batch comes that is another node's");
        }

        ApplyOutcome outcome = version == _begun
            ? replica.Streams.Apply(origin, range, entries)
            : ApplyOutcome.OutOfPlace;
        if (outcome == ApplyOutcome.Applied)
        {
            Obstacle = null;
            _isAwaited |= isAwaited;
            _owesAcknowledgement |= isAwaited || range.To != _acknowledged || now - _acknowledgedAt >= 2 * options.IdleBeatMilliseconds;
            _askAt = now + Math.Max(10 * options.BeatMilliseconds, 3 * options.IdleBeatMilliseconds);
            return;
        }

        if (outcome != ApplyOutcome.OutOfPlace)
        {
            PutOff++;
            Obstacle = outcome;
        }

        // What was under way when the place was lost will be out of place as well: ask once for all of it.
        long soon = outcome == ApplyOutcome.OutOfPlace ? options.BeatMilliseconds / 4 : options.RetryMilliseconds;
        _askAt = Math.Min(_askAt, now + soon);
    }

    /// <summary>What there is to say to the peer.</summary>
    /// <returns>A message, or null.</returns>
    public byte[]? Next(long now)
    {
        _message.Clear();
        if (now >= _askAt || _asked.Version != wants.Version)
        {
            _askAt = now + options.RetryMilliseconds;
            _asked = (wants.Version, wants.Partitions);
            new ResumeMessage(replica.Streams.CursorOf(node), _asked.Version, _asked.Partitions).Write(_message);
            return _message.Written.ToArray();
        }

        JournalCursor cursor = replica.Streams.CursorOf(node);
        _owesAcknowledgement |= SeesMoreOnDisk(cursor.Position);
        if (!_owesAcknowledgement || !IsTimeToAcknowledge(cursor.Position, now))
        {
            return null;
        }

        _owesAcknowledgement = _isAwaited = false;
        (_acknowledged, _acknowledgedAt) = (cursor.Position, now);
        new AcknowledgeMessage(cursor, _synced).Write(_message);
        return _message.Written.ToArray();
    }

    /// <summary>One acknowledgement stands for all before it: while much comes, few are enough.</summary>
    private bool IsTimeToAcknowledge(long position, long now) => _isAwaited ||
        now - _acknowledgedAt >= options.AcknowledgeMilliseconds ||
        position - _acknowledged >= options.WindowBytes / 8;

    private bool SeesMoreOnDisk(long position)
    {
        long before = _synced;
        if (_takenInUntil >= 0 && replica.Journal.Synced >= _takenInUntil)
        {
            (_synced, _takenInUntil) = (_takenIn, -1);
        }

        if (_takenInUntil < 0 && position > _synced)
        {
            (_takenIn, _takenInUntil) = (position, replica.Journal.End.Position);
        }

        return _synced > before;
    }
}
