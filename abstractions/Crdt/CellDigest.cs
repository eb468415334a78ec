namespace Marekvs.Abstractions.Crdt;

/// <summary>What the digests of anti-entropy cover of a <see cref="Cell"/>.</summary>
/// <remarks>
/// <code>
/// live dot      'v' | origin u32 | stamp u64
/// live deadline 't' | origin u32 | stamp u64 | deadline i64
/// slot          'c' | slot (see CounterSlot)
/// </code>
/// </remarks>
public static class CellDigest
{
    /// <summary>Writes what the digest of a live record covers: live dots, live register entries and slots, never a
    /// marker, so that replicas which forgot markers at different moments compare equal.</summary>
    /// <param name="cell">The state.</param>
    /// <param name="writer">Where to.</param>
    public static void WriteDigestInput(this Cell cell, RecordWriter writer)
    {
        ArgumentNullException.ThrowIfNull(cell);
        ArgumentNullException.ThrowIfNull(writer);

        // Nodes forget a final removal, and what it hides, at different moments.
        bool isHidden = cell.HasFinal;
        foreach (CellDot dot in cell.DotList)
        {
            if (dot.IsLive && !isHidden)
            {
                WriteDotDigest(writer, dot.Dot);
            }
        }

        foreach (CellDeadline entry in cell.DeadlineList)
        {
            if (entry.IsLive)
            {
                WriteDeadlineDigest(writer, entry);
            }
        }

        // A slot that was reset whole is a marker: replicas forget it at different moments.
        foreach (CounterSlot slot in cell.SlotList)
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
}
