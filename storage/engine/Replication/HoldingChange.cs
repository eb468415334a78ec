using Marekvs.Abstractions.Crdt;
using Marekvs.Storage.Engine.Journal;

namespace Marekvs.Storage.Engine.Replication;

/// <summary>
/// What became of this node's copy of a partition, in the journal, so that a restart comes to no other conclusion.
/// <code>
/// delta = what u8 | when it was dropped: written u64
/// </code>
/// </summary>
/// <param name="What">What became of it.</param>
/// <param name="Written">What this node wrote there up to here, the owners have.</param>
internal readonly record struct HoldingChange(HoldingEvent What, Stamp Written)
{
    public void Append(RecordWriter body, ushort partition)
    {
        int token = JournalEntry.BeginRecord(body, partition, default, JournalEntry.HoldingTag, default);
        body.WriteByte((byte)What);
        if (What == HoldingEvent.Dropped)
        {
            body.WriteUInt64(Written.Value);
        }

        JournalEntry.EndRecord(body, token);
    }

    /// <exception cref="RecordFormatException">That is none.</exception>
    public static HoldingChange Read(ReadOnlySpan<byte> delta)
    {
        var reader = new RecordReader(delta);
        var what = (HoldingEvent)reader.ReadByte();
        RecordCheck.Require(what <= HoldingEvent.HeldNothing, "a holding changes in an unknown way");
        return new HoldingChange(what, what == HoldingEvent.Dropped ? new Stamp(reader.ReadUInt64()) : Stamp.Zero);
    }
}

/// <summary>What becomes of a copy. The numbers reach the disk; they are append-only.</summary>
internal enum HoldingEvent : byte
{
    /// <summary>It is complete.</summary>
    Held = 0,

    /// <summary>It is given up; data and vector stay.</summary>
    Detached = 1,

    /// <summary>Its vector is forgotten, and then its data.</summary>
    Dropped = 2,

    /// <summary>No partition is complete.</summary>
    HeldNothing = 3,
}
