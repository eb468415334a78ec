using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Streams;

/// <summary>
/// A consumer group as a call found it: where it began, how far it has read each origin's entries, its consumers and what
/// is pending.
/// <code>
/// group record: generation u64 | start ms u64 | start seq u64 | read i64       little-endian
/// </code>
/// XGROUP SETID writes a new start under a larger generation, which ends the cursors there were.
/// </summary>
internal sealed class StreamGroup
{
    /// <summary>Bytes of its record.</summary>
    internal const int Bytes = 32;

    /// <summary>The count of read entries is not known.</summary>
    internal const long UnknownRead = -1;

    // One for each origin that wrote entries; nearly always there are few.
    private readonly List<Cursor> _cursors = new(capacity: 1);
    private readonly StreamId _start;
    private readonly ulong _generation;

    private StreamGroup(ReadOnlySpan<byte> name, ReadOnlySpan<byte> payload)
    {
        Name = name.ToArray();
        Prefix = StreamRecords.GroupPrefix(name);
        var reader = new RecordReader(payload);
        _generation = reader.ReadUInt64();
        _start = new StreamId(reader.ReadUInt64(), reader.ReadUInt64());
        EntriesRead = reader.ReadInt64();
        LastId = _start;
    }

    internal byte[] Name { get; }

    /// <summary>What the names of the group's records begin with.</summary>
    internal byte[] Prefix { get; }

    /// <summary>The largest id delivered or set.</summary>
    internal StreamId LastId { get; private set; }

    /// <summary>Entries read so far, or <see cref="UnknownRead"/>.</summary>
    internal long EntriesRead { get; private set; }

    /// <summary>Reads a group.</summary>
    /// <returns>Null when there is none of that name.</returns>
    internal static StreamGroup? Find(Key key, ReadOnlySpan<byte> name)
    {
        if (!key.TryGet(StreamRecords.Group, name, out ElementValue value))
        {
            return null;
        }

        var group = new StreamGroup(name, value.Payload);
        group.ReadCursors(key);
        return group;
    }

    /// <summary>Writes a group that begins at an id; one that is there begins anew and keeps what is pending.</summary>
    internal static void Set(Key key, ReadOnlySpan<byte> name, StreamId start, long entriesRead, long now)
    {
        StreamGroup? before = Find(key, name);
        var payload = new RecordWriter(Bytes);
        payload.WriteUInt64(Math.Max((ulong)now, before is null ? 0 : before._generation + 1));
        payload.WriteUInt64(start.Milliseconds);
        payload.WriteUInt64(start.Sequence);
        payload.WriteInt64(entriesRead);
        key.Put(StreamRecords.Group, name, payload.Written);
        before?.RemoveAll(key, StreamRecords.Cursor);
    }

    /// <summary>The names of all groups of a stream, in order.</summary>
    internal static List<byte[]> NamesIn(Key key)
    {
        List<byte[]> names = [];
        ElementCursor walk = key.Scan(StreamRecords.Group);
        while (walk.MoveNext())
        {
            names.Add(walk.Element.ToArray());
        }

        return names;
    }

    /// <summary>The first id of an origin's that is new to the group.</summary>
    internal StreamId FirstNew(uint origin) => Reached(origin).Next;

    /// <summary>Whether nothing of an origin can be new any more.</summary>
    internal bool IsAtEnd(uint origin) => Reached(origin) == StreamId.Max;

    /// <summary>Counts an entry as read, if no more is needed for it than the count so far: nothing was removed from the
    /// middle of the stream.</summary>
    internal bool TryCount(in StreamHead head, StreamId id)
    {
        if (id > LastId)
        {
            if (EntriesRead == UnknownRead || head.DeletedId != StreamId.Zero)
            {
                return false;
            }

            EntriesRead++;
            LastId = id;
        }

        return true;
    }

    /// <summary>Counts an entry as read.</summary>
    internal void Count(StreamLag lag, StreamId id)
    {
        if (id > LastId)
        {
            EntriesRead = lag.ReadAfter(this, id);
            LastId = id;
        }
    }

    /// <summary>Moves the cursor of an origin; <see cref="SaveCursors"/> writes it.</summary>
    internal void Advance(uint origin, StreamId id)
    {
        LastId = id > LastId ? id : LastId;
        int at = Find(origin);
        if (at < 0)
        {
            _cursors.Add(new Cursor(origin, id, Writer: default, HasMoved: true));
        }
        else
        {
            _cursors[at] = _cursors[at] with { Id = id, HasMoved = true };
        }
    }

    /// <summary>Writes the cursor of an origin once more, if another node wrote it: whoever hears of what this node writes
    /// because the group read so far is to know that it did, even if that node is never heard of.</summary>
    internal void Vouch(Key key, uint origin, Origin self)
    {
        int at = Find(origin);
        if (at >= 0 && _cursors[at].Writer != self)
        {
            _cursors[at] = _cursors[at] with { Writer = self, HasMoved = true };
            SaveCursors(key);
        }
    }

    /// <summary>Writes the cursors that were moved.</summary>
    internal void SaveCursors(Key key)
    {
        foreach (Cursor cursor in _cursors)
        {
            if (cursor.HasMoved)
            {
                key.Put(
                    StreamRecords.Cursor,
                    StreamRecords.CursorName(Prefix, cursor.Origin),
                    new StreamCursor(_generation, cursor.Id, EntriesRead).ToPayload());
            }
        }
    }

    /// <summary>Removes the group with all that belongs to it.</summary>
    internal void Destroy(Key key)
    {
        RemoveAll(key, StreamRecords.Pending);
        RemoveAll(key, StreamRecords.Consumer);
        RemoveAll(key, StreamRecords.Cursor);
        key.Remove(StreamRecords.Group, Name);
    }

    internal long PendingCount(Key key) => StreamRecords.CountWith(key, StreamRecords.Pending, Prefix);

    internal long ConsumerCount(Key key) => StreamRecords.CountWith(key, StreamRecords.Consumer, Prefix);

    /// <summary>The group's consumers in the order of their names.</summary>
    internal List<StreamConsumer> Consumers(Key key)
    {
        List<StreamConsumer> consumers = [];
        ElementCursor walk = key.Scan(StreamRecords.Consumer, Prefix);
        while (walk.MoveNext() && walk.Element.StartsWith(Prefix))
        {
            consumers.Add(new StreamConsumer(this, walk.Element[Prefix.Length..], walk.Value.Payload));
        }

        return consumers;
    }

    /// <summary>Walks what is pending in the order of ids.</summary>
    internal ElementCursor ScanPending(Key key, StreamId from) =>
        key.Scan(StreamRecords.Pending, StreamRecords.PendingName(Prefix, from, 0));

    /// <summary>Whether a walk over pending entries stands on one of this group.</summary>
    internal bool IsPending(ElementCursor walk) => walk.Element.StartsWith(Prefix);

    /// <summary>The names of pending records with an id; nearly always there is one at most.</summary>
    internal List<byte[]> PendingWith(Key key, StreamId id)
    {
        List<byte[]> names = [];
        ElementCursor walk = ScanPending(key, id);
        while (walk.MoveNext() && IsPending(walk) && StreamRecords.PendingId(walk.Element) == id)
        {
            names.Add(walk.Element.ToArray());
        }

        return names;
    }

    private void ReadCursors(Key key)
    {
        ElementCursor walk = key.Scan(StreamRecords.Cursor, Prefix);
        while (walk.MoveNext() && walk.Element.StartsWith(Prefix))
        {
            StreamCursor cursor = StreamCursor.Decode(walk.Value.Payload);
            if (cursor.Generation != _generation)
            {
                continue;
            }

            _cursors.Add(new Cursor(
                StreamRecords.CursorOrigin(walk.Element), cursor.Id, walk.Value.Dot.Origin, HasMoved: false));
            if (cursor.Id > LastId)
            {
                LastId = cursor.Id;
                EntriesRead = cursor.Read;
            }
        }
    }

    /// <summary>The last id of an origin's that the group has read.</summary>
    private StreamId Reached(uint origin) => Find(origin) is int at and >= 0 ? _cursors[at].Id : _start;

    private int Find(uint origin)
    {
        int at = _cursors.Count - 1;
        while (at >= 0 && _cursors[at].Origin != origin)
        {
            at--;
        }

        return at;
    }

    private void RemoveAll(Key key, RecordKind kind)
    {
        List<byte[]> names = [];
        ElementCursor walk = key.Scan(kind, Prefix);
        while (walk.MoveNext() && walk.Element.StartsWith(Prefix))
        {
            names.Add(walk.Element.ToArray());
        }

        foreach (byte[] name in names)
        {
            key.Remove(kind, name);
        }
    }

    private readonly record struct Cursor(uint Origin, StreamId Id, Origin Writer, bool HasMoved);
}
