using Marekvs.Host.Diagnostics;
using Microsoft.Extensions.Time.Testing;

namespace Marekvs.Host.Tests.Diagnostics;

[TestClass]
public sealed class LatencyEventTests
{
    [TestMethod]
    public void Add_SameSecond_KeepsTheLonger()
    {
        var events = new LatencyEvents();
        events.Add("command", 10, 5);
        events.Add("command", 10, 9);
        events.Add("command", 10, 7);
        events.Add("command", 11, 6);

        LatencySeries series = events.Find("command")!;
        CollectionAssert.AreEqual(
            new LatencySample[] { new(10, 9), new(11, 6) }, series.Samples.ToArray());
        Assert.AreEqual(9, series.MillisecondsMax);
    }

    [TestMethod]
    public void Add_MoreThanAreKept_OldestGoAndTheMaximumStays()
    {
        var events = new LatencyEvents();
        for (int i = 0; i < 200; i++)
        {
            events.Add("command", i, i == 0 ? 1000 : 1);
        }

        LatencySeries series = events.Find("command")!;
        Assert.HasCount(160, series.Samples);
        Assert.AreEqual(40, series.Samples[0].At);
        Assert.AreEqual(1000, series.MillisecondsMax);
    }

    [TestMethod]
    public void Reset_Names_ForgetsThoseAndCountsThem()
    {
        var events = new LatencyEvents();
        events.Add("a", 1, 1);
        events.Add("b", 1, 1);
        events.Add("c", 1, 1);

        Assert.AreEqual(1, events.Reset(["a", "nosuch"]));
        Assert.IsNull(events.Find("a"));
        Assert.AreEqual(2, events.Reset([]));
        Assert.IsEmpty(events.All());
    }

    [TestMethod]
    public void Draw_Samples_AreColumnsWithTheirAges()
    {
        var series = new LatencySeries("command", [new(0, 100), new(3600, 200), new(3700, 155)], 500);
        Assert.AreEqual(
            "command - high 200 ms, low 100 ms (all time high 500 ms)\n" +
            new string('-', 80) + "\n" +
            " # \n" +
            " |_\n" +
            " ||\n" +
            "_||\n" +
            "\n" +
            "122\n" +
            "hm0\n" +
            "  s\n",
            LatencyGraph.Draw(series, 3720));
    }

    [TestMethod]
    public void Report_States_AreTold()
    {
        var times = new CallTimes(new FakeTimeProvider());
        Assert.Contains("latency-monitor-threshold is 0", LatencyReport.Write([], times, 0));
        times.LongMilliseconds = 5;
        Assert.Contains("Nothing took 5 ms", LatencyReport.Write([], times, 0));
        string report = LatencyReport.Write([new("command", [new(0, 100), new(10, 300)], 300)], times, 20);
        Assert.Contains(
            "1. command: 2 latency spikes (average 200 ms, mean deviation 100 ms, one every 10.00 s), the worst of all "
            + "time 300 ms.", report);
        Assert.Contains("CONFIG SET slowlog-log-slower-than 5000", report);
        Assert.Contains("SLOWLOG GET", report);
    }
}
