namespace Marekvs.Abstractions.Crdt;

/// <summary>The bytes of a <see cref="Cell"/>, in the journal, in the store and on the wire alike.</summary>
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
/// A delta has the same form as a state.
/// </remarks>
public static class CellCodec
{
    private const byte ManyFlag = 1;
    private const byte CountersFlag = 2;
    private const byte DeadlinesFlag = 4;

    /// <summary>Encodes the canonical bytes.</summary>
    /// <param name="cell">The lattice element.</param>
    /// <param name="writer">Where to.</param>
    public static void Write(this Cell cell, RecordWriter writer)
    {
        ArgumentNullException.ThrowIfNull(cell);
        ArgumentNullException.ThrowIfNull(writer);
        if (IsSimple(cell))
        {
            long deadline = cell.DeadlineList.Count == 0 ? Cell.NoDeadline : cell.DeadlineList[0].Deadline;
            WriteSimple(writer, cell.DotList[0].Dot, deadline, cell.DotList[0].Payload.Span);
            return;
        }

        WriteMany(cell, writer);
    }

    /// <summary>Encodes one live, unmarked dot: the common record, without a <see cref="Cell"/> object.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="dot">The dot.</param>
    /// <param name="deadline">Its deadline, or <see cref="Cell.NoDeadline"/>.</param>
    /// <param name="payload">Its value.</param>
    public static void WriteSimple(RecordWriter writer, Dot dot, long deadline, ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteByte(deadline == Cell.NoDeadline ? (byte)0 : DeadlinesFlag);
        writer.WriteUInt64(dot.Stamp.Value);
        writer.WriteUInt32(dot.Origin.Value);
        if (deadline != Cell.NoDeadline)
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
    /// <param name="deadline">Its deadline, or <see cref="Cell.NoDeadline"/>.</param>
    /// <param name="payload">Its value, within <paramref name="source"/>.</param>
    /// <returns>False when the record needs <see cref="Read"/>.</returns>
    /// <exception cref="RecordFormatException">The bytes are cut short or spell the record in a second way.</exception>
    public static bool TryReadSimple(
        ReadOnlySpan<byte> source, out Dot dot, out long deadline, out ReadOnlySpan<byte> payload)
    {
        var reader = new RecordReader(source);
        byte flags = reader.ReadByte();
        dot = default;
        deadline = Cell.NoDeadline;
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
            if (deadline is Cell.NoDeadline or Cell.DeadDeadline)
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
            cell.DotList.Add(new CellDot(dot.Origin, dot.Stamp, DotState.Live, payload.ToArray()));
            if (deadline != Cell.NoDeadline)
            {
                cell.DeadlineList.Add(new CellDeadline(dot.Origin, dot.Stamp, deadline));
            }

            return cell;
        }

        var reader = new RecordReader(source);
        ReadMany(cell, ref reader);
        RefuseSecondSpelling(cell);
        return cell;
    }

    private static void WriteMany(Cell cell, RecordWriter writer)
    {
        int counters = cell.SlotList.Count > 0 ? CountersFlag : 0;
        int deadlines = cell.DeadlineList.Count > 0 ? DeadlinesFlag : 0;
        writer.WriteByte((byte)(ManyFlag | counters | deadlines));
        writer.WriteLength(cell.DotList.Count);
        foreach (CellDot dot in cell.DotList)
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

        if (cell.SlotList.Count > 0)
        {
            writer.WriteUInt64(cell.Version.Value);
            writer.WriteLength(cell.SlotList.Count);
            foreach (CounterSlot slot in cell.SlotList)
            {
                slot.Write(writer);
            }
        }

        if (cell.DeadlineList.Count > 0)
        {
            writer.WriteLength(cell.DeadlineList.Count);
            foreach (CellDeadline entry in cell.DeadlineList)
            {
                writer.WriteUInt32(entry.Origin.Value);
                writer.WriteUInt64(entry.Stamp.Value);
                writer.WriteInt64(entry.Deadline);
            }
        }
    }

    private static void ReadMany(Cell cell, ref RecordReader reader)
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
            cell.DotList.Add(dot.IsLive ? dot with { Payload = reader.ReadBytes(reader.ReadLength()).ToArray() } : dot);
        }

        if ((flags & CountersFlag) != 0)
        {
            cell.Version = new Stamp(reader.ReadUInt64());
            previous = -1;
            for (int n = ReadCount(ref reader); n > 0; n--)
            {
                CounterSlot slot = CounterSlot.Read(ref reader);
                if (slot.Origin.Value <= previous)
                {
                    throw new RecordFormatException("record lists are not sorted by origin");
                }

                previous = slot.Origin.Value;
                cell.SlotList.Add(slot);
            }
        }

        if ((flags & DeadlinesFlag) != 0)
        {
            previous = -1;
            for (int n = ReadCount(ref reader); n > 0; n--)
            {
                Origin origin = ReadOrigin(ref reader, ref previous);
                cell.DeadlineList.Add(new CellDeadline(origin, new Stamp(reader.ReadUInt64()), reader.ReadInt64()));
            }
        }

        if (reader.Remaining != 0)
        {
            throw new RecordFormatException("bytes follow the end of the record");
        }
    }

    /// <summary>Bytes stand for one lattice element and an element for one run of bytes; what a join could never
    /// leave behind, and a simple record written as many, would break digests that compare bytes.</summary>
    private static void RefuseSecondSpelling(Cell cell)
    {
        if (IsSimple(cell))
        {
            throw new RecordFormatException("a simple record is written in the long form");
        }

        foreach (CellDeadline entry in cell.DeadlineList)
        {
            int dot = cell.FindDot(entry.Origin);
            if (dot >= 0 && (entry.Stamp < cell.DotList[dot].Stamp || Cell.IsImplied(entry, cell.DotList[dot])))
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

    /// <summary>Whether the short form holds it all: one live dot without a mark, no deadline but its own.</summary>
    private static bool IsSimple(Cell cell)
    {
        if (cell.DotList.Count != 1 || cell.SlotList.Count != 0 || cell.DotList[0].State != DotState.Live)
        {
            return false;
        }

        CellDot dot = cell.DotList[0];
        return cell.DeadlineList.Count switch
        {
            0 => true,
            1 => cell.DeadlineList[0] is { IsLive: true } entry && new Dot(entry.Stamp, entry.Origin) == dot.Dot,
            _ => false,
        };
    }
}
