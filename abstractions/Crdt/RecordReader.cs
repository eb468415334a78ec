using System.Buffers.Binary;

namespace Marekvs.Abstractions.Crdt;

/// <summary>Bytes from disk or from a peer that do not follow the format; never a fault of the reader.</summary>
/// <param name="message">What is wrong, and where.</param>
public sealed class RecordFormatException(string message) : Exception(message);

/// <summary>
/// Reads little-endian integers and varints from bytes that may be hostile: running past the end throws
/// <see cref="RecordFormatException"/>, nothing else.
/// </summary>
/// <param name="source">The bytes.</param>
public ref struct RecordReader(ReadOnlySpan<byte> source)
{
    private readonly ReadOnlySpan<byte> _source = source;

    /// <summary>The next byte to read.</summary>
    public int Position { get; private set; }

    /// <summary>The bytes left.</summary>
    public readonly int Remaining => _source.Length - Position;

    /// <summary>Reads one byte.</summary>
    public byte ReadByte() => ReadBytes(1)[0];

    /// <summary>Reads 2 bytes.</summary>
    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(ReadBytes(2));

    /// <summary>Reads 4 bytes.</summary>
    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(ReadBytes(4));

    /// <summary>Reads 8 bytes.</summary>
    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(ReadBytes(8));

    /// <summary>Reads 8 bytes as a signed integer.</summary>
    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(ReadBytes(8));

    /// <summary>Reads an unsigned LEB128 integer of at most 128 bits in its shortest form.</summary>
    public UInt128 ReadVarint()
    {
        UInt128 value = 0;
        for (int shift = 0; shift < 128; shift += 7)
        {
            byte next = ReadByte();
            var bits = (UInt128)(next & 0x7F);
            if (shift > 121 && bits >> (128 - shift) != 0)
            {
                break;
            }

            value |= bits << shift;
            if ((next & 0x80) == 0)
            {
                if (next == 0 && shift > 0)
                {
                    throw new RecordFormatException("varint is not in its shortest form");
                }

                return value;
            }
        }

        throw new RecordFormatException("varint exceeds 128 bits");
    }

    /// <summary>Reads a varint that is a length within the remaining bytes.</summary>
    public int ReadLength()
    {
        UInt128 length = ReadVarint();
        if (length > (UInt128)Remaining)
        {
            throw new RecordFormatException("length runs past the end");
        }

        return (int)length;
    }

    /// <summary>Reads a run of bytes.</summary>
    /// <param name="count">How many.</param>
    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if (count < 0 || count > Remaining)
        {
            throw new RecordFormatException("record ends too early");
        }

        ReadOnlySpan<byte> run = _source.Slice(Position, count);
        Position += count;
        return run;
    }

    /// <summary>Reads all that is left.</summary>
    public ReadOnlySpan<byte> ReadRest() => ReadBytes(Remaining);
}
