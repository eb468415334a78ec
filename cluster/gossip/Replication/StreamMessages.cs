using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Cluster.Gossip.Replication;

/// <summary><c>kind u8 | journal 16 | incarnation u16 | position i64 | version u32 | set (see PartitionSet)</c></summary>
/// <param name="Cursor">Where the reader is.</param>
/// <param name="Version">Tells the sets of one connection apart; a later one is greater.</param>
/// <param name="Wanted">The partitions the reader wants.</param>
internal readonly record struct ResumeMessage(JournalCursor Cursor, uint Version, PartitionSet Wanted)
{
    public void Write(RecordWriter writer)
    {
        writer.WriteByte((byte)MessageKind.Resume);
        Cursors.Write(writer, Cursor);
        writer.WriteUInt32(Version);
        Wanted.Write(writer);
    }

    public static ResumeMessage Read(ref RecordReader reader) =>
        new(Cursors.Read(ref reader), reader.ReadUInt32(), PartitionSet.Read(ref reader));
}

/// <summary>
/// <c>kind u8 | origin u32 | journal 16 | incarnation u16 | position i64 | floor u64 | version u32 | left out u64</c>
/// </summary>
/// <param name="Origin">Who writes.</param>
/// <param name="Cursor">Where the stream begins.</param>
/// <param name="Floor">What is missing before is stamped up to this; zero when nothing is.</param>
/// <param name="Version">The set the stream is filtered by.</param>
/// <param name="LeftOut">What was ever left out before, because the reader did not want it, is stamped up to this.</param>
internal readonly record struct BeginMessage(Origin Origin, JournalCursor Cursor, Stamp Floor, uint Version, Stamp LeftOut)
{
    public void Write(RecordWriter writer)
    {
        writer.WriteByte((byte)MessageKind.Begin);
        writer.WriteUInt32(Origin.Value);
        Cursors.Write(writer, Cursor);
        writer.WriteUInt64(Floor.Value);
        writer.WriteUInt32(Version);
        writer.WriteUInt64(LeftOut.Value);
    }

    public static BeginMessage Read(ref RecordReader reader) => new(
        new Origin(reader.ReadUInt32()), Cursors.Read(ref reader), new Stamp(reader.ReadUInt64()), reader.ReadUInt32(),
        new Stamp(reader.ReadUInt64()));
}

/// <summary><c>kind u8 | origin u32 | version u32 | from i64 | to i64 | closed u64 | awaited u8 | entries to the end</c>:
/// awaited is 1 when somebody waits for the acknowledgement.</summary>
internal static class BatchMessage
{
    public static void Write(
        RecordWriter writer, Origin origin, uint version, JournalRange range, bool isAwaited, ReadOnlySpan<byte> entries)
    {
        writer.WriteByte((byte)MessageKind.Batch);
        writer.WriteUInt32(origin.Value);
        writer.WriteUInt32(version);
        writer.WriteInt64(range.From);
        writer.WriteInt64(range.To);
        writer.WriteUInt64(range.Closed.Value);
        writer.WriteByte(isAwaited ? (byte)1 : (byte)0);
        writer.WriteBytes(entries);
    }

    public static ReadOnlySpan<byte> Read(
        ref RecordReader reader, out Origin origin, out uint version, out JournalRange range, out bool isAwaited)
    {
        origin = new Origin(reader.ReadUInt32());
        version = reader.ReadUInt32();
        range = new JournalRange(reader.ReadInt64(), reader.ReadInt64(), new Stamp(reader.ReadUInt64()));
        isAwaited = reader.ReadByte() != 0;
        return reader.ReadBytes(reader.Remaining);
    }
}

/// <summary><c>kind u8 | journal 16 | incarnation u16 | position i64 | synced i64</c>: taken in up to the position, and on
/// disk up to the other.</summary>
internal readonly record struct AcknowledgeMessage(JournalCursor Cursor, long Synced)
{
    public void Write(RecordWriter writer)
    {
        writer.WriteByte((byte)MessageKind.Acknowledge);
        Cursors.Write(writer, Cursor);
        writer.WriteInt64(Synced);
    }

    public static AcknowledgeMessage Read(ref RecordReader reader) => new(Cursors.Read(ref reader), reader.ReadInt64());
}

/// <summary><c>kind u8 | origin u32 | journal 16 | incarnation u16 | end i64 | holding u32 | applied vector</c></summary>
/// <param name="Origin">Who writes.</param>
/// <param name="End">Where its journal ends.</param>
/// <param name="Holding">The version of what it holds (see HoldingMessage).</param>
/// <param name="Applied">What it has applied in every attached partition.</param>
internal readonly record struct StatusMessage(Origin Origin, JournalCursor End, uint Holding, VersionVector Applied)
{
    public void Write(RecordWriter writer)
    {
        writer.WriteByte((byte)MessageKind.Status);
        writer.WriteUInt32(Origin.Value);
        Cursors.Write(writer, End);
        writer.WriteUInt32(Holding);
        Vectors.Write(writer, Applied);
    }

    public static StatusMessage Read(ref RecordReader reader, ReadOnlySpan<byte> message) =>
        new(new Origin(reader.ReadUInt32()), Cursors.Read(ref reader), reader.ReadUInt32(), Vectors.Read(ref reader, message));
}

/// <summary>How a cursor is written.</summary>
internal static class Cursors
{
    public static void Write(RecordWriter writer, JournalCursor cursor)
    {
        cursor.Journal.TryWriteBytes(writer.Reserve(16));
        writer.WriteUInt16(cursor.Incarnation);
        writer.WriteInt64(cursor.Position);
    }

    public static JournalCursor Read(ref RecordReader reader) =>
        new(new Guid(reader.ReadBytes(16)), reader.ReadUInt16(), reader.ReadInt64());
}

/// <summary>How a vector is written.</summary>
internal static class Vectors
{
    public static void Write(RecordWriter writer, VersionVector vector) =>
        vector.Write(writer.Reserve(vector.EncodedLength));

    public static VersionVector Read(ref RecordReader reader, ReadOnlySpan<byte> message)
    {
        VersionVector vector = VersionVector.Read(message[reader.Position..], out int consumed);
        reader.ReadBytes(consumed);
        return vector;
    }
}
