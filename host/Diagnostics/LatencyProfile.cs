using System.Globalization;

namespace Marekvs.Host.Diagnostics;

/// <summary>A snapshot of a <see cref="LatencyHistogram"/>.</summary>
internal sealed class LatencyProfile
{
    private readonly long[] _counts;
    private readonly double _nanosecondsPerTick;

    /// <summary>Describes counted calls.</summary>
    /// <param name="counts">By bucket; empty when nothing was counted.</param>
    /// <param name="nanosecondsPerTick">The length of a tick.</param>
    public LatencyProfile(long[] counts, double nanosecondsPerTick)
    {
        _counts = counts;
        _nanosecondsPerTick = nanosecondsPerTick;
        Calls = counts.Sum();
    }

    /// <summary>How many calls were counted.</summary>
    public long Calls { get; }

    /// <summary>How a percentile is written.</summary>
    /// <param name="percentile">0 to 100.</param>
    public static string NameOf(double percentile) => percentile.ToString(CultureInfo.InvariantCulture);

    /// <summary>The time within which a share of the calls ended, in microseconds.</summary>
    /// <param name="percentile">0 to 100.</param>
    public double Microseconds(double percentile)
    {
        long wanted = Math.Max(1, (long)Math.Ceiling(percentile / 100 * Calls));
        long seen = 0;
        for (int bucket = 0; bucket < _counts.Length; bucket++)
        {
            seen += _counts[bucket];
            if (seen >= wanted)
            {
                return NanosecondsOf(bucket) / 1000;
            }
        }

        return 0;
    }

    /// <summary>How many calls ended within times that double: 1 µs, 2 µs, 4 µs and so on. Times within which no more
    /// ended than in the one before are left out.</summary>
    public IReadOnlyList<(long Microseconds, long Calls)> Cumulative()
    {
        List<(long Microseconds, long Calls)> steps = [];
        long seen = 0;
        long shown = 0;
        int bucket = 0;
        for (long bound = 1024; seen < Calls; bound *= 2)
        {
            // Redis's buckets hold times of two significant digits: a bound stands for all times that look like it.
            double longest = bound + (bound / 128) - 1;
            for (; bucket < _counts.Length && NanosecondsOf(bucket) <= longest; bucket++)
            {
                seen += _counts[bucket];
            }

            if (seen > shown)
            {
                steps.Add(((long)longest / 1000, seen));
                shown = seen;
            }
        }

        return steps;
    }

    private double NanosecondsOf(int bucket) => LatencyHistogram.LongestOf(bucket) * _nanosecondsPerTick;
}
