using System.Buffers.Binary;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Rdb;

/// <summary>
/// Reads the entries of a ziplist, which Redis before 7.0 wrote in place of listpacks, from bytes that may be hostile.
/// <code>
/// bytes u32 | offset of the last entry u32 | entries u16 (65535: unknown) | entry ... | 0xff      little-endian
/// entry   length of the entry before it: u8, or 0xfe u32
///         then 00llllll, bytes | 01llllll l, bytes | 10000000 l u32, bytes      text; lengths big-endian
///         or   11000000 i16 | 11010000 i32 | 11100000 i64 | 11110000 i24 | 11111110 i8
///         or   1111nnnn                                                         number n - 1, n from 1 to 13
/// </code>
/// </summary>
/// <remarks>Format as published in "RDB file format" by Sripathi Krishnan.</remarks>
public ref struct ZiplistReader
{
    private const ushort CountUnknown = ushort.MaxValue;
    private const int HeaderBytes = (2 * sizeof(uint)) + sizeof(ushort);
    private const byte LongLength = 0xFE;
    private const byte End = 0xFF;

    private readonly byte[] _digits = new byte[20];
    private RecordReader _bytes;
    private int _left;
    private uint _lengthBefore;

    /// <summary>Reads the head.</summary>
    /// <param name="source">The ziplist.</param>
    /// <exception cref="RecordFormatException">It says another length than it has.</exception>
    public ZiplistReader(ReadOnlySpan<byte> source)
    {
        _bytes = new RecordReader(source);
        uint length = _bytes.ReadUInt32();
        _bytes.ReadUInt32();
        ushort count = _bytes.ReadUInt16();
        if (length != source.Length || source.Length == HeaderBytes || source[^1] != End)
        {
            throw new RecordFormatException("a ziplist has another length than it says");
        }

        _left = count == CountUnknown ? -1 : count;
    }

    /// <summary>The current entry; valid until the next step.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>Goes to the next entry.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="RecordFormatException">The bytes are no ziplist.</exception>
    public bool MoveNext()
    {
        if (_bytes.Remaining == 1)
        {
            return _left <= 0 ? false : throw new RecordFormatException("a ziplist has fewer entries than it says");
        }

        if (_left == 0)
        {
            throw new RecordFormatException("a ziplist has more entries than it says");
        }

        _left -= _left > 0 ? 1 : 0;
        int start = _bytes.Position;
        byte before = _bytes.ReadByte();
        uint lengthBefore = before == LongLength ? _bytes.ReadUInt32() : before;
        Current = ReadEntry();
        if (lengthBefore != _lengthBefore || _bytes.Remaining == 0)
        {
            throw new RecordFormatException("a ziplist entry has another length than it says");
        }

        _lengthBefore = (uint)(_bytes.Position - start);
        return true;
    }

    private ReadOnlySpan<byte> ReadEntry()
    {
        byte first = _bytes.ReadByte();
        return first switch
        {
            < 0x40 => _bytes.ReadBytes(first),
            < 0x80 => _bytes.ReadBytes(((first & 0x3F) << 8) | _bytes.ReadByte()),
            0x80 => ReadLongText(),
            0xC0 => Number((short)_bytes.ReadUInt16()),
            0xD0 => Number((int)_bytes.ReadUInt32()),
            0xE0 => Number(_bytes.ReadInt64()),
            0xF0 => Number((_bytes.ReadUInt16() | (_bytes.ReadByte() << 16)) << 8 >> 8),
            0xFE => Number((sbyte)_bytes.ReadByte()),
            > 0xF0 and < 0xFE => Number((first & 0xF) - 1),
            _ => throw new RecordFormatException("unknown form of a ziplist entry"),
        };
    }

    private ReadOnlySpan<byte> ReadLongText()
    {
        uint length = BinaryPrimitives.ReadUInt32BigEndian(_bytes.ReadBytes(sizeof(uint)));
        return length <= _bytes.Remaining
            ? _bytes.ReadBytes((int)length)
            : throw new RecordFormatException("a ziplist entry runs past the end");
    }

    private readonly ReadOnlySpan<byte> Number(long number) => RedisNumber.Format(number, _digits);
}
