namespace Marekvs.Abstractions.Sketches;

/// <summary>Registers of 6 bits side by side, the first in the low bits of the first byte; four of them fill three bytes.
/// </summary>
internal static class DenseRegisters
{
    /// <summary>All registers together.</summary>
    public const int Bytes = HyperLogLog.Registers * Bits / 8;

    /// <summary>Values a register can have.</summary>
    public const int ValueCount = 1 << Bits;

    private const int Bits = 6;
    private const int Max = ValueCount - 1;
    private const int GroupRegisters = 4;
    private const int GroupBytes = 3;

    /// <summary>The value of a register.</summary>
    public static int Get(ReadOnlySpan<byte> dense, int register) =>
        (ReadGroup(dense[(register / GroupRegisters * GroupBytes)..]) >> (register % GroupRegisters * Bits)) & Max;

    /// <summary>Raises a register, if it is smaller.</summary>
    /// <returns>Whether it was.</returns>
    public static bool Raise(Span<byte> dense, int register, byte value)
    {
        Span<byte> group = dense.Slice(register / GroupRegisters * GroupBytes, GroupBytes);
        int shift = register % GroupRegisters * Bits;
        int bits = ReadGroup(group);
        if (((bits >> shift) & Max) >= value)
        {
            return false;
        }

        WriteGroup(group, (bits & ~(Max << shift)) | (value << shift));
        return true;
    }

    /// <summary>Raises registers of one byte each to these.</summary>
    public static void RaiseTo(ReadOnlySpan<byte> dense, Span<byte> registers)
    {
        for (int i = 0; i < HyperLogLog.Registers; i += GroupRegisters)
        {
            int bits = ReadGroup(dense[(i / GroupRegisters * GroupBytes)..]);
            foreach (ref byte register in registers.Slice(i, GroupRegisters))
            {
                register = Math.Max(register, (byte)(bits & Max));
                bits >>= Bits;
            }
        }
    }

    /// <summary>Counts how many registers have each value.</summary>
    /// <param name="dense">The registers.</param>
    /// <param name="counts">Receives as many numbers as there are values.</param>
    public static void CountValues(ReadOnlySpan<byte> dense, Span<int> counts)
    {
        // Neighbours often have the same value; numbers of their own for each of four let them be counted at once.
        Span<int> lanes = stackalloc int[GroupRegisters * ValueCount];
        lanes.Clear();
        for (; dense.Length >= GroupBytes; dense = dense[GroupBytes..])
        {
            int bits = ReadGroup(dense);
            lanes[bits & Max]++;
            lanes[ValueCount + ((bits >> Bits) & Max)]++;
            lanes[(2 * ValueCount) + ((bits >> (2 * Bits)) & Max)]++;
            lanes[(3 * ValueCount) + (bits >> (3 * Bits))]++;
        }

        for (int i = 0; i < ValueCount; i++)
        {
            counts[i] = lanes[i] + lanes[ValueCount + i] + lanes[(2 * ValueCount) + i] + lanes[(3 * ValueCount) + i];
        }
    }

    /// <summary>Writes registers of one byte each.</summary>
    public static void Write(ReadOnlySpan<byte> registers, Span<byte> dense)
    {
        for (int i = 0; i < HyperLogLog.Registers; i += GroupRegisters)
        {
            int bits = registers[i] | (registers[i + 1] << Bits) | (registers[i + 2] << (2 * Bits)) |
                (registers[i + 3] << (3 * Bits));
            WriteGroup(dense[(i / GroupRegisters * GroupBytes)..], bits);
        }
    }

    private static int ReadGroup(ReadOnlySpan<byte> group) => group[0] | (group[1] << 8) | (group[2] << 16);

    private static void WriteGroup(Span<byte> group, int bits)
    {
        group[0] = (byte)bits;
        group[1] = (byte)(bits >> 8);
        group[2] = (byte)(bits >> 16);
    }
}
