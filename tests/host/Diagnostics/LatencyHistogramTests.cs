using Marekvs.Host.Diagnostics;

namespace Marekvs.Host.Tests.Diagnostics;

[TestClass]
public sealed class LatencyHistogramTests
{
    private const long Nanoseconds = 1_000_000_000;

    [TestMethod]
    public void BucketOf_AnyTime_IsWithinThreePercent()
    {
        int last = -1;
        for (long ticks = 0; ticks < 1L << 35; ticks += 1 + (ticks / 50))
        {
            int bucket = LatencyHistogram.BucketOf(ticks);
            long longest = LatencyHistogram.LongestOf(bucket);
            Assert.IsGreaterThanOrEqualTo(last, bucket);
            Assert.IsGreaterThanOrEqualTo(ticks, longest);
            Assert.IsLessThanOrEqualTo(ticks + (ticks / 32), longest);
            Assert.AreEqual(bucket, LatencyHistogram.BucketOf(longest));
            Assert.AreEqual(bucket + 1, LatencyHistogram.BucketOf(longest + 1));
            last = bucket;
        }
    }

    [TestMethod]
    [DataRow(long.MaxValue)]
    [DataRow(1L << 36)]
    [DataRow(-1L)]
    public void Add_BeyondEveryBucket_IsCounted(long ticks)
    {
        var histogram = new LatencyHistogram();
        histogram.Add([LatencyHistogram.BucketOf(ticks)]);
        Assert.AreEqual(1, histogram.Read(Nanoseconds).Calls);
    }

    [TestMethod]
    public void Microseconds_Percentiles_AreThoseOfTheCalls()
    {
        var histogram = new LatencyHistogram();
        for (int i = 1; i <= 1000; i++)
        {
            histogram.Add([LatencyHistogram.BucketOf(i * 1000)]);
        }

        LatencyProfile profile = histogram.Read(Nanoseconds);
        Assert.AreEqual(1000, profile.Calls);
        Assert.AreEqual(1, profile.Microseconds(0), 0.04);
        Assert.AreEqual(500, profile.Microseconds(50), 16);
        Assert.AreEqual(990, profile.Microseconds(99), 31);
        Assert.AreEqual(1000, profile.Microseconds(100), 31);
    }

    [TestMethod]
    public void Cumulative_Steps_DoubleAndLeaveOutWhatAddsNothing()
    {
        var histogram = new LatencyHistogram();
        foreach (long microseconds in new long[] { 0, 1, 3, 3, 200, 5000 })
        {
            histogram.Add([LatencyHistogram.BucketOf(microseconds * 1000)]);
        }

        CollectionAssert.AreEqual(
            new (long, long)[] { (1, 2), (4, 4), (264, 5), (8454, 6) },
            histogram.Read(Nanoseconds).Cumulative().ToArray());
    }

    [TestMethod]
    public void Reset_Everything_IsForgotten()
    {
        var histogram = new LatencyHistogram();
        histogram.Add([1, 2, 3]);
        histogram.Reset();
        Assert.AreEqual(0, histogram.Read(Nanoseconds).Calls);
        Assert.IsEmpty(histogram.Read(Nanoseconds).Cumulative());
        Assert.AreEqual(0, histogram.Read(Nanoseconds).Microseconds(50));
    }
}
