using System.Buffers.Binary;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Rdb;

/// <summary>Writes a listpack, which <see cref="ListpackReader"/> draws.</summary>
public sealed class ListpackWriter
{
    /// <summary>The most bytes <see cref="WriteBackLength"/> writes.</summary>
    internal const int BackLengthBytesMax = 5;

    private const int HeaderBytes = sizeof(uint) + sizeof(ushort);
    private const int TextBytesShort = 1 << 6;
    private const int TextBytesMedium = 1 << 12;

    private readonly RecordWriter _bytes = new();
    private int _count;

    /// <summary>Bytes of the listpack if it ended here.</summary>
    public int Length => _bytes.Length + 1;

    /// <summary>Begins an empty one.</summary>
    public ListpackWriter() => _bytes.Reserve(HeaderBytes);

    /// <summary>Adds an entry: as a number when it is one.</summary>
    /// <param name="text">The bytes.</param>
    public void Add(ReadOnlySpan<byte> text)
    {
        int start = _bytes.Length;
        if (RedisNumber.TryParseInt64(text, out long number))
        {
            WriteNumber(number);
        }
        else
        {
            WriteText(text);
        }

        Span<byte> backLength = stackalloc byte[BackLengthBytesMax];
        _bytes.WriteBytes(backLength[..WriteBackLength(backLength, _bytes.Length - start)]);
        _count++;
    }

    /// <summary>Ends the listpack.</summary>
    /// <returns>All of it; valid until the writer is gone.</returns>
    public ReadOnlySpan<byte> Complete()
    {
        _bytes.WriteByte(0xFF);
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.At(0, sizeof(uint)), _bytes.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(
            _bytes.At(sizeof(uint), sizeof(ushort)), (ushort)Math.Min(_count, ushort.MaxValue));
        return _bytes.Written;
    }

    /// <summary>Writes the length of an entry as it stands behind it: seven bits a byte, highest first, all bytes but
    /// the first marked.</summary>
    /// <param name="destination">Receives it.</param>
    /// <param name="length">Bytes of the entry.</param>
    /// <returns>Bytes written.</returns>
    internal static int WriteBackLength(Span<byte> destination, int length)
    {
        // Redis's own bounds: the largest number that would fit takes a byte more, but not the first.
        int bytes = length <= 127 ? 1 : length < 16383 ? 2 : length < 2097151 ? 3 : length < 268435455 ? 4 : 5;
        for (int i = 0; i < bytes; i++)
        {
            int bits = (length >> (7 * (bytes - 1 - i))) & 0x7F;
            destination[i] = (byte)(i == 0 ? bits : bits | 0x80);
        }

        return bytes;
    }

    private void WriteText(ReadOnlySpan<byte> text)
    {
        if (text.Length < TextBytesShort)
        {
            _bytes.WriteByte((byte)(0x80 | text.Length));
        }
        else if (text.Length < TextBytesMedium)
        {
            BinaryPrimitives.WriteUInt16BigEndian(_bytes.Reserve(sizeof(ushort)), (ushort)(0xE000 | text.Length));
        }
        else
        {
            _bytes.WriteByte(0xF0);
            _bytes.WriteUInt32((uint)text.Length);
        }

        _bytes.WriteBytes(text);
    }

    private void WriteNumber(long number)
    {
        switch (number)
        {
            case >= 0 and < 1 << 7:
                _bytes.WriteByte((byte)number);
                break;
            case >= -(1 << 12) and < 1 << 12:
                BinaryPrimitives.WriteUInt16BigEndian(
                    _bytes.Reserve(sizeof(ushort)), (ushort)(0xC000 | (number & 0x1FFF)));
                break;
            case >= short.MinValue and <= short.MaxValue:
                _bytes.WriteByte(0xF1);
                _bytes.WriteUInt16((ushort)number);
                break;
            case >= -(1 << 23) and < 1 << 23:
                _bytes.WriteByte(0xF2);
                _bytes.WriteUInt16((ushort)number);
                _bytes.WriteByte((byte)(number >> 16));
                break;
            case >= int.MinValue and <= int.MaxValue:
                _bytes.WriteByte(0xF3);
                _bytes.WriteUInt32((uint)number);
                break;
            default:
                _bytes.WriteByte(0xF4);
                _bytes.WriteInt64(number);
                break;
        }
    }
}
