using System.Buffers.Binary;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Rdb;

/// <summary>
/// Reads the parts of values in the RDB format from bytes that may be hostile: running past the end, or claiming more
/// than the bytes can hold, throws <see cref="RecordFormatException"/>.
/// <code>
/// length   00llllll | 01llllll u8 | 10000000 u32 | 10000001 u64      integers big-endian
/// string   length, bytes
///          11000000 i8 | 11000001 i16 | 11000010 i32                 the digits of a number; little-endian
///          11000011 length, length, bytes                            packed and unpacked length; LZF
/// </code>
/// </summary>
/// <param name="source">The bytes.</param>
/// <remarks>Format as published in "RDB file format" by Sripathi Krishnan and in Redis's documentation.</remarks>
public ref struct RdbReader(ReadOnlySpan<byte> source)
{
    private const byte LengthKinds = 0xC0;
    private const byte Length14 = 0x40;
    private const byte Length32 = 0x80;
    private const byte Length64 = 0x81;
    private const byte Number8 = 0xC0;
    private const byte Number16 = 0xC1;
    private const byte Number32 = 0xC2;
    private const byte Packed = 0xC3;

    private RecordReader _bytes = new(source);

    /// <summary>The bytes left.</summary>
    public readonly int Remaining => _bytes.Remaining;

    /// <summary>Reads one byte.</summary>
    public byte ReadByte() => _bytes.ReadByte();

    /// <summary>Reads 8 bytes, little-endian, as times are.</summary>
    public long ReadInt64() => _bytes.ReadInt64();

    /// <summary>Reads bytes that have no length of their own.</summary>
    /// <param name="count">How many.</param>
    public ReadOnlySpan<byte> ReadBytes(int count) => _bytes.ReadBytes(count);

    /// <summary>Reads a length or another number that is written as one.</summary>
    public ulong ReadLength() => ReadLength(_bytes.ReadByte());

    /// <summary>Reads how many parts follow.</summary>
    /// <param name="bytesEach">The fewest bytes one of them can take.</param>
    /// <returns>At least 1, and no more than the bytes left can hold: a value without elements does not exist.
    /// </returns>
    public int ReadCount(int bytesEach = 1)
    {
        ulong count = ReadLength();
        return count > 0 && count <= (ulong)(_bytes.Remaining / bytesEach)
            ? (int)count
            : throw new RecordFormatException("a count is out of range");
    }

    /// <summary>Reads a string.</summary>
    /// <returns>Its bytes; they stay valid.</returns>
    public ReadOnlySpan<byte> ReadString()
    {
        byte first = _bytes.ReadByte();
        return first switch
        {
            Number8 => Digits((sbyte)_bytes.ReadByte()),
            Number16 => Digits((short)_bytes.ReadUInt16()),
            Number32 => Digits((int)_bytes.ReadUInt32()),
            Packed => Unpack(),
            _ => _bytes.ReadBytes(ToSize(ReadLength(first))),
        };
    }

    private static ReadOnlySpan<byte> Digits(long number) => RedisNumber.Format(number, new byte[20]);

    private static int ToSize(ulong length) => length <= Limits.ValueBytesMax
        ? (int)length
        : throw new RecordFormatException("a string is longer than any may be");

    private ulong ReadLength(byte first) => (first & LengthKinds, first) switch
    {
        (0, _) => first,
        (Length14, _) => (ulong)(((first & ~LengthKinds) << 8) | _bytes.ReadByte()),
        (_, Length32) => BinaryPrimitives.ReadUInt32BigEndian(_bytes.ReadBytes(sizeof(uint))),
        (_, Length64) => BinaryPrimitives.ReadUInt64BigEndian(_bytes.ReadBytes(sizeof(ulong))),
        _ => throw new RecordFormatException("unknown form of a length"),
    };

    private byte[] Unpack()
    {
        int packedLength = ToSize(ReadLength());
        int length = ToSize(ReadLength());
        return Lzf.Unpack(_bytes.ReadBytes(packedLength), length);
    }
}
