namespace Marekvs.Modules.Tests;

/// <summary>Judges draws.</summary>
internal static class Chances
{
    /// <summary>Checks that things were drawn about equally often: fair draws fail once in a million times.</summary>
    internal static void AssertEven(int[] drawn)
    {
        double expected = drawn.Average();
        double distance = drawn.Sum(count => (count - expected) * (count - expected) / expected);

        // Chi-squared, by the Wilson-Hilferty approximation.
        const double Quantile = 4.75;
        double freedom = drawn.Length - 1;
        double spread = 2 / (9 * freedom);
        double bound = freedom * Math.Pow(1 - spread + (Quantile * Math.Sqrt(spread)), 3);
        Assert.IsLessThan(bound, distance, $"drawn {string.Join(", ", drawn)}");
    }
}
