using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Streams;

/// <summary>
/// Walks entries in the order of their ids, forwards or backwards: merges the runs of all origins that wrote to the stream.
/// Entries with the same id come in the order of their origins.
/// </summary>
internal sealed class EntryWalk
{
    private readonly List<Run> _runs = new(capacity: 1);
    private readonly bool _reverse;
    private readonly StreamId _last;
    private Run? _current;

    private EntryWalk(Key key, StreamId from, StreamId last, bool reverse, StreamGroup? group = null)
    {
        _reverse = reverse;
        _last = last;
        foreach (uint origin in OriginsOf(key))
        {
            StreamId reached = group?.Progress.ReachedOf(origin) ?? StreamId.Zero;
            StreamId first = group is null ? from : reached.Next;
            if (reached == StreamId.Max)
            {
                continue;
            }

            if (reverse ? first >= last : first <= last)
            {
                _runs.Add(new Run(key.Scan(StreamRecords.Entry, Name(origin, first), reverse), origin));
            }
        }

        for (int i = _runs.Count - 1; i >= 0; i--)
        {
            Advance(i);
        }
    }

    /// <summary>The id of the current entry.</summary>
    internal StreamId Id => _current!.Id;

    /// <summary>Who wrote the current entry.</summary>
    internal uint Origin => _current!.Origin;

    /// <summary>The write that the current entry is of.</summary>
    internal Dot Dot => _current!.Entries.Value.Dot;

    /// <summary>The fields of the current entry.</summary>
    internal ReadOnlySpan<byte> Payload => _current!.Entries.Value.Payload;

    /// <summary>Walks from one id to another, both included.</summary>
    internal static EntryWalk Forward(Key key, StreamId from, StreamId to) => new(key, from, to, reverse: false);

    /// <summary>Walks back from one id to a smaller one, both included.</summary>
    internal static EntryWalk Backward(Key key, StreamId from, StreamId to) => new(key, from, to, reverse: true);

    /// <summary>Walks what may be new to a group.</summary>
    internal static EntryWalk New(Key key, StreamGroup group) =>
        new(key, StreamId.Zero, StreamId.Max, reverse: false, group);

    /// <summary>The id of the oldest entry, or of the newest; zero when there is none.</summary>
    internal static StreamId End(Key key, bool newest)
    {
        ElementCursor near = key.Scan(StreamRecords.Entry, reverse: newest);
        if (!near.MoveNext())
        {
            return StreamId.Zero;
        }

        StreamId id = StreamRecords.IdOf(near.Element);
        ElementCursor far = key.Scan(StreamRecords.Entry, reverse: !newest);
        if (far.MoveNext() && StreamRecords.OriginOf(far.Element) == StreamRecords.OriginOf(near.Element))
        {
            return id;
        }

        EntryWalk walk = newest
            ? Backward(key, StreamId.Max, StreamId.Zero)
            : Forward(key, StreamId.Zero, StreamId.Max);
        return walk.MoveNext() ? walk.Id : StreamId.Zero;
    }

    /// <summary>Goes to the next entry.</summary>
    internal bool MoveNext()
    {
        if (_current is not null)
        {
            Advance(_runs.IndexOf(_current));
        }

        _current = null;
        foreach (Run run in _runs)
        {
            if (_current is null || (_reverse ? run.Id > _current.Id : run.Id < _current.Id))
            {
                _current = run;
            }
        }

        return _current is not null;
    }

    /// <summary>Finds the entries with one id; nearly always there is one at most.</summary>
    internal static EntryWalk At(Key key, StreamId id) => Forward(key, id, id);

    /// <summary>The origins that wrote entries of a stream, in order.</summary>
    private static List<uint> OriginsOf(Key key)
    {
        List<uint> origins = new(capacity: 1);
        ElementCursor first = key.Scan(StreamRecords.Entry);
        if (!first.MoveNext())
        {
            return origins;
        }

        uint origin = StreamRecords.OriginOf(first.Element);
        ElementCursor end = key.Scan(StreamRecords.Entry, reverse: true);
        uint last = end.MoveNext() ? StreamRecords.OriginOf(end.Element) : origin;
        origins.Add(origin);
        while (origin < last)
        {
            ElementCursor next = key.Scan(StreamRecords.Entry, Name(origin + 1, StreamId.Zero));
            if (!next.MoveNext())
            {
                break;
            }

            origin = StreamRecords.OriginOf(next.Element);
            origins.Add(origin);
        }

        return origins;
    }

    private static byte[] Name(uint origin, StreamId id) =>
        StreamRecords.EntryName(new byte[StreamRecords.EntryNameBytes], origin, id).ToArray();

    /// <summary>Takes a run one entry further; one that is at its end, or at that of the walk, goes.</summary>
    private void Advance(int index)
    {
        Run run = _runs[index];
        if (!run.Entries.MoveNext() || StreamRecords.OriginOf(run.Entries.Element) != run.Origin)
        {
            _runs.RemoveAt(index);
            return;
        }

        run.Id = StreamRecords.IdOf(run.Entries.Element);
        if (_reverse ? run.Id < _last : run.Id > _last)
        {
            _runs.RemoveAt(index);
        }
    }

    private sealed class Run(ElementCursor entries, uint origin)
    {
        public ElementCursor Entries { get; } = entries;

        public uint Origin { get; } = origin;

        public StreamId Id { get; set; }
    }
}
