using System.Buffers.Binary;
using LiteDB;

namespace Marekvs.Storage.LiteDb;

/// <summary>
/// The index keys of the collection <c>rows</c>. LiteDB indexes at most 1,023 bytes and orders byte arrays as
/// unsigned bytes, so a long key is cut into segments: each full segment leads to a node of its own that holds what
/// may follow, and all entries of a node lie together. Walking the nodes in order gives the keys in order.
/// </summary>
/// <remarks>
/// <code>
/// entry    = node u64 big-endian | segment                  the key ends in this segment, under 960 bytes
///          | node u64 big-endian | segment of 960 bytes | 0 the key ends with this segment
///          | node u64 big-endian | segment of 960 bytes | 1 the key goes on in another node
/// document = { _id: entry, v: value }                       a short value
///          | { _id: entry, n: value number, l: length }     a long one, see LongValues
///          | { _id: entry, c: node }                        where the key goes on
/// </code>
/// The root is node 0. No other node is without entries, and none of their segments is empty.
/// </remarks>
internal static class EntryId
{
    public const int SegmentBytes = 960;
    public const long Root = 0;

    private const int NodeBytes = 8;
    private const byte Ends = 0;
    private const byte GoesOn = 1;

    /// <summary>The entry of the last segment of a key.</summary>
    public static byte[] OfEnd(long node, ReadOnlySpan<byte> segment) =>
        segment.Length < SegmentBytes ? Build(node, segment, []) : Build(node, segment, [Ends]);

    /// <summary>The entry of a segment with more behind it.</summary>
    public static byte[] OfBranch(long node, ReadOnlySpan<byte> segment) => Build(node, segment, [GoesOn]);

    /// <summary>Below all entries of a node, or equal to its first.</summary>
    public static byte[] FirstOf(long node) => Build(node, [], []);

    /// <summary>Above all entries of a node, and below those of the next.</summary>
    public static byte[] EndOf(long node) => FirstOf(node + 1);

    public static ReadOnlySpan<byte> SegmentOf(byte[] entry)
    {
        ReadOnlySpan<byte> rest = entry.AsSpan(NodeBytes);
        return rest.Length > SegmentBytes ? rest[..SegmentBytes] : rest;
    }

    public static bool IsBranch(BsonDocument document) => document.ContainsKey("c");

    private static byte[] Build(long node, ReadOnlySpan<byte> segment, ReadOnlySpan<byte> mark)
    {
        var entry = new byte[NodeBytes + segment.Length + mark.Length];
        BinaryPrimitives.WriteInt64BigEndian(entry, node);
        segment.CopyTo(entry.AsSpan(NodeBytes));
        mark.CopyTo(entry.AsSpan(NodeBytes + segment.Length));
        return entry;
    }
}
