using System.Runtime.InteropServices;
using Marekvs.Abstractions.Sketches;

namespace Marekvs.Abstractions.Crdt;

/// <summary>What one origin's newest dot on an element says. The numbers reach disk; they are append-only.</summary>
public enum DotState : byte
{
    /// <summary>Removed or replaced by a write that saw it. Wins over live at an equal stamp.</summary>
    Dead = 0,

    /// <summary>A value.</summary>
    Live = 1,

    /// <summary>A value written only if absent (NX): among concurrent dots that all say so, the earliest is visible.
    /// </summary>
    LiveIfFirst = 2,

    /// <summary>A value raised (GT): among concurrent dots that all say so, the greatest payload is visible, compared
    /// as bytes.</summary>
    LiveGreatest = 3,

    /// <summary>A value lowered (LT): among concurrent dots that all say so, the least payload is visible, compared
    /// as bytes.</summary>
    LiveLeast = 4,

    /// <summary>A sketch to which was added (PFADD): among concurrent dots that all say so, the union of the payloads is
    /// visible; see <see cref="HyperLogLogUnion"/>.</summary>
    LiveUnion = 5,

    /// <summary>Removed for good (XACK): values written without knowledge of the removal are hidden with it, until a
    /// later write replaces it, or until it has reached every node and goes with all it hides.</summary>
    Final = 6,
}

/// <summary>One origin's newest dot on an element.</summary>
/// <param name="Origin">The writer.</param>
/// <param name="Stamp">Its stamp.</param>
/// <param name="State">Live, with or without a mark, or a removal.</param>
/// <param name="Payload">The value of a live dot; else empty.</param>
public readonly record struct CellDot(Origin Origin, Stamp Stamp, DotState State, ReadOnlyMemory<byte> Payload)
{
    /// <summary>Whether the dot is a value.</summary>
    public bool IsLive => State is not (DotState.Dead or DotState.Final);

    /// <summary>The identity of the write.</summary>
    public Dot Dot => new(Stamp, Origin);
}

/// <summary>One origin's entry in the time-to-live register.</summary>
/// <param name="Origin">The writer.</param>
/// <param name="Stamp">Its stamp.</param>
/// <param name="Deadline">Unix milliseconds; <see cref="Cell.NoDeadline"/> for none;
/// <see cref="Cell.DeadDeadline"/> for an entry that a later write saw and replaced.</param>
public readonly record struct CellDeadline(Origin Origin, Stamp Stamp, long Deadline)
{
    /// <summary>Whether the entry was not replaced.</summary>
    public bool IsLive => Deadline != Cell.DeadDeadline;
}

/// <summary>
/// The one lattice for everything mutable: a dotted cell with counter slots and a time-to-live register.
/// <para>
/// Dots: per origin the newest write, live or dead; the join keeps the larger stamp, at equal stamps dead. Visible is
/// the live dot with the largest (stamp, origin), unless all live dots carry the same mark or one dot is a final
/// removal. One entry per origin is exact, not an approximation: an origin always sees its own past, so whoever saw its newest dot saw all before.
/// </para>
/// <para>
/// Deadlines: each value write contributes "no deadline" under its own dot unless an entry with that dot or a later
/// one of the same origin says otherwise; the effective deadline is the largest live one.
/// </para>
/// </summary>
/// <remarks>
/// Canonical bytes, a function of the lattice element; lists sorted by origin; little-endian.
/// <code>
/// flags u8: 0x01 many | 0x02 counters | 0x04 deadlines
/// one live unmarked dot, no slots, no deadline but its own:
///   flags | stamp u64 | origin u32 | [deadline i64, when 0x04] | payload to the end
/// anything else:
///   flags | n varint | n x { origin u32 | stamp u64 | state u8 | live: length varint, payload }    state: DotState
///         | 0x02: version u64 | m varint | m x slot (see CounterSlot)
///         | 0x04: k varint | k x { origin u32 | stamp u64 | deadline i64 }
/// </code>
/// A delta has the same form and is joined the same way; it may carry as live only the shipping origin's own dot.
/// See Almeida et al., "Delta State Replicated Data Types" (arXiv 1603.01529), for dotted deltas.
/// </remarks>
public sealed class Cell
{
    /// <summary>No time to live.</summary>
    public const long NoDeadline = long.MaxValue;

    /// <summary>A register entry that a later write replaced.</summary>
    public const long DeadDeadline = long.MinValue;

    private const byte ManyFlag = 1;
    private const byte CountersFlag = 2;
    private const byte DeadlinesFlag = 4;

    private readonly List<CellDot> _dots = [];
    private readonly List<CounterSlot> _slots = [];
    private readonly List<CellDeadline> _deadlines = [];

    /// <summary>The dots, sorted by origin.</summary>
    public IReadOnlyList<CellDot> Dots => _dots;

    /// <summary>The counter slots, sorted by origin.</summary>
    public IReadOnlyList<CounterSlot> Slots => _slots;

    /// <summary>The explicit register entries, sorted by origin.</summary>
    public IReadOnlyList<CellDeadline> Deadlines => _deadlines;

    /// <summary>The newest operation joined in while slots are held: a fully reset slot may be forgotten once every
    /// replica has seen this.</summary>
    public Stamp Version { get; private set; }

    /// <summary>Whether nothing at all is held, not even a marker.</summary>
    public bool IsEmpty => _dots.Count == 0 && _slots.Count == 0 && _deadlines.Count == 0;

    /// <summary>Whether a reader sees the element (deadlines aside).</summary>
    public bool IsVisible
    {
        get
        {
            bool isLive = false;
            foreach (CellDot dot in _dots)
            {
                if (dot.State == DotState.Final)
                {
                    return HasCounter;
                }

                isLive |= dot.IsLive;
            }

            return isLive || HasCounter;
        }
    }

    /// <summary>Whether something is held that only says what was removed.</summary>
    public bool HasMarkers => _dots.Exists(dot => !dot.IsLive) || _slots.Exists(slot => !slot.IsPresent) ||
        _deadlines.Exists(entry => !entry.IsLive && FindDot(entry.Origin) < 0);

    /// <summary>Whether some increment is not reset.</summary>
    public bool HasCounter
    {
        get
        {
            foreach (ref readonly CounterSlot slot in CollectionsMarshal.AsSpan(_slots))
            {
                if (slot.IsPresent)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>What the slots add to the base value, summed in origin order so that it is bit-identical everywhere.
    /// </summary>
    public CounterSum CounterWorth
    {
        get
        {
            CounterSum sum = default;
            foreach (ref readonly CounterSlot slot in CollectionsMarshal.AsSpan(_slots))
            {
                if (slot.IsPresent)
                {
                    sum += slot.Worth;
                }
            }

            return sum;
        }
    }

    /// <summary>The largest live deadline in unix milliseconds, or <see cref="NoDeadline"/>.</summary>
    public long EffectiveDeadline
    {
        get
        {
            long largest = DeadDeadline;
            foreach (CellDeadline entry in _deadlines)
            {
                largest = Math.Max(largest, entry.Deadline);
            }

            bool isHidden = HasFinal;
            foreach (CellDot dot in _dots)
            {
                if (dot.IsLive && !isHidden && FindDeadline(dot.Origin) < 0)
                {
                    return NoDeadline;
                }
            }

            return largest == DeadDeadline ? NoDeadline : largest;
        }
    }

    /// <summary>The dot whose payload a reader sees.</summary>
    /// <param name="visible">The dot.</param>
    /// <returns>False when no dot is live; a counter may still be visible.</returns>
    public bool TryGetVisible(out CellDot visible)
    {
        visible = default;
        bool any = false;
        bool uniform = true;
        foreach (CellDot dot in _dots)
        {
            if (dot.State == DotState.Final)
            {
                visible = default;
                return false;
            }

            if (!dot.IsLive)
            {
                continue;
            }

            uniform &= !any || dot.State == visible.State;
            if (!any || dot.Dot > visible.Dot)
            {
                visible = dot;
            }

            any = true;
        }

        if (!any || !uniform || visible.State == DotState.Live)
        {
            return any;
        }

        if (visible.State == DotState.LiveUnion)
        {
            visible = visible with { Payload = UnionOr(visible.Payload) };
            return true;
        }

        foreach (CellDot dot in _dots)
        {
            if (dot.IsLive && PreferMarked(dot, visible))
            {
                visible = dot;
            }
        }

        return true;
    }

    /// <summary>The slot of an origin.</summary>
    /// <param name="origin">The origin.</param>
    /// <returns>The slot, or null.</returns>
    public CounterSlot? FindSlot(Origin origin)
    {
        foreach (CounterSlot slot in _slots)
        {
            if (slot.Origin == origin)
            {
                return slot;
            }
        }

        return null;
    }

    private bool HasFinal => _dots.Exists(dot => dot.State == DotState.Final);

    private bool IsSimple =>
        _dots.Count == 1 && _slots.Count == 0 && _dots[0].State == DotState.Live &&
        (_deadlines.Count == 0 ||
            (_deadlines.Count == 1 && _deadlines[0].Stamp == _dots[0].Stamp && _deadlines[0].IsLive &&
                _deadlines[0].Origin == _dots[0].Origin));

    // ---- building states and deltas -------------------------------------------------------------------------

    /// <summary>Joins in a dot.</summary>
    /// <param name="dot">The dot. Its payload is kept by reference.</param>
    public void AddDot(in CellDot dot)
    {
        int at = FindDot(dot.Origin);
        if (at < 0)
        {
            _dots.Insert(~at, dot);
        }
        else if (dot.Stamp > _dots[at].Stamp || (dot.Stamp == _dots[at].Stamp && dot.State == DotState.Dead))
        {
            _dots[at] = dot;
        }

        DropSuperseded(dot.Origin);
    }

    /// <summary>Joins in a slot.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="version">The stamp of the operation that touched it.</param>
    public void AddSlot(in CounterSlot slot, Stamp version)
    {
        Version = Stamp.Max(Version, version);
        for (int i = 0; i < _slots.Count; i++)
        {
            if (_slots[i].Origin == slot.Origin)
            {
                _slots[i] = CounterSlot.Join(_slots[i], slot);
                return;
            }

            if (_slots[i].Origin > slot.Origin)
            {
                _slots.Insert(i, slot);
                return;
            }
        }

        _slots.Add(slot);
    }

    /// <summary>Replaces the slot of an origin that is held: the increment of its own writer, or the taking back of
    /// one that was not committed.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="version">The version that goes with it.</param>
    public void ReplaceSlot(in CounterSlot slot, Stamp version)
    {
        foreach (ref CounterSlot held in CollectionsMarshal.AsSpan(_slots))
        {
            if (held.Origin == slot.Origin)
            {
                held = slot;
            }
        }

        Version = version;
    }

    /// <summary>Lets the dot that a reader sees say something else: what it said, merged with what others did.</summary>
    /// <param name="payload">The value; kept by reference.</param>
    public void AmendVisible(ReadOnlyMemory<byte> payload)
    {
        if (TryGetVisible(out CellDot visible))
        {
            int at = FindDot(visible.Origin);
            _dots[at] = _dots[at] with { Payload = payload };
        }
    }

    /// <summary>Joins in a register entry.</summary>
    /// <param name="entry">The entry.</param>
    public void AddDeadline(in CellDeadline entry)
    {
        int at = FindDeadline(entry.Origin);
        if (at < 0)
        {
            _deadlines.Insert(~at, entry);
        }
        else if (entry.Stamp > _deadlines[at].Stamp ||
            (entry.Stamp == _deadlines[at].Stamp && entry.Deadline < _deadlines[at].Deadline))
        {
            _deadlines[at] = entry;
        }

        DropSuperseded(entry.Origin);
    }

    /// <summary>Joins another state or a delta of the same element into this one.</summary>
    /// <param name="other">The other state; not changed, payloads are shared.</param>
    public void Join(Cell other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (CellDeadline entry in other._deadlines)
        {
            AddDeadline(entry);
        }

        foreach (CellDot dot in other._dots)
        {
            AddDot(dot);
        }

        foreach (CounterSlot slot in other._slots)
        {
            AddSlot(slot, other.Version);
        }
    }

    /// <summary>A copy that shares payloads.</summary>
    public Cell Clone()
    {
        var copy = new Cell { Version = Version };
        copy._dots.AddRange(_dots);
        copy._slots.AddRange(_slots);
        copy._deadlines.AddRange(_deadlines);
        return copy;
    }

    /// <summary>
    /// The delta of a write: the writer's own live dot, and "dead" for every other live dot it saw. A plain write
    /// also resets the counter slots it saw and covers the register.
    /// </summary>
    /// <param name="current">What the writer sees, or null.</param>
    /// <param name="dot">The write.</param>
    /// <param name="payload">The value; kept by reference.</param>
    /// <param name="state">A live state, or <see cref="DotState.Final"/>, which has no payload.</param>
    /// <param name="deadline">The deadline that comes with the value, or <see cref="NoDeadline"/>.</param>
    public static Cell Put(
        Cell? current,
        Dot dot,
        ReadOnlyMemory<byte> payload,
        DotState state = DotState.Live,
        long deadline = NoDeadline)
    {
        Invariant.That(state != DotState.Dead, "a put leaves a dot of its own");
        Cell delta = Remove(current, dot);
        if (delta.FindDot(dot.Origin) is int own and >= 0)
        {
            delta._dots.RemoveAt(own);
        }

        if (delta.FindDeadline(dot.Origin) is int ownDeadline and >= 0)
        {
            delta._deadlines.RemoveAt(ownDeadline);
        }

        delta.AddDot(new CellDot(dot.Origin, dot.Stamp, state, payload));
        if (deadline != NoDeadline)
        {
            delta.AddDeadline(new CellDeadline(dot.Origin, dot.Stamp, deadline));
        }

        return delta;
    }

    /// <summary>The delta of a removal: dead for every dot and live register entry seen, reset for every slot seen.
    /// </summary>
    /// <param name="current">What the writer sees, or null.</param>
    /// <param name="dot">The write; it leaves no dot of its own.</param>
    public static Cell Remove(Cell? current, Dot dot)
    {
        var delta = new Cell();
        if (current is null)
        {
            return delta;
        }

        foreach (CellDot seen in current._dots)
        {
            if (seen.State != DotState.Dead)
            {
                delta._dots.Add(new CellDot(seen.Origin, seen.Stamp, DotState.Dead, default));
            }
        }

        delta.CoverDeadlines(current);
        foreach (CounterSlot seen in current._slots)
        {
            if (seen.IsPresent)
            {
                delta.AddSlot(seen.Reset(), dot.Stamp);
            }
        }

        return delta;
    }

    /// <summary>The delta of an increment: the writer's own slot, and nothing else while something is visible. A counter
    /// that begins where nothing is visible covers the deadlines seen, or one that a deletion did not see would become
    /// its own.</summary>
    /// <param name="current">What the writer sees, or null.</param>
    /// <param name="dot">The write.</param>
    /// <param name="amount">What is added.</param>
    public static Cell Increment(Cell? current, Dot dot, CounterSum amount)
    {
        var delta = new Cell();
        delta.AddSlot(CounterSlot.Add(current?.FindSlot(dot.Origin), dot, amount), dot.Stamp);
        if (current is { IsVisible: false })
        {
            delta.CoverDeadlines(current);
        }

        return delta;
    }

    /// <summary>The delta of EXPIRE or PERSIST: the writer's own entry, and "dead" for every other live one it saw,
    /// implicit ones included.</summary>
    /// <param name="current">What the writer sees, or null.</param>
    /// <param name="dot">The write.</param>
    /// <param name="deadline">Unix milliseconds, or <see cref="NoDeadline"/>.</param>
    public static Cell Expire(Cell? current, Dot dot, long deadline)
    {
        var delta = new Cell();
        if (current is not null)
        {
            foreach (CellDot seen in current._dots)
            {
                if (seen.IsLive && seen.Origin != dot.Origin && current.FindDeadline(seen.Origin) < 0)
                {
                    delta.AddDeadline(new CellDeadline(seen.Origin, seen.Stamp, DeadDeadline));
                }
            }

            foreach (CellDeadline seen in current._deadlines)
            {
                if (seen.IsLive && seen.Origin != dot.Origin)
                {
                    delta.AddDeadline(seen with { Deadline = DeadDeadline });
                }
            }
        }

        delta.AddDeadline(new CellDeadline(dot.Origin, dot.Stamp, deadline));
        return delta;
    }

    // ---- garbage and anti-entropy ---------------------------------------------------------------------------

    /// <summary>
    /// Forgets what the applied vector already says: a dead entry whose dot is covered, and, once every replica has seen
    /// them, a fully reset slot, and a final removal with what it hides. This changes the representation, not the lattice element.
    /// </summary>
    /// <param name="isCovered">Whether the local applied vector covers a dot.</param>
    /// <param name="stableThrough">Everything up to here is applied on every active replica.</param>
    /// <param name="isActive">Whether an origin writes among the active replicas; null when all do. The reset slot of
    /// one that was cut off stays until it is back: it may still be adding to what was reset.</param>
    public void Prune(Func<Dot, bool> isCovered, Stamp stableThrough, Func<Origin, bool>? isActive = null)
    {
        ArgumentNullException.ThrowIfNull(isCovered);
        KillFinal(stableThrough);
        _dots.RemoveAll(dot => dot.State == DotState.Dead && isCovered(dot.Dot));

        // A dead register entry hides the implicit "no deadline" of a live dot, so it lives as long as that dot.
        _deadlines.RemoveAll(entry => !entry.IsLive && FindDot(entry.Origin) < 0
            && isCovered(new Dot(entry.Stamp, entry.Origin)));
        if (Version <= stableThrough)
        {
            _slots.RemoveAll(slot => !slot.IsPresent && (isActive is null || isActive(slot.Origin)));
        }

        if (_slots.Count == 0)
        {
            Version = Stamp.Zero;
        }
    }

    /// <summary>Drops what a clear vector covers: everything the deleter of the whole key had seen.</summary>
    /// <param name="clear">The clear vector.</param>
    /// <param name="withCounters">Also drop slots whose generation began within the vector, increments it has not
    /// seen included: the rule of FLUSHALL.</param>
    public void Clear(VersionVector clear, bool withCounters = false)
    {
        ArgumentNullException.ThrowIfNull(clear);
        if (withCounters)
        {
            _slots.RemoveAll(slot => clear.Covers(new Dot(slot.Generation, slot.Origin)));
        }

        _dots.RemoveAll(dot => clear.Covers(dot.Dot));
        _deadlines.RemoveAll(entry => clear.Covers(new Dot(entry.Stamp, entry.Origin)));
    }

    /// <summary>Takes out of a delta what is applied already: joined again, it would bring back what was removed and
    /// forgotten since. Removals stay; they bring nothing back.</summary>
    /// <param name="isApplied">Whether the local applied vector covers a dot.</param>
    public void DropApplied(Func<Dot, bool> isApplied)
    {
        ArgumentNullException.ThrowIfNull(isApplied);
        _deadlines.RemoveAll(entry => entry.IsLive && isApplied(new Dot(entry.Stamp, entry.Origin)));
        _dots.RemoveAll(dot => dot.State != DotState.Dead && isApplied(dot.Dot));
        _slots.RemoveAll(slot => slot.IsPresent && isApplied(new Dot(slot.Updated, slot.Origin)));
    }

    /// <summary>Drops everything that is not a marker.</summary>
    public void KeepMarkers()
    {
        _dots.RemoveAll(dot => dot.IsLive);
        _deadlines.RemoveAll(entry => entry.IsLive);
        _slots.RemoveAll(slot => slot.IsPresent);
    }

    /// <summary>Drops what was written before a moment.</summary>
    /// <param name="unixMilliseconds">The moment.</param>
    /// <returns>Whether something visible is left; else nothing was dropped.</returns>
    public bool DropOlderThan(long unixMilliseconds)
    {
        bool isOld(Stamp stamp) => stamp.UnixMilliseconds < unixMilliseconds;
        if (!_dots.Exists(dot => dot.IsLive && !isOld(dot.Stamp)) &&
            !_slots.Exists(slot => slot.IsPresent && !isOld(slot.Updated)))
        {
            return false;
        }

        _dots.RemoveAll(dot => dot.IsLive && isOld(dot.Stamp));
        _slots.RemoveAll(slot => slot.IsPresent && isOld(slot.Updated));
        _deadlines.RemoveAll(entry => entry.IsLive && isOld(entry.Stamp));
        return true;
    }

    /// <summary>
    /// The causal join of anti-entropy: keeps what both hold and what the other side has not seen; "you do not have
    /// it, yet your applied vector covers it" means you deleted it.
    /// </summary>
    /// <param name="mine">This side's state, or null.</param>
    /// <param name="theirs">The other side's state, or null.</param>
    /// <param name="myApplied">Whether this side's applied vector covers a dot.</param>
    /// <param name="theirApplied">Whether the other side's vector, taken before its state was read, covers a dot.
    /// </param>
    /// <param name="now">A fresh stamp of this side; slots found reset carry it as version.</param>
    /// <returns>The joined state; neither input is changed.</returns>
    public static Cell CausalJoin(
        Cell? mine, Cell? theirs, Func<Dot, bool> myApplied, Func<Dot, bool> theirApplied, Stamp now)
    {
        ArgumentNullException.ThrowIfNull(myApplied);
        ArgumentNullException.ThrowIfNull(theirApplied);
        Cell left = mine?.Clone() ?? new Cell();
        Cell right = theirs?.Clone() ?? new Cell();
        Cell leftBefore = left.Clone();
        left.KillUnknown(right, theirApplied, now);
        right.KillUnknown(leftBefore, myApplied, now);
        left.Join(right);
        return left;
    }

    // ---- bytes ----------------------------------------------------------------------------------------------

    /// <summary>Encodes the canonical bytes.</summary>
    /// <param name="writer">Where to.</param>
    public void Write(RecordWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (IsSimple)
        {
            long deadline = _deadlines.Count == 0 ? NoDeadline : _deadlines[0].Deadline;
            WriteSimple(writer, _dots[0].Dot, deadline, _dots[0].Payload.Span);
            return;
        }

        WriteMany(writer);
    }

    /// <summary>Encodes one live, unmarked dot: the common record, without a <see cref="Cell"/> object.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="dot">The dot.</param>
    /// <param name="deadline">Its deadline, or <see cref="NoDeadline"/>.</param>
    /// <param name="payload">Its value.</param>
    public static void WriteSimple(RecordWriter writer, Dot dot, long deadline, ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteByte(deadline == NoDeadline ? (byte)0 : DeadlinesFlag);
        writer.WriteUInt64(dot.Stamp.Value);
        writer.WriteUInt32(dot.Origin.Value);
        if (deadline != NoDeadline)
        {
            writer.WriteInt64(deadline);
        }

        writer.WriteBytes(payload);
    }

    /// <summary>Encodes the delta of a removal of one dot without a <see cref="Cell"/> object.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="dot">The dot.</param>
    public static void WriteDead(RecordWriter writer, Dot dot)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteByte(ManyFlag);
        writer.WriteLength(1);
        writer.WriteUInt32(dot.Origin.Value);
        writer.WriteUInt64(dot.Stamp.Value);
        writer.WriteByte((byte)DotState.Dead);
    }

    /// <summary>Encodes the delta of an increment without a <see cref="Cell"/> object.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="slot">The writer's own slot after the increment.</param>
    public static void WriteIncrement(RecordWriter writer, in CounterSlot slot)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteByte(ManyFlag | CountersFlag);
        writer.WriteLength(0);
        writer.WriteUInt64(slot.Updated.Value);
        writer.WriteLength(1);
        slot.Write(writer);
    }

    /// <summary>Encodes the delta of an EXPIRE that has no other origin's entry to cover.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="entry">The writer's own entry.</param>
    public static void WriteExpire(RecordWriter writer, in CellDeadline entry)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteByte(ManyFlag | DeadlinesFlag);
        writer.WriteLength(0);
        writer.WriteLength(1);
        writer.WriteUInt32(entry.Origin.Value);
        writer.WriteUInt64(entry.Stamp.Value);
        writer.WriteInt64(entry.Deadline);
    }

    /// <summary>Decodes the common record without a <see cref="Cell"/> object.</summary>
    /// <param name="source">The bytes of one record.</param>
    /// <param name="dot">Its dot.</param>
    /// <param name="deadline">Its deadline, or <see cref="NoDeadline"/>.</param>
    /// <param name="payload">Its value, within <paramref name="source"/>.</param>
    /// <returns>False when the record needs <see cref="Read"/>.</returns>
    /// <exception cref="RecordFormatException">The bytes are cut short or spell the record in a second way.</exception>
    public static bool TryReadSimple(
        ReadOnlySpan<byte> source, out Dot dot, out long deadline, out ReadOnlySpan<byte> payload)
    {
        var reader = new RecordReader(source);
        byte flags = reader.ReadByte();
        dot = default;
        deadline = NoDeadline;
        payload = default;
        if ((flags & ~DeadlinesFlag) != 0)
        {
            return false;
        }

        var stamp = new Stamp(reader.ReadUInt64());
        dot = new Dot(stamp, new Origin(reader.ReadUInt32()));
        if ((flags & DeadlinesFlag) != 0)
        {
            deadline = reader.ReadInt64();
            if (deadline is NoDeadline or DeadDeadline)
            {
                throw new RecordFormatException("a record without a deadline says it has one");
            }
        }

        payload = reader.ReadRest();
        return true;
    }

    /// <summary>Decodes a record; payloads are copied out of the source.</summary>
    /// <param name="source">The bytes of one record.</param>
    /// <returns>The lattice element.</returns>
    /// <exception cref="RecordFormatException">The bytes are not a canonical record.</exception>
    public static Cell Read(ReadOnlySpan<byte> source)
    {
        var cell = new Cell();
        if (TryReadSimple(source, out Dot dot, out long deadline, out ReadOnlySpan<byte> payload))
        {
            cell._dots.Add(new CellDot(dot.Origin, dot.Stamp, DotState.Live, payload.ToArray()));
            if (deadline != NoDeadline)
            {
                cell._deadlines.Add(new CellDeadline(dot.Origin, dot.Stamp, deadline));
            }

            return cell;
        }

        var reader = new RecordReader(source);
        cell.ReadMany(ref reader);
        cell.RefuseSecondSpelling();
        return cell;
    }

    /// <summary>Writes what the digest of a live record covers: live dots, live register entries and slots, never a
    /// marker, so that replicas which forgot markers at different moments compare equal.</summary>
    /// <param name="writer">Where to.</param>
    public void WriteDigestInput(RecordWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        // Nodes forget a final removal, and what it hides, at different moments.
        bool isHidden = HasFinal;
        foreach (CellDot dot in _dots)
        {
            if (dot.IsLive && !isHidden)
            {
                WriteDotDigest(writer, dot.Dot);
            }
        }

        foreach (CellDeadline entry in _deadlines)
        {
            if (entry.IsLive)
            {
                WriteDeadlineDigest(writer, entry);
            }
        }

        // A slot that was reset whole is a marker: replicas forget it at different moments.
        foreach (CounterSlot slot in _slots)
        {
            if (slot.IsPresent)
            {
                WriteSlotDigest(writer, slot);
            }
        }
    }

    /// <summary>The part of <see cref="WriteDigestInput"/> that one live dot contributes.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="dot">The dot; it stands for its value, since an origin writes one value per dot.</param>
    public static void WriteDotDigest(RecordWriter writer, Dot dot)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteByte((byte)'v');
        writer.WriteUInt32(dot.Origin.Value);
        writer.WriteUInt64(dot.Stamp.Value);
    }

    /// <summary>The part of <see cref="WriteDigestInput"/> that one counter slot contributes.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="slot">The slot.</param>
    public static void WriteSlotDigest(RecordWriter writer, in CounterSlot slot)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteByte((byte)'c');
        slot.Write(writer);
    }

    /// <summary>The part of <see cref="WriteDigestInput"/> that one live register entry contributes.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="entry">The entry.</param>
    public static void WriteDeadlineDigest(RecordWriter writer, CellDeadline entry)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteByte((byte)'t');
        writer.WriteUInt32(entry.Origin.Value);
        writer.WriteUInt64(entry.Stamp.Value);
        writer.WriteInt64(entry.Deadline);
    }

    /// <summary>The union of the live payloads, or the newest of them when it stands alone or one is no sketch.</summary>
    private ReadOnlyMemory<byte> UnionOr(ReadOnlyMemory<byte> newest)
    {
        CellDot[] live = [.. _dots.Where(dot => dot.IsLive)];
        return live.Length == 1 ? newest : HyperLogLogUnion.TryUnite(live.Select(dot => dot.Payload)) ?? newest;
    }

    private static bool PreferMarked(in CellDot candidate, in CellDot visible) => visible.State switch
    {
        DotState.LiveIfFirst => candidate.Dot < visible.Dot,
        DotState.LiveGreatest => Compare(candidate, visible) > 0,
        DotState.LiveLeast => Compare(candidate, visible) < 0,
        _ => false,
    };

    private static int Compare(in CellDot left, in CellDot right) =>
        left.Payload.Span.SequenceCompareTo(right.Payload.Span);

    private void KillUnknown(Cell other, Func<Dot, bool> otherApplied, Stamp now)
    {
        for (int i = 0; i < _dots.Count; i++)
        {
            CellDot dot = _dots[i];
            int at = other.FindDot(dot.Origin);
            bool same = at >= 0 && other._dots[at].Stamp == dot.Stamp && other._dots[at].State != DotState.Dead;
            if (dot.State != DotState.Dead && !same && otherApplied(dot.Dot))
            {
                _dots[i] = new CellDot(dot.Origin, dot.Stamp, DotState.Dead, default);
            }
        }

        for (int i = 0; i < _deadlines.Count; i++)
        {
            CellDeadline entry = _deadlines[i];
            int at = other.FindDeadline(entry.Origin);
            bool same = at >= 0 && other._deadlines[at] == entry;
            if (entry.IsLive && !same && otherApplied(new Dot(entry.Stamp, entry.Origin)))
            {
                _deadlines[i] = entry with { Deadline = DeadDeadline };
            }
        }

        for (int i = 0; i < _slots.Count; i++)
        {
            CounterSlot slot = _slots[i];
            CounterSlot? theirs = other.FindSlot(slot.Origin);
            bool newer = theirs is not { } known || slot.Generation > known.Generation ||
                (slot.Generation == known.Generation && slot.Updated > known.Updated);
            if (newer && slot.IsPresent && otherApplied(new Dot(slot.Updated, slot.Origin)))
            {
                _slots[i] = slot.Reset();
                Version = Stamp.Max(Version, now);
            }
        }
    }

    /// <summary>A final removal that every replica has seen, together with all it hides, is a removal like others.
    /// </summary>
    private void KillFinal(Stamp stableThrough)
    {
        if (HasFinal && _dots.TrueForAll(dot => dot.Stamp <= stableThrough))
        {
            for (int i = 0; i < _dots.Count; i++)
            {
                _dots[i] = _dots[i] with { State = DotState.Dead, Payload = default };
            }
        }
    }

    private void CoverDeadlines(Cell seen)
    {
        foreach (CellDeadline entry in seen._deadlines)
        {
            if (entry.IsLive)
            {
                _deadlines.Add(entry with { Deadline = DeadDeadline });
            }
        }
    }

    private int FindDot(Origin origin)
    {
        int low = 0;
        for (; low < _dots.Count && _dots[low].Origin <= origin; low++)
        {
            if (_dots[low].Origin == origin)
            {
                return low;
            }
        }

        return ~low;
    }

    private int FindDeadline(Origin origin)
    {
        int low = 0;
        for (; low < _deadlines.Count && _deadlines[low].Origin <= origin; low++)
        {
            if (_deadlines[low].Origin == origin)
            {
                return low;
            }
        }

        return ~low;
    }

    /// <summary>A later value write of the same origin replaces its register entry by its own implicit one.</summary>
    private void DropSuperseded(Origin origin)
    {
        int dot = FindDot(origin);
        int entry = FindDeadline(origin);
        if (dot >= 0 && entry >= 0 &&
            (_deadlines[entry].Stamp < _dots[dot].Stamp || IsImplied(_deadlines[entry], _dots[dot])))
        {
            _deadlines.RemoveAt(entry);
        }
    }

    /// <summary>Whether an entry says only what its dot says without it.</summary>
    private static bool IsImplied(in CellDeadline entry, in CellDot dot) =>
        entry.Deadline == NoDeadline && entry.Stamp == dot.Stamp;

    private void WriteMany(RecordWriter writer)
    {
        int flags = ManyFlag | (_slots.Count > 0 ? CountersFlag : 0) | (_deadlines.Count > 0 ? DeadlinesFlag : 0);
        writer.WriteByte((byte)flags);
        writer.WriteLength(_dots.Count);
        foreach (CellDot dot in _dots)
        {
            writer.WriteUInt32(dot.Origin.Value);
            writer.WriteUInt64(dot.Stamp.Value);
            writer.WriteByte((byte)dot.State);
            if (dot.IsLive)
            {
                writer.WriteLength(dot.Payload.Length);
                writer.WriteBytes(dot.Payload.Span);
            }
        }

        if (_slots.Count > 0)
        {
            writer.WriteUInt64(Version.Value);
            writer.WriteLength(_slots.Count);
            foreach (CounterSlot slot in _slots)
            {
                slot.Write(writer);
            }
        }

        if (_deadlines.Count > 0)
        {
            writer.WriteLength(_deadlines.Count);
            foreach (CellDeadline entry in _deadlines)
            {
                writer.WriteUInt32(entry.Origin.Value);
                writer.WriteUInt64(entry.Stamp.Value);
                writer.WriteInt64(entry.Deadline);
            }
        }
    }

    private void ReadMany(ref RecordReader reader)
    {
        byte flags = reader.ReadByte();
        if ((flags & ~(ManyFlag | CountersFlag | DeadlinesFlag)) != 0 || (flags & ManyFlag) == 0)
        {
            throw new RecordFormatException("unknown record flags");
        }

        long previous = -1;
        for (int n = reader.ReadLength(); n > 0; n--)
        {
            Origin origin = ReadOrigin(ref reader, ref previous);
            var stamp = new Stamp(reader.ReadUInt64());
            byte state = reader.ReadByte();
            if (state > (byte)DotState.Final)
            {
                throw new RecordFormatException("unknown dot state");
            }

            var dot = new CellDot(origin, stamp, (DotState)state, default);
            _dots.Add(dot.IsLive ? dot with { Payload = reader.ReadBytes(reader.ReadLength()).ToArray() } : dot);
        }

        if ((flags & CountersFlag) != 0)
        {
            Version = new Stamp(reader.ReadUInt64());
            previous = -1;
            for (int n = ReadCount(ref reader); n > 0; n--)
            {
                CounterSlot slot = CounterSlot.Read(ref reader);
                if (slot.Origin.Value <= previous)
                {
                    throw new RecordFormatException("record lists are not sorted by origin");
                }

                previous = slot.Origin.Value;
                _slots.Add(slot);
            }
        }

        if ((flags & DeadlinesFlag) != 0)
        {
            previous = -1;
            for (int n = ReadCount(ref reader); n > 0; n--)
            {
                Origin origin = ReadOrigin(ref reader, ref previous);
                _deadlines.Add(new CellDeadline(origin, new Stamp(reader.ReadUInt64()), reader.ReadInt64()));
            }
        }

        if (reader.Remaining != 0)
        {
            throw new RecordFormatException("bytes follow the end of the record");
        }
    }

    /// <summary>Bytes stand for one lattice element and an element for one run of bytes; what a join could never
    /// leave behind, and a simple record written as many, would break digests that compare bytes.</summary>
    private void RefuseSecondSpelling()
    {
        if (IsSimple)
        {
            throw new RecordFormatException("a simple record is written in the long form");
        }

        foreach (CellDeadline entry in _deadlines)
        {
            int dot = FindDot(entry.Origin);
            if (dot >= 0 && (entry.Stamp < _dots[dot].Stamp || IsImplied(entry, _dots[dot])))
            {
                throw new RecordFormatException("a deadline stands beside the write that replaced it");
            }
        }
    }

    private static int ReadCount(ref RecordReader reader) => reader.ReadLength() is > 0 and int count
        ? count
        : throw new RecordFormatException("a flag announces a list that is empty");

    private static Origin ReadOrigin(ref RecordReader reader, ref long previous)
    {
        uint origin = reader.ReadUInt32();
        if (origin <= previous)
        {
            throw new RecordFormatException("record lists are not sorted by origin");
        }

        previous = origin;
        return new Origin(origin);
    }
}
