using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Streams;

/// <summary>A stream opened by a call: its ids, its entries, and what changes them.</summary>
internal readonly ref struct StreamKey
{
    private const int NodeBits = 10;

    private readonly CommandCall _call;

    private StreamKey(scoped in CommandCall call, Key key)
    {
        _call = call;
        Key = key;
    }

    /// <summary>The key.</summary>
    internal Key Key { get; }

    internal bool Exists => Key.Exists;

    internal long Length => Key.CountOf(StreamRecords.Entry);

    /// <summary>What is known beyond the entries; nothing of an absent stream.</summary>
    internal StreamHead Head => Key.TryGet(StreamRecords.Head, default, out ElementValue head)
        ? StreamHead.Decode(head.Payload)
        : default;

    /// <summary>The largest id that was given or set.</summary>
    internal StreamId LastId => LastIdOf(Head);

    /// <summary>The id of the newest entry, zero when there is none.</summary>
    internal StreamId NewestId => EntryWalk.End(Key, newest: true);

    /// <summary>The id of the oldest entry, zero when there is none.</summary>
    internal StreamId OldestId => EntryWalk.End(Key, newest: false);

    /// <summary>Entries that were ever added.</summary>
    internal long EntriesAdded => Head.Removed + Length;

    /// <summary>Opens a key that must be absent or a stream.</summary>
    /// <returns>False when it holds another type.</returns>
    internal static bool TryOpen(scoped in CommandCall call, ReadOnlySpan<byte> name, out StreamKey stream)
    {
        bool isFit = call.TryOpen(name, StreamRecords.Type, out Key key);
        stream = new StreamKey(call, key);
        return isFit;
    }

    /// <summary>The largest id that was given or set, as the head says or the newest entry.</summary>
    internal StreamId LastIdOf(in StreamHead head)
    {
        StreamId newest = NewestId;
        return newest > head.LastId ? newest : head.LastId;
    }

    /// <summary>Lets the stream exist.</summary>
    internal void Create()
    {
        if (!Exists)
        {
            SetHead(new StreamHead((ulong)_call.Now, StreamId.Zero, StreamId.Zero, 0));
        }
    }

    internal void SetHead(in StreamHead head) => Key.Put(StreamRecords.Head, default, head.ToPayload());

    /// <summary>
    /// The id a new entry is given: now, or the one after the last if the clock is behind it. Among several nodes the
    /// low bits of the sequence are the node's, so that no two give the same id.
    /// </summary>
    /// <returns>False when no id is left.</returns>
    internal bool TryNextId(StreamId last, out StreamId id)
    {
        var now = new StreamId((ulong)_call.Now, 0);
        id = now > last ? now : last.Next;
        if (_call.Keyspace.IsAlone)
        {
            return last != StreamId.Max;
        }

        const ulong Mask = (1UL << NodeBits) - 1;
        ulong node = _call.Keyspace.Origin.Node & Mask;
        var ours = new StreamId((id.Value & ~(UInt128)Mask) | node);
        id = ours >= id ? ours : new StreamId(ours.Value + Mask + 1);
        return last < id;
    }

    /// <summary>Adds an entry whose id is larger than the last.</summary>
    internal void Append(StreamId id, ReadOnlySpan<byte> fields)
    {
        Create();
        Key.Put(StreamRecords.Entry, Name(stackalloc byte[StreamRecords.EntryNameBytes], id), fields);
    }

    /// <summary>Removes the entries with some ids.</summary>
    /// <returns>How many there were.</returns>
    internal long Remove(ReadOnlySpan<StreamId> ids)
    {
        StreamHead head = Head;
        StreamId last = LastId;
        StreamId deleted = head.DeletedId;
        long removed = 0;
        foreach (StreamId id in ids)
        {
            var found = Take(EntryWalk.At(Key, id), int.MaxValue);
            removed += RemoveAll(found);
            deleted = found.Count > 0 && id > deleted ? id : deleted;
        }

        if (removed > 0)
        {
            SetHead(head with { LastId = last, DeletedId = deleted, Removed = head.Removed + removed });
        }

        return removed;
    }

    /// <summary>Removes the oldest entries as a trim asks.</summary>
    /// <returns>How many went.</returns>
    internal long Trim(in TrimOptions trim)
    {
        long excess = trim.Strategy switch
        {
            TrimStrategy.MaxLength => Length - trim.MaxLength,
            TrimStrategy.MinId when Exists => CountBelow(trim.MinId),
            _ => 0,
        };
        long count = trim.Allowed(excess);
        if (count <= 0)
        {
            return 0;
        }

        StreamHead head = Head;
        StreamId last = LastId;
        long removed = RemoveAll(Take(EntryWalk.Forward(Key, StreamId.Zero, StreamId.Max), count));
        SetHead(head with { LastId = last, Removed = head.Removed + removed });
        return removed;
    }

    /// <summary>Whether an entry with an id is there.</summary>
    internal bool Has(StreamId id) => EntryWalk.At(Key, id).MoveNext();

    /// <summary>Reads the entry that an origin wrote.</summary>
    internal bool TryGet(uint origin, StreamId id, out ElementValue entry)
    {
        byte[] name = new byte[StreamRecords.EntryNameBytes];
        return Key.TryGet(StreamRecords.Entry, StreamRecords.EntryName(name, origin, id), out entry);
    }

    private long CountBelow(StreamId minId)
    {
        long count = 0;
        if (minId > StreamId.Zero)
        {
            EntryWalk walk = EntryWalk.Forward(Key, StreamId.Zero, minId.Previous);
            while (walk.MoveNext())
            {
                count++;
            }
        }

        return count;
    }

    private static List<(uint Origin, StreamId Id)> Take(EntryWalk walk, long atMost)
    {
        List<(uint, StreamId)> taken = [];
        while (taken.Count < atMost && walk.MoveNext())
        {
            taken.Add((walk.Origin, walk.Id));
        }

        return taken;
    }

    private long RemoveAll(List<(uint Origin, StreamId Id)> entries)
    {
        Span<byte> name = stackalloc byte[StreamRecords.EntryNameBytes];
        long removed = 0;
        foreach ((uint origin, StreamId id) in entries)
        {
            removed += Key.Remove(StreamRecords.Entry, StreamRecords.EntryName(name, origin, id)) ? 1 : 0;
        }

        return removed;
    }

    private ReadOnlySpan<byte> Name(Span<byte> name, StreamId id) =>
        StreamRecords.EntryName(name, _call.Keyspace.Origin.Value, id);
}
