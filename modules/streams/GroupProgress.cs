using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;

namespace Marekvs.Modules.Streams;

/// <summary>
/// What of a stream a group was given, origin by origin.
/// <para>
/// A cursor passes an entry only where everything that the entry's origin wrote before has arrived. So what arrives late
/// lies behind the cursor's id and is given, and until it has arrived what was given is noted entry by entry.
/// </para>
/// <para>
/// A group that was made in several places at once has several beginnings, each with cursors of its own. What was given
/// since any of them counts, and everything behind the earliest is given once: nobody who made it misses an entry.
/// </para>
/// </summary>
internal sealed class GroupProgress
{
    /// <summary>So many entries are given beyond what is missing; then the others of that origin wait for it.</summary>
    internal const int BeyondMax = 1000;

    private readonly byte[] _prefix;
    private readonly GroupBeginning _first;

    // One for each origin that wrote entries; nearly always there are few.
    private readonly List<Reached> _reached = new(capacity: 1);
    private readonly List<(uint Origin, StreamCursor Cursor)> _ended = [];

    private GroupProgress(byte[] prefix, List<GroupBeginning> beginnings)
    {
        (_prefix, _first) = (prefix, beginnings[0]);
        (LastId, EntriesRead) = (_first.Start, _first.Read);
        Since = beginnings.Min(beginning => beginning.Generation.Stamp);
    }

    /// <summary>When the group was made.</summary>
    internal Stamp Since { get; private set; }

    /// <summary>The largest id given or set.</summary>
    internal StreamId LastId { get; private set; }

    /// <summary>Entries read so far, or <see cref="StreamGroup.UnknownRead"/>.</summary>
    internal long EntriesRead { get; set; }

    internal static GroupProgress Read(Key key, byte[] prefix, List<GroupBeginning> beginnings)
    {
        var progress = new GroupProgress(prefix, beginnings);
        ElementCursor walk = key.Scan(StreamRecords.Cursor, prefix);
        while (walk.MoveNext() && walk.Element.StartsWith(prefix))
        {
            Dot generation = StreamRecords.CursorGeneration(walk.Element);
            bool isKnown = beginnings.Exists(beginning => beginning.Generation == generation);

            // A beginning that has yet to arrive counts already; one that had arrived and is no more has ended.
            progress.Take(walk.Element, generation, walk.Value, hasEnded: !isKnown && key.HasAllUpTo(generation));
        }

        return progress;
    }

    /// <summary>Up to where everything of an origin was given.</summary>
    internal StreamId ReachedOf(uint origin)
    {
        StreamId reached = _first.Start;
        for (bool goesOn = _reached.Count > 0; goesOn;)
        {
            goesOn = false;
            foreach (Reached other in _reached)
            {
                if (other.Origin == origin && other.Cursor.Start <= reached && other.Cursor.Id > reached)
                {
                    (reached, goesOn) = (other.Cursor.Id, true);
                }
            }
        }

        return reached;
    }

    /// <summary>Whether an entry was given.</summary>
    internal bool Has(uint origin, StreamId id)
    {
        foreach (Reached reached in _reached)
        {
            if (reached.Origin == origin && reached.Cursor.Has(id))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether an entry was given before XGROUP SETID let the group begin anew, as far as that had not been heard
    /// of then.</summary>
    internal bool HadBefore(uint origin, StreamId id)
    {
        foreach ((uint other, StreamCursor cursor) in _ended)
        {
            if (other == origin && cursor.Has(id))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether an entry may be given now.</summary>
    /// <param name="origin">Who wrote it.</param>
    /// <param name="isComplete">Whether everything its origin wrote before has arrived.</param>
    internal bool MayPass(uint origin, bool isComplete) =>
        isComplete || Find(origin) is not { } reached || reached.Cursor.BeyondCount < BeyondMax;

    /// <summary>Notes that an entry was given, the next of its origin. <see cref="Save"/> writes it down.</summary>
    /// <param name="origin">Who wrote it.</param>
    /// <param name="id">Its id.</param>
    /// <param name="isComplete">Whether everything its origin wrote before has arrived.</param>
    internal void Pass(uint origin, StreamId id, bool isComplete)
    {
        Reached reached = Find(origin) ?? Begin(origin);
        if (isComplete)
        {
            reached.Cursor.MoveTo(id);
        }
        else
        {
            reached.Cursor.Add(id);
        }

        reached.HasMoved = true;
        LastId = id > LastId ? id : LastId;
    }

    /// <summary>Has what was given of an origin written down once more, if another node wrote it.</summary>
    internal void Vouch(uint origin, Origin self)
    {
        foreach (Reached reached in _reached)
        {
            reached.HasMoved |= reached.Origin == origin && reached.Writer != self;
        }
    }

    /// <summary>Writes down what was noted.</summary>
    internal void Save(Key key)
    {
        foreach (Reached reached in _reached)
        {
            if (reached.HasMoved)
            {
                reached.Cursor.Read = EntriesRead;
                key.Put(
                    StreamRecords.Cursor,
                    StreamRecords.CursorName(_prefix, reached.Origin, reached.Generation),
                    reached.Cursor.ToPayload());
            }
        }
    }

    private void Take(ReadOnlySpan<byte> name, Dot generation, in ElementValue value, bool hasEnded)
    {
        uint origin = StreamRecords.CursorOrigin(name);
        var cursor = StreamCursor.Decode(value.Payload);
        if (hasEnded)
        {
            _ended.Add((origin, cursor));
            return;
        }

        _reached.Add(new Reached(origin, generation, cursor) { Writer = value.Dot.Origin });
        Since = generation.Stamp < Since ? generation.Stamp : Since;
        if (cursor.Last > LastId)
        {
            LastId = cursor.Last;
            EntriesRead = cursor.Read;
        }
    }

    /// <summary>The cursor of an origin that goes on: that of the earliest beginning.</summary>
    private Reached? Find(uint origin)
    {
        foreach (Reached reached in _reached)
        {
            if (reached.Origin == origin && reached.Generation == _first.Generation)
            {
                return reached;
            }
        }

        return null;
    }

    private Reached Begin(uint origin)
    {
        var begun = new Reached(origin, _first.Generation, new StreamCursor(_first.Start));
        _reached.Add(begun);
        return begun;
    }

    private sealed class Reached(uint origin, Dot generation, StreamCursor cursor)
    {
        public uint Origin => origin;

        public Dot Generation => generation;

        public StreamCursor Cursor => cursor;

        public Origin Writer { get; init; }

        public bool HasMoved { get; set; }
    }
}
