using System.Runtime.InteropServices;
using Marekvs.Abstractions.Sketches;

namespace Marekvs.Abstractions.Crdt;

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
/// <remarks>Its bytes: <see cref="CellCodec"/>. What writes add: <see cref="CellDelta"/>.</remarks>
public sealed class Cell
{
    /// <summary>No time to live.</summary>
    public const long NoDeadline = long.MaxValue;

    /// <summary>A register entry that a later write replaced.</summary>
    public const long DeadDeadline = long.MinValue;

    private readonly List<CellDot> _dots = [];
    private readonly List<CounterSlot> _slots = [];
    private readonly List<CellDeadline> _deadlines = [];

    /// <summary>The dots, sorted by origin.</summary>
    public IReadOnlyList<CellDot> Dots => _dots;

    /// <summary>The counter slots, sorted by origin.</summary>
    public IReadOnlyList<CounterSlot> Slots => _slots;

    /// <summary>The explicit register entries, sorted by origin.</summary>
    public IReadOnlyList<CellDeadline> Deadlines => _deadlines;

    /// <summary>The lists themselves, for the codec and the causal join: who changes them keeps them sorted.</summary>
    internal List<CellDot> DotList => _dots;

    /// <inheritdoc cref="DotList"/>
    internal List<CounterSlot> SlotList => _slots;

    /// <inheritdoc cref="DotList"/>
    internal List<CellDeadline> DeadlineList => _deadlines;

    /// <summary>The newest operation joined in while slots are held: a fully reset slot may be forgotten once every
    /// replica has seen this.</summary>
    public Stamp Version { get; internal set; }

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

    internal bool HasFinal => _dots.Exists(dot => dot.State == DotState.Final);

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

    /// <summary>Where the entry of an origin is, or the complement of where it belongs.</summary>
    internal int FindDot(Origin origin) => CollectionsMarshal.AsSpan(_dots).BinarySearch(new OriginOf(origin));

    /// <inheritdoc cref="FindDot"/>
    internal int FindDeadline(Origin origin) => CollectionsMarshal.AsSpan(_deadlines).BinarySearch(new OriginOf(origin));

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
    internal static bool IsImplied(in CellDeadline entry, in CellDot dot) =>
        entry.Deadline == NoDeadline && entry.Stamp == dot.Stamp;

    /// <summary>Finds entries by their origin.</summary>
    private readonly struct OriginOf(Origin origin) : IComparable<CellDot>, IComparable<CellDeadline>
    {
        public int CompareTo(CellDot other) => origin.CompareTo(other.Origin);

        public int CompareTo(CellDeadline other) => origin.CompareTo(other.Origin);
    }
}
