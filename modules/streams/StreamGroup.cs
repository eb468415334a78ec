using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Streams;

/// <summary>A consumer group as a call found it: what it was given, its consumers and what is pending.</summary>
internal sealed class StreamGroup
{
    /// <summary>The count of read entries is not known.</summary>
    internal const long UnknownRead = -1;

    private StreamGroup(Key key, ReadOnlySpan<byte> name, List<GroupBeginning> beginnings)
    {
        Name = name.ToArray();
        Prefix = StreamRecords.GroupPrefix(name);
        Progress = GroupProgress.Read(key, Prefix, beginnings);
    }

    internal byte[] Name { get; }

    /// <summary>What the names of the group's records begin with, but that of the group's own.</summary>
    internal byte[] Prefix { get; }

    /// <summary>What the group was given.</summary>
    internal GroupProgress Progress { get; }

    /// <summary>The largest id delivered or set.</summary>
    internal StreamId LastId => Progress.LastId;

    /// <summary>Entries read so far, or <see cref="UnknownRead"/>.</summary>
    internal long EntriesRead => Progress.EntriesRead;

    /// <summary>Reads a group.</summary>
    /// <returns>Null when there is none of that name.</returns>
    internal static StreamGroup? Find(Key key, ReadOnlySpan<byte> name)
    {
        List<GroupBeginning> beginnings = GroupBeginning.Of(key, name);
        return beginnings.Count == 0 ? null : new StreamGroup(key, name, beginnings);
    }

    /// <summary>Writes a group that begins at an id; one that is there begins anew and keeps what is pending.</summary>
    internal static void Set(Key key, ReadOnlySpan<byte> name, StreamId start, long entriesRead)
    {
        StreamGroup? before = Find(key, name);
        key.Put(StreamRecords.Group, name, new GroupBeginning(key.Dot, start, entriesRead).ToPayload());
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

    /// <summary>Whether an entry was acknowledged since the group was made. Who hears of that may not have heard yet that
    /// it was given.</summary>
    internal bool IsAcknowledged(Key key, uint origin, StreamId id)
    {
        foreach (CellDot dot in key.DotsOf(StreamRecords.Pending, StreamRecords.PendingName(Prefix, id, origin)))
        {
            if (dot.State == DotState.Final && dot.Stamp > Progress.Since && !Progress.HadBefore(origin, id))
            {
                return true;
            }
        }

        return false;
    }

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

            Progress.EntriesRead++;
        }

        return true;
    }

    /// <summary>Counts an entry as read.</summary>
    internal void Count(StreamLag lag, StreamId id)
    {
        if (id > LastId)
        {
            Progress.EntriesRead = lag.ReadAfter(this, id);
        }
    }

    /// <summary>Writes what was given of an origin's entries once more, if another node wrote it: whoever hears of what
    /// this node writes because the group read so far is to know that it did, even if that node is never heard of.
    /// </summary>
    internal void Vouch(Key key, uint origin, Origin self)
    {
        Progress.Vouch(origin, self);
        Progress.Save(key);
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
}
