using Marekvs.Abstractions;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Cluster.Gossip.Membership;

/// <summary>
/// The body of SYN, SYN-ACK and ACK.
/// <code>
/// body   = isWhole u8 | n varint, n x line | m varint, m x delta
/// line   = number u16 | generation varint | heartbeat varint | version varint
/// delta  = number u16 | generation varint | after varint | version varint | collected varint | k varint, k x entry
/// entry  = key u16 | version varint | 0 (taken back), or length + 1 varint, bytes
/// </code>
/// A digest that is not whole leaves nodes out for want of room: of those it says nothing.
/// </summary>
internal static class GossipCodec
{
    /// <summary>Bytes a body takes beside its lines and deltas, at most.</summary>
    public const int FrameBytes = 1 + 5 + 5;

    private const int EntriesMax = 64;

    /// <summary>Leaves room to be raised for ever.</summary>
    private const ulong NumberMax = 1UL << 62;

    /// <summary>Writes a body.</summary>
    public static void Write(
        RecordWriter writer, bool isWhole, IReadOnlyList<DigestLine> digest, IReadOnlyList<MemberDelta> deltas)
    {
        writer.WriteByte(isWhole ? (byte)1 : (byte)0);
        writer.WriteLength(digest.Count);
        foreach (DigestLine line in digest)
        {
            Write(writer, line);
        }

        writer.WriteLength(deltas.Count);
        foreach (MemberDelta delta in deltas)
        {
            Write(writer, delta);
        }
    }

    /// <summary>Reads a body.</summary>
    /// <exception cref="RecordFormatException">The bytes are none.</exception>
    public static GossipBody Read(ReadOnlySpan<byte> body)
    {
        var reader = new RecordReader(body);
        byte flag = reader.ReadByte();
        Check(flag <= 1, "the digest is whole or not");
        var digest = new DigestLine[ReadCount(ref reader, Limits.Partitions)];
        for (int i = 0; i < digest.Length; i++)
        {
            digest[i] = new DigestLine(
                ReadNode(ref reader), ReadNumber(ref reader), ReadNumber(ref reader), ReadNumber(ref reader));
        }

        var deltas = new MemberDelta[ReadCount(ref reader, Limits.Partitions)];
        for (int i = 0; i < deltas.Length; i++)
        {
            deltas[i] = ReadDelta(ref reader);
        }

        Check(reader.Remaining == 0, "nothing follows");
        return new GossipBody(flag == 1, digest, deltas);
    }

    /// <summary>Bytes a line takes.</summary>
    public static int Length(DigestLine line)
    {
        var writer = new RecordWriter(32);
        Write(writer, line);
        return writer.Length;
    }

    /// <summary>Bytes a delta takes.</summary>
    public static int Length(MemberDelta delta)
    {
        var writer = new RecordWriter(512);
        Write(writer, delta);
        return writer.Length;
    }

    private static void Write(RecordWriter writer, DigestLine line)
    {
        writer.WriteUInt16(line.Number);
        writer.WriteVarint(line.Generation);
        writer.WriteVarint(line.Heartbeat);
        writer.WriteVarint(line.Version);
    }

    private static void Write(RecordWriter writer, MemberDelta delta)
    {
        writer.WriteUInt16(delta.Number);
        writer.WriteVarint(delta.Generation);
        writer.WriteVarint(delta.After);
        writer.WriteVarint(delta.Version);
        writer.WriteVarint(delta.CollectedThrough);
        writer.WriteLength(delta.Entries.Count);
        foreach ((MemberKey key, MemberEntry entry) in delta.Entries)
        {
            writer.WriteUInt16((ushort)key);
            writer.WriteVarint(entry.Version);
            writer.WriteLength(entry.Value is null ? 0 : entry.Value.Length + 1);
            writer.WriteBytes(entry.Value);
        }
    }

    private static MemberDelta ReadDelta(ref RecordReader reader)
    {
        ushort number = ReadNode(ref reader);
        ulong generation = ReadNumber(ref reader);
        ulong after = ReadNumber(ref reader);
        ulong version = ReadNumber(ref reader);
        ulong collected = ReadNumber(ref reader);
        Check(after <= version && collected <= version, "a delta leads forward");
        var entries = new KeyValuePair<MemberKey, MemberEntry>[ReadCount(ref reader, EntriesMax)];
        for (int i = 0; i < entries.Length; i++)
        {
            var key = (MemberKey)reader.ReadUInt16();
            ulong at = ReadNumber(ref reader);
            Check(at > after && at <= version, "a delta holds what lies between its versions");
            ulong length = ReadNumber(ref reader);
            Check(length <= (ulong)reader.Remaining + 1, "a value runs past the end");
            byte[]? value = length == 0 ? null : reader.ReadBytes((int)length - 1).ToArray();
            entries[i] = new(key, new MemberEntry(at, value));
        }

        return new MemberDelta(number, generation, after, version, collected, entries);
    }

    private static ushort ReadNode(ref RecordReader reader)
    {
        ushort number = reader.ReadUInt16();
        Check(number != 0, "nodes are numbered from 1");
        return number;
    }

    private static ulong ReadNumber(ref RecordReader reader)
    {
        UInt128 number = reader.ReadVarint();
        Check(number <= NumberMax, "a counter is out of range");
        return (ulong)number;
    }

    private static int ReadCount(ref RecordReader reader, int most)
    {
        UInt128 count = reader.ReadVarint();
        Check(count <= (UInt128)Math.Min(most, reader.Remaining), "a count runs past the end");
        return (int)count;
    }

    private static void Check(bool holds, string what)
    {
        if (!holds)
        {
            throw new RecordFormatException(what);
        }
    }
}

/// <summary>The body of SYN, SYN-ACK or ACK.</summary>
/// <param name="IsWhole">Whether the digest names every node its sender knows.</param>
/// <param name="Digest">What its sender knows of whom.</param>
/// <param name="Deltas">What its sender thinks the receiver lacks.</param>
internal sealed record GossipBody(
    bool IsWhole, IReadOnlyList<DigestLine> Digest, IReadOnlyList<MemberDelta> Deltas);
