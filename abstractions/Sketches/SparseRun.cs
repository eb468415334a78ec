using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Sketches;

/// <summary>A run of equal registers, as <see cref="HyperLogLog"/> draws it.</summary>
/// <param name="Value">The value of the registers; 0 for a run of zeros.</param>
/// <param name="Length">How many they are; a part may have none.</param>
/// <param name="IsLong">Whether it is written in two bytes.</param>
internal readonly record struct SparseRun(int Value, int Length, bool IsLong)
{
    /// <summary>The most bytes a run takes.</summary>
    public const int BytesMax = 2;

    /// <summary>The largest value.</summary>
    public const int ValueMax = 32;

    /// <summary>How often a value above 0 can be repeated in one run.</summary>
    public const int RepeatMax = 4;

    private const int ShortZerosMax = 64;
    private const byte Values = 0x80;
    private const byte LongZeros = 0x40;

    public SparseRun(int value, int length)
        : this(value, length, IsLong: value == 0 && length > ShortZerosMax)
    {
    }

    /// <summary>How many bytes it takes.</summary>
    public int Bytes => IsLong ? BytesMax : 1;

    /// <summary>Reads the first run of some.</summary>
    /// <exception cref="RecordFormatException">It is cut short.</exception>
    public static SparseRun Read(ReadOnlySpan<byte> runs)
    {
        byte first = runs[0];
        if ((first & Values) != 0)
        {
            return new SparseRun(((first >> 2) & (ValueMax - 1)) + 1, (first & (RepeatMax - 1)) + 1, IsLong: false);
        }

        if ((first & LongZeros) == 0)
        {
            return new SparseRun(0, first + 1, IsLong: false);
        }

        return runs.Length >= BytesMax
            ? new SparseRun(0, (((first & (LongZeros - 1)) << 8) | runs[1]) + 1, IsLong: true)
            : throw new RecordFormatException("a HyperLogLog ends within a run");
    }

    /// <summary>The run as PFDEBUG shows it.</summary>
    public override string ToString() =>
        Value > 0 ? $"v:{Value},{Length}" : $"{(IsLong ? 'Z' : 'z')}:{Length}";

    /// <summary>A run of the same value.</summary>
    public SparseRun Part(int length) => new(Value, length);

    /// <summary>Writes the run, if it has any registers.</summary>
    /// <returns>The bytes written.</returns>
    public int Write(Span<byte> destination)
    {
        if (Length == 0)
        {
            return 0;
        }

        int rest = Length - 1;
        if (IsLong)
        {
            destination[1] = (byte)rest;
        }

        destination[0] = Value > 0 ? (byte)(Values | ((Value - 1) << 2) | rest)
            : IsLong ? (byte)(LongZeros | (rest >> 8))
            : (byte)rest;
        return Bytes;
    }
}
