using System.Buffers.Binary;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Storage.Engine;

/// <summary>
/// The keys under which the store holds everything, big-endian so that byte order is the wanted order.
/// <code>
/// 0x00 name                                            meta: "state" (see CheckpointState)
/// 0x01 partition u16 | klen varint | key | suffix      a replicated record (canonical bytes of a Cell, or of the
///                                                      register of a collection under tag 'm'); the suffix is a
///                                                      tag and a name, see ElementSuffix
/// 0x02 hash u64 | key                                  one row per existing key: partition u16 | type order u8
///                                                      | deadline i64 | n u8 | n x { tag u8, count varint }
///                                                      | when n is not 0: digest u64 (XOR over the key's elements)
///                                                      | flags u8 (1: some element counts, or once did)
/// 0x03 partition u16                                   keys u64 | keys with deadline u64 | 256 x digest u64
/// 0x04 deadline u64 | partition u16 | key              one row per key with a deadline of its own or of an element,
///                                                      the earlier of the two; empty value
/// </code>
/// Derived records stand beside those they are derived from: under tag 2 deadline u64 | suffix for an element with
/// a deadline of its own, under tag 3 how many elements lie where (see CollectionRuns), under the tag of an index what
/// the index calls the element.
/// The length before the key keeps the records of one key in one range that no other key's can enter.
/// </summary>
internal static class StorageKeys
{
    public const byte MetaSpace = 0;
    public const byte RecordSpace = 1;
    public const byte KeySpace = 2;
    public const byte PartitionSpace = 3;
    public const byte DeadlineSpace = 4;

    /// <summary>The tag of a collection's own record: clear vector and time-to-live register.</summary>
    public const byte RegisterTag = (byte)'m';

    /// <summary>The tag of derived records that list a collection's elements by their own deadlines.</summary>
    public const byte ElementDeadlineTag = 2;

    /// <summary>The tag of derived records that say how many elements lie where in a collection larger than memory.
    /// </summary>
    public const byte RunTag = 3;

    private const int ElementDeadlinePrefix = 1 + 8;

    public static ReadOnlySpan<byte> State => [MetaSpace, (byte)'s', (byte)'t', (byte)'a', (byte)'t', (byte)'e'];

    public static void WriteRecordPrefix(RecordWriter writer, ushort partition, ReadOnlySpan<byte> name)
    {
        writer.Clear();
        writer.WriteByte(RecordSpace);
        BinaryPrimitives.WriteUInt16BigEndian(writer.Reserve(2), partition);
        writer.WriteLength(name.Length);
        writer.WriteBytes(name);
    }

    public static void WriteRecord(
        RecordWriter writer, ushort partition, ReadOnlySpan<byte> name, byte tag, ReadOnlySpan<byte> element)
    {
        WriteRecordPrefix(writer, partition, name);
        writer.WriteByte(tag);
        writer.WriteBytes(element);
    }

    public static void WriteKey(RecordWriter writer, ulong hash, ReadOnlySpan<byte> name)
    {
        writer.Clear();
        writer.WriteByte(KeySpace);
        BinaryPrimitives.WriteUInt64BigEndian(writer.Reserve(8), hash);
        writer.WriteBytes(name);
    }

    public static byte[] Partition(ushort partition)
    {
        byte[] key = [PartitionSpace, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(key.AsSpan(1), partition);
        return key;
    }

    /// <summary>The suffix of the derived record of an element's own deadline.</summary>
    public static byte[] ElementDeadline(long deadline, ReadOnlySpan<byte> suffix)
    {
        byte[] derived = new byte[ElementDeadlinePrefix + suffix.Length];
        derived[0] = ElementDeadlineTag;
        BinaryPrimitives.WriteInt64BigEndian(derived.AsSpan(1), deadline);
        suffix.CopyTo(derived.AsSpan(ElementDeadlinePrefix));
        return derived;
    }

    /// <summary>The deadline in the derived record of an element's own deadline.</summary>
    public static long DeadlineIn(ReadOnlySpan<byte> derived) => BinaryPrimitives.ReadInt64BigEndian(derived[1..]);

    /// <summary>The suffix of the element in the derived record of its deadline.</summary>
    public static ReadOnlySpan<byte> ElementIn(ReadOnlySpan<byte> derived) => derived[ElementDeadlinePrefix..];

    public static void WriteDeadline(RecordWriter writer, long deadline, ushort partition, ReadOnlySpan<byte> name)
    {
        writer.Clear();
        writer.WriteByte(DeadlineSpace);
        BinaryPrimitives.WriteUInt64BigEndian(writer.Reserve(8), (ulong)deadline);
        BinaryPrimitives.WriteUInt16BigEndian(writer.Reserve(2), partition);
        writer.WriteBytes(name);
    }
}
