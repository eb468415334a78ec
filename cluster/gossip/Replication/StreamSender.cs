using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Cluster.Gossip.Replication;

/// <summary>
/// Sends this node's journal to one peer, from where the peer says it is. What the peer has not acknowledged is bounded;
/// a peer that is slower than that simply lets its place in the journal wait.
/// </summary>
internal sealed class StreamSender(IReplica replica, ReplicationOptions options)
{
    private readonly RecordWriter _entries = new();
    private readonly RecordWriter _message = new();
    private Origin _origin;
    private uint _version;
    private PartitionSet _wanted = PartitionSet.None;
    private Stamp _leftOut;
    private long _told;
    private long _read;
    private long _acknowledged;
    private long _synced;
    private Stamp _closed;
    private long _saidAt;
    private long _activeAt;
    private bool _isStreaming;
    private bool _isFull;
    private bool _isHurried;
    private bool _isAwaited;

    /// <summary>What the peer has of this journal.</summary>
    public long Acknowledged => _acknowledged;

    /// <summary>What the peer has of it on disk.</summary>
    public long Synced => _synced;

    /// <summary>Journal bytes the peer has not acknowledged.</summary>
    public long Lag => replica.Journal.End.Position - _acknowledged;

    public bool IsStreaming => _isStreaming;

    /// <summary>The connection is gone.</summary>
    public void Stop() => (_isStreaming, _version) = (false, 0);

    /// <summary>The next message says how far the journal is, even when there is nothing new in it for the peer.</summary>
    public void Hurry() => _isHurried = true;

    /// <summary>Somebody waits for the peer to acknowledge what there is.</summary>
    public void Ask() => (_isHurried, _isAwaited) = (true, true);

    /// <summary>The peer says where it is and what it wants.</summary>
    /// <returns>The message that begins the stream.</returns>
    public byte[] Resume(ResumeMessage resume, long now)
    {
        _activeAt = now;
        if (resume.Version >= _version)
        {
            (_version, _wanted) = (resume.Version, resume.Wanted);
        }

        return Resume(resume.Cursor);
    }

    public void Acknowledge(JournalCursor cursor, long synced)
    {
        if (cursor.Journal == replica.JournalIdentity && cursor.Incarnation == _origin.Incarnation)
        {
            _acknowledged = Math.Max(_acknowledged, Math.Min(cursor.Position, _told));
            _synced = Math.Max(_synced, Math.Min(synced, _acknowledged));
        }
    }

    /// <summary>The next part of the journal, if there is one and the peer keeps up; or, from time to time, only up to
    /// where it is complete.</summary>
    /// <returns>A message, or null.</returns>
    public byte[]? Next(long now)
    {
        if (!_isStreaming)
        {
            return null;
        }

        bool isPast = !_wanted.IsAll && _leftOut == Stamp.Latest && replica.Journal.FloorAt(_told) != Stamp.Latest;
        if (_origin != replica.Origin || isPast)
        {
            // A new incarnation begins a new stream, and so does the end of an earlier one; the peer is where it was.
            return Resume(replica.Journal.End with { Incarnation = _origin.Incarnation, Position = _told });
        }

        bool isBeat = _isHurried || IsBeatDue(now);
        _isHurried = false;
        if (isBeat)
        {
            replica.Journal.Beat();
        }

        if (!isBeat && (_told - _acknowledged >= options.WindowBytes || IsTooSoon(now)))
        {
            return null;
        }

        JournalRange range;
        _entries.Clear();
        try
        {
            int room = _told - _acknowledged >= options.WindowBytes ? 0 : options.BatchBytes;
            range = room == 0
                ? new JournalRange(_read, _read, Stamp.Zero)
                : replica.Journal.Read(_read, room, _wanted, _entries);
        }
        catch (JournalReleasedException)
        {
            return Resume(default(JournalCursor));
        }

        _activeAt = range.To > range.From ? now : _activeAt;
        _read = range.To;
        if (_entries.Length == 0 && !isBeat)
        {
            return null;
        }

        _saidAt = now;
        _isFull = _entries.Length >= options.BatchBytes / 2;
        _closed = Stamp.Max(_closed, range.Closed);
        _message.Clear();
        BatchMessage.Write(
            _message, _origin, _version, new JournalRange(_told, _read, _closed), _isAwaited, _entries.Written);
        _isAwaited = false;
        _told = _read;
        return _message.Written.ToArray();
    }

    /// <summary>Each message has its price, on both ends. Who has much to catch up with gets one after the other.</summary>
    private bool IsTooSoon(long now) => !_isFull && now - _saidAt < options.PaceMilliseconds;

    /// <summary>A journal that does not grow closes its stamps less often.</summary>
    private bool IsBeatDue(long now) => now - _saidAt >=
        (now - _activeAt < options.IdleAfterMilliseconds ? options.BeatMilliseconds : options.IdleBeatMilliseconds);

    private byte[] Resume(JournalCursor reader)
    {
        long position = replica.Journal.Resume(reader);
        Stamp floor = Stamp.Zero;
        if (position < 0)
        {
            (position, floor) = replica.Journal.Jump();
        }

        _origin = replica.Origin;
        _told = _read = _acknowledged = position;
        _synced = Math.Min(_synced, position);
        _closed = Stamp.Zero;
        _isStreaming = true;
        _leftOut = replica.Journal.FloorAt(position);
        _message.Clear();
        new BeginMessage(_origin, replica.Journal.End with { Position = position }, floor, _version, _leftOut).Write(_message);
        return _message.Written.ToArray();
    }
}
