using System.Buffers.Binary;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Modules.Lists;

/// <summary>
/// Where an element lies in its list, as bytes whose order is the order of the list: a path in a tree that every node
/// grows without asking another.
/// <code>
/// position = root { side child } 0x80                                          big-endian
/// root     = 0x4C | ~stamp u64 | ~origin u32 | ~index u16                      pushed left
///          | 0x52 |  stamp u64 |  origin u32 |  index u16                      pushed right
/// side child = 0xC0 | ~stamp u64 | ~origin u32                                 inserted after its anchor
///            | 0x40 |  stamp u64 |  origin u32                                 inserted before its anchor
/// </code>
/// Pushes lie in the order of their stamps, the latest outermost; the index numbers the values of one push, so that they
/// stay together. The side stands where the anchor has its final 0x80, hence before or after it; of several inserts at
/// one anchor the newest lies next to it. Since its stamp exceeds all that its node has seen, an insert is next to
/// whichever neighbour it is anchored at, and the shorter path is taken. Widths are fixed and the end is marked, so no
/// position is the beginning of another. An element that is removed needs no trace for the others to keep their places.
/// </summary>
internal static class ListPosition
{
    /// <summary>Bytes of the position of a pushed element.</summary>
    internal const int RootBytes = 1 + DotBytes + sizeof(ushort) + 1;

    /// <summary>The longest position there may be. Only inserting again and again between the last two inserts gets there.
    /// </summary>
    internal const int BytesMax = 4096;

    private const int DotBytes = sizeof(ulong) + sizeof(uint);
    private const int ChildBytes = 1 + DotBytes;
    private const byte PushedLeft = 0x4C;
    private const byte PushedRight = 0x52;
    private const byte Before = 0x40;
    private const byte Here = 0x80;
    private const byte After = 0xC0;

    /// <summary>Writes the position of a pushed element.</summary>
    /// <param name="position">Receives <see cref="RootBytes"/> bytes.</param>
    /// <param name="end">Where it is pushed.</param>
    /// <param name="dot">The push.</param>
    /// <param name="index">Which of the push's values it is.</param>
    internal static void WritePushed(Span<byte> position, ListEnd end, Dot dot, ushort index)
    {
        bool isLeft = end == ListEnd.Left;
        position[0] = isLeft ? PushedLeft : PushedRight;
        WriteDot(position[1..], dot, isLatestFirst: isLeft);
        BinaryPrimitives.WriteUInt16BigEndian(position[(1 + DotBytes)..], isLeft ? (ushort)~index : index);
        position[RootBytes - 1] = Here;
    }

    /// <summary>The position of an element inserted between two neighbours.</summary>
    /// <param name="left">The neighbour before it; empty at the beginning of the list.</param>
    /// <param name="right">The neighbour after it; empty at the end of the list.</param>
    /// <param name="dot">The insert.</param>
    internal static byte[] Between(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Dot dot)
    {
        if (left.IsEmpty || right.IsEmpty)
        {
            byte[] pushed = new byte[RootBytes];
            WritePushed(pushed, left.IsEmpty && !right.IsEmpty ? ListEnd.Left : ListEnd.Right, dot, index: 0);
            return pushed;
        }

        return left.Length <= right.Length ? Child(left, After, dot) : Child(right, Before, dot);
    }

    /// <summary>Whether bytes are a position: a root, children, and the mark of the end.</summary>
    internal static bool IsPosition(ReadOnlySpan<byte> bytes)
    {
        bool isPosition = bytes.Length is >= RootBytes and <= BytesMax && (bytes.Length - RootBytes) % ChildBytes == 0 &&
            bytes[0] is PushedLeft or PushedRight && bytes[^1] == Here;
        for (int at = RootBytes - 1; isPosition && at < bytes.Length - 1; at += ChildBytes)
        {
            isPosition = bytes[at] is Before or After;
        }

        return isPosition;
    }

    private static byte[] Child(ReadOnlySpan<byte> anchor, byte side, Dot dot)
    {
        byte[] position = new byte[anchor.Length + ChildBytes];
        anchor.CopyTo(position);
        int at = anchor.Length - 1;
        position[at] = side;
        WriteDot(position.AsSpan(at + 1), dot, isLatestFirst: side == After);
        position[^1] = Here;
        return position;
    }

    private static void WriteDot(Span<byte> destination, Dot dot, bool isLatestFirst)
    {
        (ulong stamp, uint origin) = (dot.Stamp.Value, dot.Origin.Value);
        BinaryPrimitives.WriteUInt64BigEndian(destination, isLatestFirst ? ~stamp : stamp);
        BinaryPrimitives.WriteUInt32BigEndian(destination[sizeof(ulong)..], isLatestFirst ? ~origin : origin);
    }
}
