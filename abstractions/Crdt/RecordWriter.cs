using System.Buffers.Binary;

namespace Marekvs.Abstractions.Crdt;

/// <summary>
/// A growing buffer for the formats of this project: little-endian integers, LEB128 varints, raw runs. It is kept
/// and reused by its owner, so writing allocates nothing once it has grown.
/// </summary>
public sealed class RecordWriter
{
    private readonly int _kept;
    private byte[] _buffer;

    /// <summary>Creates a writer.</summary>
    /// <param name="capacity">Bytes to begin with.</param>
    /// <param name="kept">Bytes a cleared writer keeps; a larger buffer is given back.</param>
    public RecordWriter(int capacity = 256, int kept = Limits.ScratchBytesKept)
    {
        _kept = kept;
        _buffer = new byte[capacity];
    }

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>What was written; valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    /// <summary>What was written, as memory; valid until the next write.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, Length);

    /// <summary>Starts over; a buffer that one huge record blew up is given back.</summary>
    public void Clear()
    {
        Length = 0;
        if (_buffer.Length > _kept)
        {
            _buffer = new byte[_kept];
        }
    }

    /// <summary>Drops what was written after a position.</summary>
    /// <param name="length">A length this writer had before.</param>
    public void Truncate(int length)
    {
        Invariant.That(length <= Length, "a writer can only be cut back");
        Length = length;
    }

    /// <summary>Reserves bytes for the caller to fill.</summary>
    /// <param name="count">How many.</param>
    /// <returns>The span to fill; its content is undefined.</returns>
    public Span<byte> Reserve(int count)
    {
        Ensure(count);
        Span<byte> span = _buffer.AsSpan(Length, count);
        Length += count;
        return span;
    }

    /// <summary>The span at a position, to patch what was reserved.</summary>
    /// <param name="position">Where it begins.</param>
    /// <param name="count">How long it is.</param>
    public Span<byte> At(int position, int count) => _buffer.AsSpan(0, Length).Slice(position, count);

    /// <summary>Writes one byte.</summary>
    /// <param name="value">The byte.</param>
    public void WriteByte(byte value) => Reserve(1)[0] = value;

    /// <summary>Writes 2 bytes.</summary>
    /// <param name="value">The integer.</param>
    public void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Reserve(2), value);

    /// <summary>Writes 4 bytes.</summary>
    /// <param name="value">The integer.</param>
    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Reserve(4), value);

    /// <summary>Writes 8 bytes.</summary>
    /// <param name="value">The integer.</param>
    public void WriteUInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Reserve(8), value);

    /// <summary>Writes 8 bytes.</summary>
    /// <param name="value">The integer.</param>
    public void WriteInt64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Reserve(8), value);

    /// <summary>Writes an unsigned LEB128 integer.</summary>
    /// <param name="value">The integer.</param>
    public void WriteVarint(UInt128 value)
    {
        while (value >= 0x80)
        {
            WriteByte((byte)((byte)value | 0x80));
            value >>= 7;
        }

        WriteByte((byte)value);
    }

    /// <summary>Writes a length, the common small varint.</summary>
    /// <param name="value">The length, not negative.</param>
    public void WriteLength(int value)
    {
        uint rest = (uint)value;
        while (rest >= 0x80)
        {
            WriteByte((byte)(rest | 0x80));
            rest >>= 7;
        }

        WriteByte((byte)rest);
    }

    /// <summary>Writes a run of bytes.</summary>
    /// <param name="value">The bytes.</param>
    public void WriteBytes(ReadOnlySpan<byte> value) => value.CopyTo(Reserve(value.Length));

    /// <summary>Moves what was written last in front of what was written before it.</summary>
    /// <param name="tail">A former <see cref="Length"/>: where the part that moves begins; short.</param>
    /// <param name="to">A former <see cref="Length"/>: where it goes.</param>
    public void MoveTail(int tail, int to)
    {
        Span<byte> written = _buffer.AsSpan(to, Length - to);
        Span<byte> moved = stackalloc byte[Length - tail];
        written[^moved.Length..].CopyTo(moved);
        written[..^moved.Length].CopyTo(written[moved.Length..]);
        moved.CopyTo(written);
    }

    private void Ensure(int count)
    {
        if (_buffer.Length - Length >= count)
        {
            return;
        }

        long wanted = Math.Max((long)Length + count, Math.Min(2L * _buffer.Length, Array.MaxLength));
        Array.Resize(ref _buffer, checked((int)wanted));
    }
}
