using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Sketches;

/// <summary>Unites sketches that were written on several nodes at once.</summary>
public static class HyperLogLogUnion
{
    /// <summary>Unites values.</summary>
    /// <param name="values">The bytes of each, which may be hostile; their order does not matter.</param>
    /// <returns>The union, a function of the values alone; null when one of them is no sketch.</returns>
    public static byte[]? TryUnite(IEnumerable<ReadOnlyMemory<byte>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        byte[] registers = new byte[HyperLogLog.Registers];
        bool isDense = false;
        try
        {
            foreach (ReadOnlyMemory<byte> value in values)
            {
                if (!HyperLogLogView.TryOpen(value.Span, out HyperLogLogView sketch))
                {
                    return null;
                }

                isDense |= sketch.IsDense;
                sketch.RaiseTo(registers);
            }
        }
        catch (RecordFormatException)
        {
            return null;
        }

        var union = HyperLogLog.Create();
        Raise(union, registers, isDense);
        return union.Bytes.ToArray();
    }

    /// <summary>Raises a sketch to registers.</summary>
    /// <param name="sketch">The sketch.</param>
    /// <param name="registers">All registers, one byte each.</param>
    /// <param name="isDense">Whether all are to lie side by side.</param>
    /// <exception cref="RecordFormatException">The sketch is corrupt.</exception>
    public static void Raise(HyperLogLog sketch, ReadOnlySpan<byte> registers, bool isDense)
    {
        ArgumentNullException.ThrowIfNull(sketch);
        if (isDense)
        {
            sketch.MakeDense();
        }

        for (int i = 0; i < registers.Length; i++)
        {
            if (registers[i] > 0)
            {
                sketch.Raise(i, registers[i]);
            }
        }

        sketch.MarkStale();
    }
}
