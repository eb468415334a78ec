using Marekvs.Abstractions;
using Marekvs.Abstractions.Crdt;
using Microsoft.Extensions.Logging;

namespace Marekvs.Storage.Engine.Journal;

/// <summary>
/// The heart: durability, replication log, resume point and change feed in one. An append is a copy into mapped
/// memory, which the page cache keeps when the process is killed; a sync makes it safe against power loss.
/// A position is a byte offset into the endless concatenation of segments.
/// </summary>
internal sealed class JournalLog : IDisposable
{
    private readonly string _directory;
    private readonly int _segmentBytes;
    private readonly ILogger _logger;
    private readonly Lock _appendGate = new();
    private readonly Lock _syncGate = new();
    private readonly Lock _fileGate = new();
    private readonly List<JournalSegment> _segments;
    private readonly AutoResetEvent _prepareNext = new(initialState: false);
    private readonly Thread _preparer;

    private JournalSegment _current;
    private JournalSegment? _next;
    private long _end;
    private long _synced;
    private ulong _sequence;
    private Action? _tellGrowth;
    private bool _refused;
    private volatile bool _closing;

    private JournalLog(string directory, int segmentBytes, ILogger logger, List<JournalSegment> segments, long end, ulong sequence)
    {
        _directory = directory;
        _segmentBytes = segmentBytes;
        _logger = logger;
        _segments = segments;
        _current = segments[^1];
        _end = end;
        _synced = Math.Min(end, segments.Max(segment => segment.Synced));
        _sequence = sequence;
        _preparer = new Thread(PrepareSegments) { IsBackground = true, Name = "journal-prepare" };
        _preparer.Start();
        _prepareNext.Set();
    }

    /// <summary>Which history this is.</summary>
    public Guid Identity => _current.Identity;

    /// <summary>Position after the last entry.</summary>
    public long End => Volatile.Read(ref _end);

    /// <summary>Position up to which the journal is on disk.</summary>
    public long Synced => Volatile.Read(ref _synced);

    /// <summary>Position of the oldest byte kept.</summary>
    public long First { get { lock (_appendGate) { return _segments[0].First; } } }

    public int SegmentCount { get { lock (_appendGate) { return _segments.Count; } } }

    /// <summary>Entries appended since the journal was opened.</summary>
    public long Appended { get; private set; }

    /// <summary>Whether the last append found room; a refused one asks for space and this turns true again when it is
    /// there.</summary>
    public bool IsWritable => !Volatile.Read(ref _refused);

    /// <summary>Opens a directory, creating a new history when it holds none.</summary>
    /// <param name="directory">Belongs to the journal alone.</param>
    /// <param name="segmentBytes">Bytes of a new segment.</param>
    /// <param name="identity">The identity of a new history.</param>
    /// <param name="repair">Cut at the first damaged entry even when it was synced; what follows is kept aside.</param>
    /// <param name="logger">Reports what was cut.</param>
    /// <exception cref="JournalException">Damage, with what to do.</exception>
    public static JournalLog Open(string directory, int segmentBytes, Guid identity, bool repair, ILogger logger)
    {
        Directory.CreateDirectory(directory);
        File.Delete(Path.Combine(directory, JournalSegment.PreparedName));
        List<JournalSegment> segments = JournalRecovery.OpenSegments(directory, repair, logger);
        if (segments.Count == 0)
        {
            var first = JournalSegment.Create(directory, identity, 0, 1, segmentBytes);
            return new JournalLog(directory, segmentBytes, logger, [first], JournalSegment.HeaderBytes, 0);
        }

        try
        {
            (long end, ulong sequence) = JournalRecovery.FindEnd(segments, repair, logger);
            return new JournalLog(directory, segmentBytes, logger, segments, end, sequence);
        }
        catch
        {
            segments.ForEach(segment => segment.Dispose());
            throw;
        }
    }

    /// <summary>Appends one entry.</summary>
    /// <returns>The position after it, or -1 when there is no room: nothing was written.</returns>
    public long TryAppend(ReadOnlySpan<byte> body, int records, Stamp stamp, Stamp closed, Origin origin)
    {
        long length = JournalEntry.HeaderBytes + (long)body.Length;
        if (length > Limits.EntryBytesMax)
        {
            return -1;
        }

        long padded = JournalEntry.Padded(length);
        Action? tell;
        long end;
        lock (_appendGate)
        {
            if (_current.End - _end < padded && !TryRoll(padded))
            {
                if (!_refused)
                {
                    _logger.LogError("Journal: no room for another segment in {Directory}; writes are refused until there is.", _directory);
                }

                Volatile.Write(ref _refused, true);
                _prepareNext.Set();
                return -1;
            }

            Span<byte> entry = _current.Room(_end - _current.First, (int)length);
            body.CopyTo(entry[JournalEntry.HeaderBytes..]);
            JournalEntry.Seal(entry, _end, ++_sequence, stamp, closed, origin, records);
            end = _end + padded;
            Volatile.Write(ref _end, end);
            Appended++;
            tell = _tellGrowth;
            _tellGrowth = null;
        }

        tell?.Invoke();
        return end;
    }

    /// <summary>Tells somebody, once, that entries lie behind a position; returns false when they do already.</summary>
    public bool TellGrowth(long position, Action tell)
    {
        lock (_appendGate)
        {
            _tellGrowth = _end > position ? null : tell;
            return _tellGrowth is not null;
        }
    }

    /// <summary>Reads entries from a position on.</summary>
    /// <param name="from">A position an entry begins at, or the end.</param>
    /// <param name="apply">Receives each entry with the position after it.</param>
    public void Read(long from, EntryVisitor apply)
    {
        foreach (JournalSegment segment in Snapshot())
        {
            if (segment.End <= from)
            {
                continue;
            }

            long at = Math.Max(from, segment.First + JournalSegment.HeaderBytes);
            while (at < End && segment.TryGetEntry(at, out ReadOnlySpan<byte> entry))
            {
                at += JournalEntry.Padded(entry.Length);
                apply(entry, at);
            }
        }
    }

    /// <summary>Reads entries from a position on while the journal is in use.</summary>
    /// <param name="from">A position an entry begins at, or the end.</param>
    /// <param name="take">Receives each entry with the position after it; false leaves the entry for later.</param>
    /// <returns>The position after the last entry taken; -1 when the position is no longer kept.</returns>
    public long ReadWhile(long from, EntryTaker take)
    {
        // Files are not deleted meanwhile.
        lock (_fileGate)
        {
            long end = End;
            JournalSegment[] segments = Snapshot();
            if (from < segments[0].First)
            {
                return -1;
            }

            long reached = from;
            foreach (JournalSegment segment in segments)
            {
                if (segment.End <= from)
                {
                    continue;
                }

                long at = Math.Max(from, segment.First + JournalSegment.HeaderBytes);
                while (at < end && segment.TryGetEntry(at, out ReadOnlySpan<byte> entry))
                {
                    long after = at + JournalEntry.Padded(entry.Length);
                    if (!take(entry, after))
                    {
                        return reached;
                    }

                    reached = at = after;
                }
            }

            return reached;
        }
    }

    /// <summary>Makes everything appended so far safe against power loss.</summary>
    /// <returns>The position that is safe now.</returns>
    /// <exception cref="IOException">The disk refused.</exception>
    public long Sync()
    {
        lock (_syncGate)
        {
            long target = End;
            if (target == Synced)
            {
                return target;
            }

            long from = Synced;
            JournalSegment[] segments = Snapshot();
            foreach (JournalSegment segment in segments)
            {
                if (segment.End > from && segment.First < target)
                {
                    segment.Flush(from - segment.First, target - segment.First);
                }
            }

            Volatile.Write(ref _synced, target);
            segments.Last(segment => segment.First < target).Synced = target;
            return target;
        }
    }

    /// <summary>Deletes segments that lie wholly before a position.</summary>
    public void Release(long before)
    {
        lock (_syncGate)
        {
            List<JournalSegment> old;
            lock (_appendGate)
            {
                old = _segments.TakeWhile(segment => segment.End <= before && segment != _current).ToList();
                _segments.RemoveRange(0, old.Count);
            }

            lock (_fileGate)
            {
                foreach (JournalSegment segment in old)
                {
                    segment.Delete();
                }
            }
        }
    }

    public void Dispose()
    {
        _closing = true;
        _prepareNext.Set();
        _preparer.Join();
        Sync();
        lock (_appendGate)
        {
            _next?.Delete();
            _segments.ForEach(segment => segment.Dispose());
        }

        _prepareNext.Dispose();
    }

    private JournalSegment[] Snapshot()
    {
        lock (_appendGate)
        {
            return [.. _segments];
        }
    }

    /// <summary>Goes on in the next segment; makes one at once when none is ready or the entry is larger than one.
    /// </summary>
    private bool TryRoll(long padded)
    {
        long wanted = Math.Max(_segmentBytes, JournalSegment.HeaderBytes + padded);
        JournalSegment? next = _next;
        _next = null;
        if (next is not null && next.Length < wanted)
        {
            next.Delete();
            next = null;
        }

        try
        {
            if (next is null)
            {
                next = JournalSegment.Create(_directory, Identity, _current.End, _sequence + 1, wanted);
            }
            else
            {
                next.Adopt(Identity, _current.End, _sequence + 1);
            }
        }
        catch (IOException)
        {
            next?.Dispose();
            return false;
        }

        _segments.Add(next);
        _current.IsContinued = true;
        _current = next;
        Volatile.Write(ref _end, next.First + JournalSegment.HeaderBytes);
        Volatile.Write(ref _refused, false);
        _prepareNext.Set();
        return true;
    }

    /// <summary>Keeps one segment ready ahead of the writer, so that rolling over costs nothing.</summary>
    private void PrepareSegments()
    {
        while (true)
        {
            _prepareNext.WaitOne();
            if (_closing)
            {
                return;
            }

            lock (_appendGate)
            {
                if (_next is not null)
                {
                    continue;
                }
            }

            JournalSegment made;
            try
            {
                made = JournalSegment.Prepare(_directory, JournalSegment.PreparedName, _segmentBytes);
            }
            catch (IOException e)
            {
                _logger.LogWarning("Journal: cannot prepare the next segment: {Reason}", e.Message);
                continue;
            }

            lock (_appendGate)
            {
                _next = made;
                Volatile.Write(ref _refused, false);
            }
        }
    }

    /// <summary>Asks for space again after a refusal; called by the keyspace's tick.</summary>
    public void RetryPrepare()
    {
        if (Volatile.Read(ref _refused) || _next is null)
        {
            _prepareNext.Set();
        }
    }
}

/// <summary>Receives one entry.</summary>
/// <param name="entry">Its bytes.</param>
/// <param name="end">The position after it.</param>
/// <returns>Whether it was taken.</returns>
internal delegate bool EntryTaker(ReadOnlySpan<byte> entry, long end);

/// <summary>Receives one entry.</summary>
/// <param name="entry">Its bytes.</param>
/// <param name="end">The position after it.</param>
internal delegate void EntryVisitor(ReadOnlySpan<byte> entry, long end);
