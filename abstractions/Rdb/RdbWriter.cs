using System.Buffers.Binary;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Rdb;

/// <summary>Writes the parts of values in the RDB format, which <see cref="RdbReader"/> draws.</summary>
public sealed class RdbWriter
{
    /// <summary>What Redis 7.0 writes and every later one reads.</summary>
    private const ushort VersionAtLeast = 10;

    /// <summary>Redis packs longer strings only.</summary>
    private const int UnpackedMax = 20;

    /// <summary>Longer texts are never written as numbers, since those have 32 bits at most.</summary>
    private const int NumberDigitsMax = 11;

    private readonly RecordWriter _bytes = new();

    /// <summary>The version of the format that reading takes.</summary>
    public ushort Version { get; private set; } = VersionAtLeast;

    /// <summary>What was written; valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => _bytes.Written;

    /// <summary>Begins the value.</summary>
    /// <param name="valueType">See <see cref="RdbValueType"/>.</param>
    /// <param name="version">The version of the format that brought the encoding.</param>
    public void BeginValue(byte valueType, ushort version = VersionAtLeast)
    {
        Version = Math.Max(Version, version);
        _bytes.WriteByte(valueType);
    }

    /// <summary>Writes 8 bytes, little-endian, as times are.</summary>
    /// <param name="value">The number.</param>
    public void WriteInt64(long value) => _bytes.WriteInt64(value);

    /// <summary>Writes bytes without a length, as ids of pending stream entries are.</summary>
    /// <param name="bytes">The bytes.</param>
    public void WriteBytes(ReadOnlySpan<byte> bytes) => _bytes.WriteBytes(bytes);

    /// <summary>Writes a length, a count, or another number in that form.</summary>
    /// <param name="length">The number.</param>
    public void WriteLength(ulong length)
    {
        if (length < 1 << 6)
        {
            _bytes.WriteByte((byte)length);
        }
        else if (length < 1 << 14)
        {
            BinaryPrimitives.WriteUInt16BigEndian(_bytes.Reserve(sizeof(ushort)), (ushort)(0x4000 | length));
        }
        else if (length <= uint.MaxValue)
        {
            _bytes.WriteByte(0x80);
            BinaryPrimitives.WriteUInt32BigEndian(_bytes.Reserve(sizeof(uint)), (uint)length);
        }
        else
        {
            _bytes.WriteByte(0x81);
            BinaryPrimitives.WriteUInt64BigEndian(_bytes.Reserve(sizeof(ulong)), length);
        }
    }

    /// <summary>Writes a string: as a number, packed, or as it is.</summary>
    /// <param name="text">The bytes.</param>
    public void WriteString(ReadOnlySpan<byte> text)
    {
        bool isNumber = text.Length <= NumberDigitsMax & RedisNumber.TryParseInt64(text, out long number)
            && number is >= int.MinValue and <= int.MaxValue;
        if (isNumber)
        {
            WriteNumber((int)number);
        }
        else if (text.Length <= UnpackedMax || !TryWritePacked(text))
        {
            WriteLength((ulong)text.Length);
            _bytes.WriteBytes(text);
        }
    }

    private void WriteNumber(int number)
    {
        if (number is >= sbyte.MinValue and <= sbyte.MaxValue)
        {
            _bytes.WriteByte(0xC0);
            _bytes.WriteByte((byte)number);
        }
        else if (number is >= short.MinValue and <= short.MaxValue)
        {
            _bytes.WriteByte(0xC1);
            _bytes.WriteUInt16((ushort)number);
        }
        else
        {
            _bytes.WriteByte(0xC2);
            _bytes.WriteUInt32((uint)number);
        }
    }

    private bool TryWritePacked(ReadOnlySpan<byte> text)
    {
        byte[]? packed = Lzf.TryPack(text, out int length);
        if (packed is null)
        {
            return false;
        }

        _bytes.WriteByte(0xC3);
        WriteLength((ulong)length);
        WriteLength((ulong)text.Length);
        _bytes.WriteBytes(packed.AsSpan(0, length));
        return true;
    }
}
