using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Rdb;

/// <summary>
/// Reads the pairs of a zipmap, in which Redis before 2.6 kept small hashes, from bytes that may be hostile.
/// <code>
/// pairs u8 (254 or 255: unknown) | pair ... | 0xff
/// pair     length, field | length, unused u8, value, unused bytes
/// length   u8 up to 253, or 0xfe u32                                little-endian
/// </code>
/// </summary>
/// <remarks>Format as published in "RDB file format" by Sripathi Krishnan.</remarks>
public ref struct ZipmapReader
{
    private const byte LongLength = 0xFE;
    private const byte End = 0xFF;

    private RecordReader _bytes;
    private int _left;

    /// <summary>Reads the head.</summary>
    /// <param name="source">The zipmap.</param>
    /// <exception cref="RecordFormatException">It has no end.</exception>
    public ZipmapReader(ReadOnlySpan<byte> source)
    {
        _bytes = new RecordReader(source);
        byte count = _bytes.ReadByte();
        if (source.Length < 2 || source[^1] != End)
        {
            throw new RecordFormatException("a zipmap has no end");
        }

        _left = count >= LongLength ? -1 : count;
    }

    /// <summary>The current field.</summary>
    public ReadOnlySpan<byte> Field { get; private set; }

    /// <summary>Its value.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Goes to the next pair.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="RecordFormatException">The bytes are no zipmap.</exception>
    public bool MoveNext()
    {
        if (_bytes.Remaining == 1)
        {
            return _left <= 0 ? false : throw new RecordFormatException("a zipmap has fewer pairs than it says");
        }

        if (_left == 0)
        {
            throw new RecordFormatException("a zipmap has more pairs than it says");
        }

        _left -= _left > 0 ? 1 : 0;
        Field = ReadBytes(ReadLength());
        uint length = ReadLength();
        byte unused = _bytes.ReadByte();
        Value = ReadBytes(length);
        ReadBytes(unused);
        return _bytes.Remaining > 0 ? true : throw new RecordFormatException("a zipmap runs past its end");
    }

    private uint ReadLength()
    {
        byte first = _bytes.ReadByte();
        return first < LongLength ? first
            : first == LongLength ? _bytes.ReadUInt32()
            : throw new RecordFormatException("a zipmap ends within a pair");
    }

    private ReadOnlySpan<byte> ReadBytes(uint length) => length <= _bytes.Remaining
        ? _bytes.ReadBytes((int)length)
        : throw new RecordFormatException("a zipmap runs past its end");
}
