using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Sketches;

/// <summary>
/// An estimate of how many different elements were added, in the bytes in which Redis keeps it as a string.
/// <code>
/// "HYLL" | encoding u8 (0 dense, 1 sparse) | 3 unused | last count u64, top bit set when stale | registers   little-endian
/// dense    16384 registers of 6 bits, the first in the low bits of the first byte
/// sparse   runs of equal registers: 00llllll           l + 1 zeros
///                                   01llllll llllllll  l + 1 zeros
///                                   1vvvvvll           l + 1 times v + 1
/// </code>
/// The hash of an element chooses a register with its low 14 bits, which remembers the longest run of zeros at the end of
/// the other bits, plus one.
/// </summary>
/// <remarks>Flajolet, Fusy, Gandouet, Meunier: HyperLogLog; Redis's documentation of PFADD and its string format.
/// </remarks>
public sealed class HyperLogLog
{
    /// <summary>How many registers there are.</summary>
    public const int Registers = 1 << IndexBits;

    /// <summary>Where the count lies that is kept with the registers: a u64, little-endian, valid without the top bit.
    /// </summary>
    public const int CountAt = 8;

    /// <summary>The largest value a register gets from a hash.</summary>
    internal const int RankMax = 64 - IndexBits + 1;

    internal const int EncodingAt = 4;
    internal const int HeaderBytes = 16;
    internal const int DenseBytes = HeaderBytes + DenseRegisters.Bytes;
    internal const byte Dense = 0;
    internal const byte Sparse = 1;
    internal const byte Stale = 0x80;

    private const int IndexBits = 14;
    private const ulong HashSeed = 0xADC83B19;

    /// <summary>Redis's <c>hll-sparse-max-bytes</c>.</summary>
    private const int SparseBytesMax = 3000;

    private byte[] _bytes;
    private int _length;

    private HyperLogLog(byte[] bytes) => (_bytes, _length) = (bytes, bytes.Length);

    /// <summary>The whole value.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>The same, to be read; valid until the next change.</summary>
    public HyperLogLogView View => new(Bytes);

    /// <summary>Whether all registers lie side by side.</summary>
    public bool IsDense => View.IsDense;

    /// <summary>One without elements.</summary>
    public static HyperLogLog Create()
    {
        byte[] bytes = new byte[HeaderBytes + SparseRun.BytesMax];
        "HYLL"u8.CopyTo(bytes);
        bytes[EncodingAt] = Sparse;
        new SparseRun(0, Registers).Write(bytes.AsSpan(HeaderBytes));
        return new HyperLogLog(bytes);
    }

    /// <summary>Reads a value.</summary>
    /// <param name="bytes">The bytes, which may be hostile; copied.</param>
    /// <returns>Null when they do not begin as one does. What follows may still turn out to be corrupt.</returns>
    public static HyperLogLog? Open(ReadOnlySpan<byte> bytes) =>
        HyperLogLogView.TryOpen(bytes, out _) ? new HyperLogLog(bytes.ToArray()) : null;

    /// <summary>Adds an element.</summary>
    /// <param name="element">The element.</param>
    /// <returns>Whether a register grew.</returns>
    /// <exception cref="RecordFormatException">The value is corrupt.</exception>
    public bool Add(ReadOnlySpan<byte> element)
    {
        (int register, byte value) = RegisterOf(element);
        return Raise(register, value);
    }

    /// <summary>Raises a register to a value, if it is smaller.</summary>
    /// <param name="register">Which one.</param>
    /// <param name="value">The value, above 0.</param>
    /// <returns>Whether it was smaller.</returns>
    /// <exception cref="RecordFormatException">The value is corrupt.</exception>
    public bool Raise(int register, byte value)
    {
        bool isRaised = IsDense
            ? DenseRegisters.Raise(_bytes.AsSpan(HeaderBytes, DenseRegisters.Bytes), register, value)
            : RaiseSparse(register, value);
        if (isRaised)
        {
            MarkStale();
        }

        return isRaised;
    }

    /// <summary>Says that the count kept with the registers is no longer theirs.</summary>
    public void MarkStale() => _bytes[HeaderBytes - 1] |= Stale;

    /// <summary>Lays all registers side by side.</summary>
    /// <returns>Whether they did not before.</returns>
    /// <exception cref="RecordFormatException">The value is corrupt.</exception>
    public bool MakeDense()
    {
        if (IsDense)
        {
            return false;
        }

        Span<byte> registers = stackalloc byte[Registers];
        registers.Clear();
        View.RaiseTo(registers);
        byte[] dense = new byte[DenseBytes];
        _bytes.AsSpan(0, HeaderBytes).CopyTo(dense);
        dense[EncodingAt] = Dense;
        DenseRegisters.Write(registers, dense.AsSpan(HeaderBytes));
        (_bytes, _length) = (dense, DenseBytes);
        return true;
    }

    /// <summary>Which register an element chooses, and the value it has there at least.</summary>
    internal static (int Register, byte Value) RegisterOf(ReadOnlySpan<byte> element)
    {
        ulong hash = MurmurHash64.Of(element, HashSeed);
        ulong rest = (hash >> IndexBits) | (1UL << (64 - IndexBits));
        return ((int)(hash % Registers), (byte)(System.Numerics.BitOperations.TrailingZeroCount(rest) + 1));
    }

    private bool RaiseSparse(int register, byte value)
    {
        if (value > SparseRun.ValueMax)
        {
            MakeDense();
            return Raise(register, value);
        }

        int at = View.FindRun(register, out int first, out int previous);
        SparseRun run = SparseRun.Read(Bytes[at..]);
        if (run.Value >= value)
        {
            return false;
        }

        // The run falls apart into what comes before the register, the register, and what comes after it.
        Span<byte> parts = stackalloc byte[(2 * SparseRun.BytesMax) + 1];
        int length = run.Part(register - first).Write(parts);
        length += new SparseRun(value, 1).Write(parts[length..]);
        length += run.Part(first + run.Length - 1 - register).Write(parts[length..]);
        if (length > run.Bytes && _length + length - run.Bytes > SparseBytesMax)
        {
            MakeDense();
            return Raise(register, value);
        }

        Replace(at, run.Bytes, parts[..length]);
        JoinRuns(previous);
        return true;
    }

    /// <summary>Joins neighbours of equal value among the few runs that a change can have touched. Redis looks as far, and
    /// whoever reads the string sees how far.</summary>
    private void JoinRuns(int at)
    {
        const int RunsLookedAt = 5;
        Span<byte> joined = stackalloc byte[1];
        for (int i = 0; i < RunsLookedAt && at < _length; i++)
        {
            SparseRun run = SparseRun.Read(Bytes[at..]);
            int next = at + run.Bytes;
            if (run.Value > 0 && next < _length && SparseRun.Read(Bytes[next..]) is { } other &&
                other.Value == run.Value && run.Length + other.Length <= SparseRun.RepeatMax)
            {
                new SparseRun(run.Value, run.Length + other.Length).Write(joined);
                Replace(at, run.Bytes + other.Bytes, joined);
            }
            else
            {
                at = next;
            }
        }
    }

    private void Replace(int at, int length, ReadOnlySpan<byte> by)
    {
        int total = _length - length + by.Length;
        if (total > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(total, _bytes.Length * 2));
        }

        _bytes.AsSpan(at + length, _length - at - length).CopyTo(_bytes.AsSpan(at + by.Length));
        by.CopyTo(_bytes.AsSpan(at));
        _length = total;
    }
}
