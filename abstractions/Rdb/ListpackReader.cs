using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Rdb;

/// <summary>
/// Reads the entries of a listpack, many short strings and numbers in one string, from bytes that may be hostile.
/// <code>
/// bytes u32 | entries u16 (65535: unknown) | entry ... | 0xff         little-endian
/// entry   0nnnnnnn                    number of 7 bits        |  10llllll, bytes         text
///         110nnnnn n                  number of 13 bits       |  1110llll l, bytes
///         11110001 i16 | 11110010 i24 | 11110011 i32 | 11110100 i64  |  11110000 l u32, bytes
///         then the entry's length, so that it can be walked backwards; see ListpackWriter
/// </code>
/// </summary>
/// <remarks>Format as published by Salvatore Sanfilippo, "Listpack specification".</remarks>
public ref struct ListpackReader
{
    private const ushort CountUnknown = ushort.MaxValue;
    private const int HeaderBytes = sizeof(uint) + sizeof(ushort);
    private const byte End = 0xFF;

    private readonly byte[] _digits = new byte[20];
    private RecordReader _bytes;
    private int _left;

    /// <summary>Reads the head.</summary>
    /// <param name="source">The listpack.</param>
    /// <exception cref="RecordFormatException">It says another length than it has.</exception>
    public ListpackReader(ReadOnlySpan<byte> source)
    {
        _bytes = new RecordReader(source);
        uint length = _bytes.ReadUInt32();
        ushort count = _bytes.ReadUInt16();
        if (length != source.Length || source.Length == HeaderBytes || source[^1] != End)
        {
            throw new RecordFormatException("a listpack has another length than it says");
        }

        _left = count == CountUnknown ? -1 : count;
    }

    /// <summary>The current entry; valid until the next step.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>Goes to the next entry.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="RecordFormatException">The bytes are no listpack.</exception>
    public bool MoveNext()
    {
        if (_bytes.Remaining == 1)
        {
            return _left <= 0 ? false : throw new RecordFormatException("a listpack has fewer entries than it says");
        }

        if (_left == 0)
        {
            throw new RecordFormatException("a listpack has more entries than it says");
        }

        _left -= _left > 0 ? 1 : 0;
        int start = _bytes.Position;
        Current = ReadEntry();
        Span<byte> expected = stackalloc byte[ListpackWriter.BackLengthBytesMax];
        expected = expected[..ListpackWriter.WriteBackLength(expected, _bytes.Position - start)];
        if (!_bytes.ReadBytes(expected.Length).SequenceEqual(expected) || _bytes.Remaining == 0)
        {
            throw new RecordFormatException("a listpack entry has another length than it says");
        }

        return true;
    }

    private ReadOnlySpan<byte> ReadEntry()
    {
        byte first = _bytes.ReadByte();
        return first switch
        {
            < 0x80 => Number(first),
            < 0xC0 => _bytes.ReadBytes(first & 0x3F),
            < 0xE0 => Number(Extend(((first & 0x1F) << 8) | _bytes.ReadByte(), 13)),
            < 0xF0 => _bytes.ReadBytes(((first & 0xF) << 8) | _bytes.ReadByte()),
            0xF0 => ReadLongText(),
            0xF1 => Number((short)_bytes.ReadUInt16()),
            0xF2 => Number(Extend(_bytes.ReadUInt16() | (_bytes.ReadByte() << 16), 24)),
            0xF3 => Number((int)_bytes.ReadUInt32()),
            0xF4 => Number(_bytes.ReadInt64()),
            _ => throw new RecordFormatException("unknown form of a listpack entry"),
        };
    }

    private ReadOnlySpan<byte> ReadLongText()
    {
        uint length = _bytes.ReadUInt32();
        return length <= _bytes.Remaining
            ? _bytes.ReadBytes((int)length)
            : throw new RecordFormatException("a listpack entry runs past the end");
    }

    private readonly ReadOnlySpan<byte> Number(long number) => RedisNumber.Format(number, _digits);

    private static int Extend(int value, int bits) => value << (32 - bits) >> (32 - bits);
}
