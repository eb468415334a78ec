using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Streams;

/// <summary>Where a walk begins among the entries of one origin.</summary>
/// <param name="origin">The origin.</param>
internal delegate StreamId FirstId(uint origin);

/// <summary>
/// Walks entries in the order of their ids, forwards or backwards: merges the runs of all origins that wrote to the stream.
/// Entries with the same id come in the order of their origins.
/// </summary>
internal sealed class EntryWalk
{
    private readonly List<Run> _runs = [];
    private readonly bool _reverse;
    private readonly StreamId _last;
    private Run? _current;

    private EntryWalk(Key key, FirstId first, StreamId last, bool reverse)
    {
        _reverse = reverse;
        _last = last;
        foreach (uint origin in OriginsOf(key))
        {
            StreamId from = first(origin);
            if (reverse ? from >= last : from <= last)
            {
                _runs.Add(new Run(key.Scan(StreamRecords.Entry, Name(origin, from), reverse), origin));
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

    /// <summary>The fields of the current entry.</summary>
    internal ReadOnlySpan<byte> Payload => _current!.Entries.Value.Payload;

    /// <summary>Walks from one id to another, both included.</summary>
    internal static EntryWalk Forward(Key key, StreamId from, StreamId to) =>
        new(key, _ => from, to, reverse: false);

    /// <summary>Walks back from one id to a smaller one, both included.</summary>
    internal static EntryWalk Backward(Key key, StreamId from, StreamId to) => new(key, _ => from, to, reverse: true);

    /// <summary>Walks all entries from a different id on for each origin.</summary>
    internal static EntryWalk Forward(Key key, FirstId from) => new(key, from, StreamId.Max, reverse: false);

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
        List<uint> origins = [];
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
