using System.Buffers.Binary;

namespace Marekvs.Modules.Zsets;

/// <summary>A part of the index: entries from one point on up to, not including, another.</summary>
/// <param name="Low">The first point.</param>
/// <param name="High">The point behind the last.</param>
internal sealed record IndexRange(byte[] Low, byte[] High)
{
    /// <summary>No entry.</summary>
    internal static IndexRange None { get; } = new(End, End);

    /// <summary>Behind every entry.</summary>
    internal static byte[] End => Point(ulong.MaxValue);

    internal bool IsEmpty => Low.AsSpan().SequenceCompareTo(High) >= 0;

    /// <summary>The point before all entries with a score, given as <see cref="Score.OrderOf"/> has it.</summary>
    internal static byte[] Point(ulong score)
    {
        byte[] point = new byte[Score.Length];
        BinaryPrimitives.WriteUInt64BigEndian(point, score);
        return point;
    }

    /// <summary>Whether an entry lies before the range (negative), in it (0) or behind it.</summary>
    internal int Compare(ReadOnlySpan<byte> entry) => entry.SequenceCompareTo(High) >= 0 ? 1
        : entry.SequenceCompareTo(Low) < 0 ? -1
        : 0;
}
