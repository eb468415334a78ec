namespace Marekvs.Abstractions.Sketches;

/// <summary>Estimates a number of elements from registers.</summary>
/// <remarks>Otmar Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", arXiv 1702.01284, algorithm 6.
/// </remarks>
public static class HyperLogLogEstimate
{
    /// <summary>1 / (2 ln 2).</summary>
    private const double Alpha = 0.721347520444481703680;

    /// <summary>Estimates.</summary>
    /// <param name="registers">All registers, one byte each.</param>
    public static long Of(ReadOnlySpan<byte> registers)
    {
        Span<int> counts = stackalloc int[DenseRegisters.ValueCount];
        counts.Clear();
        foreach (byte register in registers)
        {
            counts[register]++;
        }

        return OfCounts(counts);
    }

    /// <summary>Estimates.</summary>
    /// <param name="counts">How many registers have each value.</param>
    internal static long OfCounts(ReadOnlySpan<int> counts)
    {
        const double All = HyperLogLog.Registers;
        double sum = All * Tau((All - counts[HyperLogLog.RankMax]) / All);
        for (int value = HyperLogLog.RankMax - 1; value >= 1; value--)
        {
            sum = (sum + counts[value]) * 0.5;
        }

        sum += All * Sigma(counts[0] / All);
        return (long)Math.Round(Alpha * All * All / sum, MidpointRounding.AwayFromZero);
    }

    private static double Sigma(double x)
    {
        if (x == 1)
        {
            return double.PositiveInfinity;
        }

        double factor = 1;
        double sum = x;
        double before;
        do
        {
            x *= x;
            before = sum;
            sum += x * factor;
            factor += factor;
        }
        while (before != sum);
        return sum;
    }

    private static double Tau(double x)
    {
        if (x is 0 or 1)
        {
            return 0;
        }

        double factor = 1;
        double sum = 1 - x;
        double before;
        do
        {
            x = Math.Sqrt(x);
            before = sum;
            factor *= 0.5;
            sum -= (1 - x) * (1 - x) * factor;
        }
        while (before != sum);
        return sum / 3;
    }
}
