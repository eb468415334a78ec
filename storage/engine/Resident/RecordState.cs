using Marekvs.Abstractions;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Storage.Engine.Resident;

/// <summary>
/// One record in memory. The two common ones are held in the fields: a single live, unmarked dot with at most one
/// deadline of the same origin, and a counter that one origin alone has written, in 64 bits, without a deadline.
/// Anything richer is a <see cref="Cell"/>, and the fields then mirror what a reader sees.
/// </summary>
internal struct RecordState
{
    /// <summary>The visible payload in its first <see cref="Length"/> bytes; null when nothing or only a counter is
    /// visible. Owned by this record: a shorter or equal value may be written into it in place.</summary>
    public byte[]? Payload;

    /// <summary>Bytes of <see cref="Payload"/> in use; <see cref="CounterLength"/> marks a counter in the fields.
    /// </summary>
    public int Length;

    private const int CounterLength = -1;

    /// <summary>Who wrote the visible payload.</summary>
    public Origin Origin;

    /// <summary>When.</summary>
    public Stamp Stamp;

    // The total of a counter in the fields, or the effective deadline plus one, so that a default record has none.
    private long _totalOrDeadline;

    /// <summary>The stamp of the deadline's register entry, when the fields hold the whole record.</summary>
    public Stamp DeadlineStamp;

    /// <summary>The whole lattice element when the fields cannot hold it.</summary>
    public Cell? Cell;

    /// <summary>A derived record: it is there, and that is all it says.</summary>
    public static RecordState Derived { get; } = new() { Payload = [] };

    /// <summary>The effective deadline, or <see cref="Cell.NoDeadline"/>.</summary>
    public long Deadline
    {
        readonly get => _totalOrDeadline == 0 || IsCounter ? Cell.NoDeadline : _totalOrDeadline - 1;
        set => _totalOrDeadline = value == Cell.NoDeadline ? 0 : value + 1;
    }

    /// <summary>The total of a counter in the fields: <see cref="Stamp"/> is its newest update and
    /// <see cref="DeadlineStamp"/> its generation.</summary>
    public readonly long Total => IsCounter ? _totalOrDeadline : 0;

    public readonly bool IsEmpty => Payload is null && Cell is null && !IsCounter;

    public readonly bool IsVisible => Payload is not null || IsCounter || Cell is { HasCounter: true };

    /// <summary>Whether this is a counter in the fields.</summary>
    public readonly bool IsCounter => Length == CounterLength;

    /// <summary>Whether a write of the same origin simply takes this record's place: nothing, or one live dot.</summary>
    public readonly bool IsPlain => Cell is null && !IsCounter;

    /// <summary>Whether increments add to what is visible.</summary>
    public readonly bool HasCounter => IsCounter || Cell is { HasCounter: true };

    /// <summary>What they add.</summary>
    public readonly CounterSum CounterWorth =>
        IsCounter ? new CounterSum((Int128)Total) : Cell?.CounterWorth ?? default;

    public readonly ReadOnlySpan<byte> Visible => Payload is null ? default : Payload.AsSpan(0, Length);

    public readonly Dot Dot => new(Stamp, Origin);

    /// <summary>Whether the newest write of the dot's origin is the dot's own.</summary>
    public readonly bool IsWrittenBy(Dot dot)
    {
        if (Cell is null)
        {
            return !IsEmpty && Dot == dot;
        }

        for (int i = 0; i < Cell.Dots.Count; i++)
        {
            if (Cell.Dots[i].Dot == dot)
            {
                return true;
            }
        }

        return Cell.FindSlot(dot.Origin) is { } slot && slot.Updated == dot.Stamp;
    }

    public readonly int Cost => (Payload is null ? 0 : Payload.Length + 24) +
        (Cell is null ? 0 : 200 + (Cell.Slots.Count * 160) + (Cell.Dots.Count * 64) + (Cell.Deadlines.Count * 24));

    /// <summary>The record as a lattice element of its own; the payload is copied.</summary>
    public readonly Cell ToCell()
    {
        if (Cell is not null)
        {
            return Cell.Clone();
        }

        var cell = new Cell();
        if (IsCounter)
        {
            cell.AddSlot(ToSlot(), Stamp);
        }
        else if (Payload is not null)
        {
            cell.AddDot(new CellDot(Origin, Stamp, DotState.Live, Visible.ToArray()));
            if (Deadline != Cell.NoDeadline)
            {
                cell.AddDeadline(new CellDeadline(Origin, DeadlineStamp, Deadline));
            }
        }

        return cell;
    }

    /// <summary>The same record, saying something else under the dot that is visible. The lattice element, if there is
    /// one, must be this record's alone.</summary>
    public readonly RecordState Amended(byte[] payload)
    {
        Invariant.That(Payload is not null, "what is amended is visible");
        RecordState amended = this;
        amended.Payload = payload;
        amended.Length = payload.Length;

        // A copy, for a value that is as long may be written into the record's own bytes.
        Cell?.AmendVisible(payload.ToArray());
        return amended;
    }

    /// <summary>A counter in the fields.</summary>
    public static RecordState Counter(Dot dot, Stamp generation, long total) => new()
    {
        Length = CounterLength,
        _totalOrDeadline = total,
        Stamp = dot.Stamp,
        Origin = dot.Origin,
        DeadlineStamp = generation,
    };

    /// <summary>The slot of a counter in the fields.</summary>
    public readonly CounterSlot ToSlot() =>
        new(Origin, DeadlineStamp, Stamp, new CounterSum((Int128)Total), Stamp.Zero, default);

    /// <summary>The record for a lattice element; takes the element over.</summary>
    public static RecordState From(Cell cell)
    {
        RecordState state = default;
        if (cell.IsEmpty)
        {
            return state;
        }

        if (cell.Dots.Count == 0 && cell.Deadlines.Count == 0 && cell.Slots.Count == 1 &&
            cell.Slots[0] is { IsPresent: true } slot && slot.ResetAt == Stamp.Zero && slot.Total.IsInteger &&
            slot.Total.TryGetInteger(out Int128 total) && total >= long.MinValue && total <= long.MaxValue)
        {
            return Counter(new Dot(slot.Updated, slot.Origin), slot.Generation, (long)total);
        }

        state.Deadline = cell.EffectiveDeadline;
        if (cell.TryGetVisible(out CellDot dot))
        {
            state.Payload = dot.Payload.ToArray();
            state.Length = dot.Payload.Length;
            state.Stamp = dot.Stamp;
            state.Origin = dot.Origin;
        }

        bool plain = cell.Dots.Count == 1 && dot.State == DotState.Live && cell.Slots.Count == 0;
        if (plain && cell.Deadlines.Count == 0)
        {
            return state;
        }

        if (plain && cell.Deadlines.Count == 1 && cell.Deadlines[0].Origin == dot.Origin &&
            cell.Deadlines[0].IsLive && cell.Deadlines[0].Deadline != Cell.NoDeadline)
        {
            state.DeadlineStamp = cell.Deadlines[0].Stamp;
            return state;
        }

        state.Cell = cell;
        return state;
    }

    /// <summary>Decodes a stored record.</summary>
    public static RecordState Read(ReadOnlySpan<byte> bytes)
    {
        if (!CellCodec.TryReadSimple(bytes, out Dot dot, out long deadline, out ReadOnlySpan<byte> payload))
        {
            return From(CellCodec.Read(bytes));
        }

        return new RecordState
        {
            Payload = payload.ToArray(),
            Length = payload.Length,
            Origin = dot.Origin,
            Stamp = dot.Stamp,
            Deadline = deadline,
            DeadlineStamp = deadline == Cell.NoDeadline ? Stamp.Zero : dot.Stamp,
        };
    }

    /// <summary>Encodes the record.</summary>
    public readonly void Write(RecordWriter writer)
    {
        if (Cell is not null)
        {
            Cell.Write(writer);
        }
        else if (IsCounter)
        {
            CellCodec.WriteIncrement(writer, ToSlot());
        }
        else if (Deadline == Cell.NoDeadline || DeadlineStamp == Stamp)
        {
            CellCodec.WriteSimple(writer, Dot, Deadline, Visible);
        }
        else
        {
            ToCell().Write(writer);
        }
    }

    /// <summary>Writes what the digest covers.</summary>
    public readonly void WriteDigestInput(RecordWriter writer)
    {
        if (Cell is not null)
        {
            Cell.WriteDigestInput(writer);
        }
        else if (IsCounter)
        {
            CellDigest.WriteSlotDigest(writer, ToSlot());
        }
        else if (Payload is not null)
        {
            CellDigest.WriteDotDigest(writer, Dot);
            if (Deadline != Cell.NoDeadline)
            {
                CellDigest.WriteDeadlineDigest(writer, new CellDeadline(Origin, DeadlineStamp, Deadline));
            }
        }
    }
}
