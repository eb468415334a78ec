using Marekvs.Abstractions.Crdt;

namespace Marekvs.Storage.Engine.Resident;

/// <summary>
/// One record in memory. The common one — a single live, unmarked dot, with at most one deadline of the same origin —
/// is held in the fields; anything richer is a <see cref="Cell"/>, and the fields then mirror what a reader sees.
/// </summary>
internal struct RecordState
{
    /// <summary>The visible payload in its first <see cref="Length"/> bytes; null when nothing or only a counter is
    /// visible. Owned by this record: a shorter or equal value may be written into it in place.</summary>
    public byte[]? Payload;

    /// <summary>Bytes of <see cref="Payload"/> in use.</summary>
    public int Length;

    /// <summary>Who wrote the visible payload.</summary>
    public Origin Origin;

    /// <summary>When.</summary>
    public Stamp Stamp;

    /// <summary>The effective deadline plus one, so that a default record has none.</summary>
    private long _deadlinePlusOne;

    /// <summary>The stamp of the deadline's register entry, when the fields hold the whole record.</summary>
    public Stamp DeadlineStamp;

    /// <summary>The whole lattice element when the fields cannot hold it.</summary>
    public Cell? Cell;

    /// <summary>The effective deadline, or <see cref="Cell.NoDeadline"/>.</summary>
    public long Deadline
    {
        readonly get => _deadlinePlusOne == 0 ? Cell.NoDeadline : _deadlinePlusOne - 1;
        set => _deadlinePlusOne = value == Cell.NoDeadline ? 0 : value + 1;
    }

    public readonly bool IsEmpty => Payload is null && Cell is null;

    public readonly bool IsVisible => Payload is not null || Cell is { HasCounter: true };

    public readonly ReadOnlySpan<byte> Visible => Payload.AsSpan(0, Length);

    public readonly Dot Dot => new(Stamp, Origin);

    /// <summary>Whether the newest write of the dot's origin is the dot's own.</summary>
    public readonly bool IsWrittenBy(Dot dot)
    {
        if (Cell is null)
        {
            return Payload is not null && Dot == dot;
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
        if (Payload is not null)
        {
            cell.AddDot(new CellDot(Origin, Stamp, DotState.Live, Visible.ToArray()));
            if (Deadline != Cell.NoDeadline)
            {
                cell.AddDeadline(new CellDeadline(Origin, DeadlineStamp, Deadline));
            }
        }

        return cell;
    }

    /// <summary>The record for a lattice element; takes the element over.</summary>
    public static RecordState From(Cell cell)
    {
        RecordState state = default;
        if (cell.IsEmpty)
        {
            return state;
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
        if (!Cell.TryReadSimple(bytes, out Dot dot, out long deadline, out ReadOnlySpan<byte> payload))
        {
            return From(Cell.Read(bytes));
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
        else if (Deadline == Cell.NoDeadline || DeadlineStamp == Stamp)
        {
            Cell.WriteSimple(writer, Dot, Deadline, Visible);
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
        else if (Payload is not null)
        {
            Cell.WriteDotDigest(writer, Dot);
            if (Deadline != Cell.NoDeadline)
            {
                Cell.WriteDeadlineDigest(writer, new CellDeadline(Origin, DeadlineStamp, Deadline));
            }
        }
    }
}
