using System.Buffers.Binary;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Rdb;

/// <summary>
/// A set of integers in one string.
/// <code>
/// width u32 (2, 4 or 8) | count u32 | count x integer of that width, ascending      all little-endian
/// </code>
/// </summary>
public static class Intset
{
    private const int HeaderBytes = 2 * sizeof(uint);

    /// <summary>Reads integers from bytes that may be hostile.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <exception cref="RecordFormatException">They are no such set.</exception>
    public static long[] Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new RecordReader(bytes);
        uint width = reader.ReadUInt32();
        uint count = reader.ReadUInt32();
        bool isWidth = width is sizeof(short) or sizeof(int) or sizeof(long);
        if (!isWidth || count * (ulong)width != (ulong)reader.Remaining)
        {
            throw new RecordFormatException("a set of integers has another length than it says");
        }

        long[] numbers = new long[count];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = width switch
            {
                sizeof(short) => (short)reader.ReadUInt16(),
                sizeof(int) => (int)reader.ReadUInt32(),
                _ => reader.ReadInt64(),
            };
            if (i > 0 && numbers[i] <= numbers[i - 1])
            {
                throw new RecordFormatException("a set of integers is out of order");
            }
        }

        return numbers;
    }

    /// <summary>Writes integers.</summary>
    /// <param name="numbers">The integers, ascending, at least one.</param>
    public static byte[] Write(ReadOnlySpan<long> numbers)
    {
        int width = Math.Max(WidthOf(numbers[0]), WidthOf(numbers[^1]));
        byte[] bytes = new byte[HeaderBytes + (numbers.Length * width)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, width);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(sizeof(uint)), numbers.Length);
        Span<byte> rest = bytes.AsSpan(HeaderBytes);
        foreach (long number in numbers)
        {
            switch (width)
            {
                case sizeof(short):
                    BinaryPrimitives.WriteInt16LittleEndian(rest, (short)number);
                    break;
                case sizeof(int):
                    BinaryPrimitives.WriteInt32LittleEndian(rest, (int)number);
                    break;
                default:
                    BinaryPrimitives.WriteInt64LittleEndian(rest, number);
                    break;
            }

            rest = rest[width..];
        }

        return bytes;
    }

    private static int WidthOf(long number) => number switch
    {
        >= short.MinValue and <= short.MaxValue => sizeof(short),
        >= int.MinValue and <= int.MaxValue => sizeof(int),
        _ => sizeof(long),
    };
}
