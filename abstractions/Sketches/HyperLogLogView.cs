using System.Buffers.Binary;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Sketches;

/// <summary>A sketch read where it lies; its bytes are drawn in <see cref="HyperLogLog"/>.</summary>
public readonly ref struct HyperLogLogView
{
    private readonly ReadOnlySpan<byte> _bytes;

    internal HyperLogLogView(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Whether all registers lie side by side.</summary>
    public bool IsDense => _bytes[HyperLogLog.EncodingAt] == HyperLogLog.Dense;

    /// <summary>The count that is kept with the registers, or null when they have changed since.</summary>
    public long? KeptCount
    {
        get
        {
            ReadOnlySpan<byte> count = _bytes[HyperLogLog.CountAt..HyperLogLog.HeaderBytes];
            return (count[^1] & HyperLogLog.Stale) != 0 ? null : BinaryPrimitives.ReadInt64LittleEndian(count);
        }
    }

    private ReadOnlySpan<byte> Registers => _bytes[HyperLogLog.HeaderBytes..];

    /// <summary>Looks at a value.</summary>
    /// <param name="bytes">The bytes, which may be hostile.</param>
    /// <param name="view">The sketch.</param>
    /// <returns>False when they do not begin as one does. What follows may still turn out to be corrupt.</returns>
    public static bool TryOpen(ReadOnlySpan<byte> bytes, out HyperLogLogView view)
    {
        view = new HyperLogLogView(bytes);
        return bytes.Length >= HyperLogLog.HeaderBytes && bytes.StartsWith("HYLL"u8) &&
            bytes[HyperLogLog.EncodingAt] switch
            {
                HyperLogLog.Sparse => true,
                HyperLogLog.Dense => bytes.Length == HyperLogLog.DenseBytes,
                _ => false,
            };
    }

    /// <summary>A copy that can be changed.</summary>
    public HyperLogLog Copy() => HyperLogLog.Open(_bytes)!;

    /// <summary>Whether a register would grow if an element were added.</summary>
    /// <param name="element">The element.</param>
    /// <exception cref="RecordFormatException">The value is corrupt.</exception>
    public bool IsRaisedBy(ReadOnlySpan<byte> element)
    {
        (int register, byte value) = HyperLogLog.RegisterOf(element);
        return value > (IsDense
            ? DenseRegisters.Get(Registers, register)
            : SparseRun.Read(_bytes[FindRun(register, out _, out _)..]).Value);
    }

    /// <summary>Raises registers to those of this.</summary>
    /// <param name="registers">All of them, one byte each.</param>
    /// <exception cref="RecordFormatException">The value is corrupt.</exception>
    public void RaiseTo(Span<byte> registers)
    {
        if (IsDense)
        {
            DenseRegisters.RaiseTo(Registers, registers);
            return;
        }

        int first = 0;
        for (ReadOnlySpan<byte> runs = Registers; !runs.IsEmpty;)
        {
            SparseRun run = SparseRun.Read(runs);
            if (run.Length > HyperLogLog.Registers - first)
            {
                throw Corrupt();
            }

            foreach (ref byte register in registers.Slice(first, run.Length))
            {
                register = Math.Max(register, (byte)run.Value);
            }

            first += run.Length;
            runs = runs[run.Bytes..];
        }

        if (first != HyperLogLog.Registers)
        {
            throw Corrupt();
        }
    }

    /// <summary>The runs of a sparse one in the words of PFDEBUG DECODE.</summary>
    /// <exception cref="RecordFormatException">The value is corrupt.</exception>
    public string DescribeRuns()
    {
        var words = new List<string>();
        for (ReadOnlySpan<byte> runs = Registers; !runs.IsEmpty;)
        {
            SparseRun run = SparseRun.Read(runs);
            words.Add(run.ToString());
            runs = runs[run.Bytes..];
        }

        return string.Join(' ', words);
    }

    /// <summary>Estimates how many different elements were added.</summary>
    /// <exception cref="RecordFormatException">The value is corrupt.</exception>
    public long Count()
    {
        Span<int> counts = stackalloc int[DenseRegisters.ValueCount];
        if (IsDense)
        {
            DenseRegisters.CountValues(Registers, counts);
        }
        else
        {
            counts.Clear();
            CountRuns(counts);
        }

        return HyperLogLogEstimate.OfCounts(counts);
    }

    /// <summary>Finds the run a register is in.</summary>
    /// <param name="register">The register of a sparse one.</param>
    /// <param name="first">The first register of the run.</param>
    /// <param name="previous">Where the run before lies.</param>
    /// <returns>Where the run lies.</returns>
    internal int FindRun(int register, out int first, out int previous)
    {
        first = 0;
        previous = HyperLogLog.HeaderBytes;
        for (int at = HyperLogLog.HeaderBytes; at < _bytes.Length;)
        {
            SparseRun run = SparseRun.Read(_bytes[at..]);
            if (register < first + run.Length)
            {
                return at;
            }

            previous = at;
            first += run.Length;
            at += run.Bytes;
        }

        throw Corrupt();
    }

    private void CountRuns(Span<int> counts)
    {
        int registers = 0;
        for (ReadOnlySpan<byte> runs = Registers; !runs.IsEmpty;)
        {
            SparseRun run = SparseRun.Read(runs);
            counts[run.Value] += run.Length;
            registers += run.Length;
            runs = runs[run.Bytes..];
        }

        if (registers != HyperLogLog.Registers)
        {
            throw Corrupt();
        }
    }

    private static RecordFormatException Corrupt() => new("a HyperLogLog has more or fewer registers than it must");
}
