using System.Numerics;

namespace Marekvs.Host.Diagnostics;

/// <summary>
/// How often a command took how long. Buckets are a thirty-second of a power of two wide, so a figure read from them is
/// at most 3 % too large, and one atomic increment counts a call.
/// <code>
/// ticks 0..31: one bucket each;   2^e and up:  [ e - 4 ][ next 5 bits of the ticks ]
/// </code>
/// </summary>
internal sealed class LatencyHistogram
{
    private const int StepBits = 5;
    private const int Steps = 1 << StepBits;

    // Calls longer than a minute, in nanoseconds, are counted as that long.
    private const int ExponentMax = 35;
    private const int Buckets = (ExponentMax - StepBits + 2) * Steps;

    private long[]? _counts;

    /// <summary>The bucket of a time.</summary>
    /// <param name="ticks">Ticks of the clock's timestamps.</param>
    public static ushort BucketOf(long ticks)
    {
        if (ticks < Steps)
        {
            return (ushort)Math.Max(0, ticks);
        }

        int exponent = BitOperations.Log2((ulong)ticks);
        if (exponent > ExponentMax)
        {
            return Buckets - 1;
        }

        int step = (int)(ticks >> (exponent - StepBits)) & (Steps - 1);
        return (ushort)(((exponent - StepBits + 1) << StepBits) + step);
    }

    /// <summary>The longest time that falls into a bucket, in ticks.</summary>
    /// <param name="bucket">The bucket.</param>
    public static long LongestOf(int bucket)
    {
        if (bucket < Steps)
        {
            return bucket;
        }

        int shift = (bucket >> StepBits) - 1;
        return ((long)(Steps + (bucket & (Steps - 1)) + 1) << shift) - 1;
    }

    /// <summary>Counts calls.</summary>
    /// <param name="buckets">The bucket of each; see <see cref="BucketOf"/>.</param>
    public void Add(ReadOnlySpan<ushort> buckets)
    {
        long[] counts = Volatile.Read(ref _counts) ?? Begin();
        foreach (ushort bucket in buckets)
        {
            Interlocked.Increment(ref counts[bucket]);
        }
    }

    /// <summary>Forgets all calls.</summary>
    public void Reset() => Volatile.Write(ref _counts, null);

    /// <summary>What is counted so far.</summary>
    /// <param name="ticksPerSecond">Frequency of the clock's timestamps.</param>
    public LatencyProfile Read(long ticksPerSecond)
    {
        long[]? counts = Volatile.Read(ref _counts);
        return new LatencyProfile(counts is null ? [] : [.. counts], 1e9 / ticksPerSecond);
    }

    private long[] Begin()
    {
        var fresh = new long[Buckets];
        return Interlocked.CompareExchange(ref _counts, fresh, null) ?? fresh;
    }
}
