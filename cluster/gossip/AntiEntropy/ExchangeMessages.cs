using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Cluster.Gossip.AntiEntropy;

/// <summary>
/// <c>kind u8 | round u32 | wants vectors u8 | n u16 x { partition u16 | root u64 | looks closer u8 }</c>
/// </summary>
internal sealed record RootsMessage(uint Round, bool WantsVectors, IReadOnlyList<RootRow> Rows)
{
    public void Write(RecordWriter writer)
    {
        writer.WriteByte((byte)MessageKind.Roots);
        writer.WriteUInt32(Round);
        writer.WriteByte(WantsVectors ? (byte)1 : (byte)0);
        writer.WriteUInt16((ushort)Rows.Count);
        foreach (RootRow row in Rows)
        {
            writer.WriteUInt16(row.Partition);
            writer.WriteUInt64(row.Root);
            writer.WriteByte(row.LooksCloser ? (byte)1 : (byte)0);
        }
    }

    public static RootsMessage Read(ref RecordReader reader)
    {
        uint round = reader.ReadUInt32();
        bool wantsVectors = reader.ReadByte() != 0;
        var rows = new RootRow[reader.ReadUInt16()];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = new RootRow(Wire.Partition(ref reader), reader.ReadUInt64(), reader.ReadByte() != 0);
            if (i > 0 && rows[i].Partition <= rows[i - 1].Partition)
            {
                throw new RecordFormatException("roots are not in the order of partitions");
            }
        }

        return new RootsMessage(round, wantsVectors, rows);
    }
}

/// <summary>A digest root.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Root">A hash of its bucket sums.</param>
/// <param name="LooksCloser">Whether the bucket sums are wanted if it differs.</param>
internal readonly record struct RootRow(ushort Partition, ulong Root, bool LooksCloser);

/// <summary>
/// <code>
/// kind u8 | round u32 | n u16 x { length varint, delete of everything } | n u16 x partition u16 that differs
/// | n u16 x partition u16 that the sender has no copy of | m u16 x { vector | n u16 x partition u16 that does not differ }
/// </code>
/// </summary>
internal sealed record VerdictMessage(
    uint Round,
    IReadOnlyList<byte[]> Flushes,
    IReadOnlyList<ushort> Differing,
    IReadOnlyList<ushort> Refused,
    IReadOnlyList<(VersionVector Applied, IReadOnlyList<ushort> Partitions)> Same)
{
    public void Write(RecordWriter writer)
    {
        writer.WriteByte((byte)MessageKind.Verdict);
        writer.WriteUInt32(Round);
        writer.WriteUInt16((ushort)Flushes.Count);
        foreach (byte[] flush in Flushes)
        {
            writer.WriteLength(flush.Length);
            writer.WriteBytes(flush);
        }

        Wire.WritePartitions(writer, Differing);
        Wire.WritePartitions(writer, Refused);
        writer.WriteUInt16((ushort)Same.Count);
        foreach ((VersionVector applied, IReadOnlyList<ushort> partitions) in Same)
        {
            Vectors.Write(writer, applied);
            Wire.WritePartitions(writer, partitions);
        }
    }

    public static VerdictMessage Read(ref RecordReader reader, ReadOnlySpan<byte> message)
    {
        uint round = reader.ReadUInt32();
        byte[][] flushes = new byte[reader.ReadUInt16()][];
        for (int i = 0; i < flushes.Length; i++)
        {
            flushes[i] = reader.ReadBytes(reader.ReadLength()).ToArray();
        }

        ushort[] differing = Wire.Partitions(ref reader);
        ushort[] refused = Wire.Partitions(ref reader);
        var same = new (VersionVector, IReadOnlyList<ushort>)[reader.ReadUInt16()];
        for (int i = 0; i < same.Length; i++)
        {
            VersionVector applied = Vectors.Read(ref reader, message);
            same[i] = (applied, Wire.Partitions(ref reader));
        }

        return new VerdictMessage(round, flushes, differing, refused, same);
    }
}

/// <summary><c>kind u8 | round u32 | partition u16 | has removals u8 | applied vector | 256 x sum u64</c></summary>
/// <param name="Round">The round it belongs to.</param>
/// <param name="Partition">The partition.</param>
/// <param name="HasRemovals">Whether the first records will tell of removals that neither vector nor sums tell.</param>
/// <param name="Applied">What the node had applied when it read the sums.</param>
/// <param name="Sums">The digest.</param>
internal sealed record BucketsMessage(
    uint Round, ushort Partition, bool HasRemovals, VersionVector Applied, ulong[] Sums)
{
    public void Write(RecordWriter writer)
    {
        writer.WriteByte((byte)MessageKind.Buckets);
        writer.WriteUInt32(Round);
        writer.WriteUInt16(Partition);
        writer.WriteByte(HasRemovals ? (byte)1 : (byte)0);
        Vectors.Write(writer, Applied);
        foreach (ulong sum in Sums)
        {
            writer.WriteUInt64(sum);
        }
    }

    public static BucketsMessage Read(ref RecordReader reader, ReadOnlySpan<byte> message)
    {
        uint round = reader.ReadUInt32();
        ushort partition = Wire.Partition(ref reader);
        bool hasRemovals = reader.ReadByte() != 0;
        VersionVector applied = Vectors.Read(ref reader, message);
        var sums = new ulong[Limits.DigestBuckets];
        for (int i = 0; i < sums.Length; i++)
        {
            sums[i] = reader.ReadUInt64();
        }

        return new BucketsMessage(round, partition, hasRemovals, applied, sums);
    }
}

/// <summary><c>kind u8 | round u32 | partition u16 | buckets 32 | n varint x { length varint, name | hash u64 }</c></summary>
internal sealed record KeysMessage(uint Round, ushort Partition, byte[] Buckets, IReadOnlyList<KeyDigest> Keys)
{
    public void Write(RecordWriter writer)
    {
        writer.WriteByte((byte)MessageKind.Keys);
        writer.WriteUInt32(Round);
        writer.WriteUInt16(Partition);
        writer.WriteBytes(Buckets);
        writer.WriteLength(Keys.Count);
        foreach (KeyDigest key in Keys)
        {
            writer.WriteLength(key.Name.Length);
            writer.WriteBytes(key.Name);
            writer.WriteUInt64(key.Hash);
        }
    }

    public static KeysMessage Read(ref RecordReader reader)
    {
        uint round = reader.ReadUInt32();
        ushort partition = Wire.Partition(ref reader);
        byte[] buckets = reader.ReadBytes(Limits.DigestBuckets / 8).ToArray();
        int count = reader.ReadLength();
        var keys = new List<KeyDigest>();
        for (int i = 0; i < count; i++)
        {
            keys.Add(new KeyDigest(reader.ReadBytes(reader.ReadLength()).ToArray(), reader.ReadUInt64()));
        }

        return new KeysMessage(round, partition, buckets, keys);
    }
}

/// <summary>
/// One piece of a partition's records. Pieces are numbered, since a partition counts as brought up to date only when all
/// of them were joined.
/// <code>
/// kind u8 | round u32 | partition u16 | number u32 | is last u8 | { length varint, chunk } to the end
/// </code>
/// </summary>
/// <param name="Round">The round it belongs to.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Number">From 0, without a gap.</param>
/// <param name="IsLast">Whether none follows.</param>
internal readonly record struct RecordsMessage(uint Round, ushort Partition, uint Number, bool IsLast)
{
    /// <summary>Adds a chunk to those of a message.</summary>
    public static void Add(RecordWriter chunks, ReadOnlySpan<byte> chunk)
    {
        chunks.WriteLength(chunk.Length);
        chunks.WriteBytes(chunk);
    }

    public void Write(RecordWriter writer, ReadOnlySpan<byte> chunks)
    {
        writer.WriteByte((byte)MessageKind.Records);
        writer.WriteUInt32(Round);
        writer.WriteUInt16(Partition);
        writer.WriteUInt32(Number);
        writer.WriteByte(IsLast ? (byte)1 : (byte)0);
        writer.WriteBytes(chunks);
    }

    public static RecordsMessage Read(ref RecordReader reader, out ReadOnlySpan<byte> chunks)
    {
        var message = new RecordsMessage(
            reader.ReadUInt32(), Wire.Partition(ref reader), reader.ReadUInt32(), reader.ReadByte() != 0);
        chunks = reader.ReadRest();
        return message;
    }
}

/// <summary><c>kind u8 | round u32 | partition u16 | is last u8</c></summary>
/// <param name="Round">The round it belongs to.</param>
/// <param name="Partition">The partition of which a piece was joined.</param>
/// <param name="IsLast">Whether that was the last one: all that was read of the partition has been joined.</param>
internal readonly record struct JoinedMessage(uint Round, ushort Partition, bool IsLast)
{
    public void Write(RecordWriter writer)
    {
        writer.WriteByte((byte)MessageKind.Joined);
        writer.WriteUInt32(Round);
        writer.WriteUInt16(Partition);
        writer.WriteByte(IsLast ? (byte)1 : (byte)0);
    }

    public static JoinedMessage Read(ref RecordReader reader) =>
        new(reader.ReadUInt32(), Wire.Partition(ref reader), reader.ReadByte() != 0);
}

/// <summary>How partitions are written.</summary>
internal static class Wire
{
    public static ushort Partition(ref RecordReader reader)
    {
        ushort partition = reader.ReadUInt16();
        return partition < Limits.Partitions ? partition : throw new RecordFormatException("partition out of range");
    }

    public static void WritePartitions(RecordWriter writer, IReadOnlyList<ushort> partitions)
    {
        writer.WriteUInt16((ushort)partitions.Count);
        foreach (ushort partition in partitions)
        {
            writer.WriteUInt16(partition);
        }
    }

    public static ushort[] Partitions(ref RecordReader reader)
    {
        var partitions = new ushort[reader.ReadUInt16()];
        for (int i = 0; i < partitions.Length; i++)
        {
            partitions[i] = Partition(ref reader);
        }

        return partitions;
    }
}
