using Marekvs.Cluster.Tests.Histories;
using Marekvs.Testing.Processes;

namespace Marekvs.Cluster.Tests.Faults;

/// <summary>Links that carry less, more or later than they should, and clocks that are wrong.</summary>
[TestClass]
public sealed class LinkTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(6);

    [TestMethod]
    [Timeout(180_000)]
    public Task Loss_OfATenth_Converges() => FaultRun.InNetworkAsync(async network =>
    {
        network.Lose(0.1);
        await FaultRun.PassAsync(Long);
        Assert.IsGreaterThan(10, network.Disturbed);
    });

    [TestMethod]
    [Timeout(180_000)]
    public Task LossDuplicatesAndReordering_Together_Converge() => FaultRun.InNetworkAsync(async network =>
    {
        network.Lose(0.03);
        network.DuplicateAndReorder(0.1);
        await FaultRun.PassAsync(Long);
        Assert.IsGreaterThan(30, network.Disturbed);
    });

    /// <summary>One clock is ahead and one behind, by less than what is taken for broken.</summary>
    [TestMethod]
    [Timeout(180_000)]
    public async Task Clocks_SecondsApart_Converge()
    {
        using ProcessCluster cluster = await ProcessCluster.StartAsync(1);
        await cluster.AddAsync(FakeClock("+4s"));
        await cluster.AddAsync(FakeClock("-4s"));
        await cluster.WaitForMembersAsync(3);
        long[] clocks = [.. cluster.Nodes.Select(node => ProcessCluster.SecondsOf(node))];
        Assert.IsInRange(3, 5, clocks[1] - clocks[0]);
        Assert.IsInRange(7, 9, clocks[1] - clocks[2]);

        using var run = new RecordedRun();
        run.StartOnEach(cluster.Nodes);
        await FaultRun.PassAsync(Long);
        await run.StopAsync();
        await run.CheckAsync(cluster.Nodes, TimeProvider.System.GetTimestamp());
    }

    /// <summary>Neither what it would write, nor what it would lose by what it takes for the time, harms anybody.</summary>
    [TestMethod]
    [Timeout(180_000)]
    [DataRow("+60s", "ahead of")]
    [DataRow("-60s", "behind")]
    public async Task Clock_ThatIsWrong_KeepsItsNodeFromServing(string offset, string how)
    {
        using ProcessCluster cluster = await ProcessCluster.StartAsync(2);
        NodeProcess wrong = await cluster.AddAsync(FakeClock(offset));
        await cluster.WaitAsync("the wrong one refuses", node => node != wrong ||
            (ProcessCluster.Ask(node, "GET", "k").StartsWith("CLUSTERDOWN", StringComparison.Ordinal) &&
                ProcessCluster.Ask(node, "GET", "k").Contains(how, StringComparison.Ordinal)));
        await cluster.WaitAsync("the others serve", node => node == wrong ||
            (ProcessCluster.Ask(node, "SET", "k", "v") == "OK" && ProcessCluster.Ask(node, "PING") == "PONG"));
        StringAssert.Contains(wrong.Log, "stops serving");
    }

    /// <summary>The variables that give a process another time of day.</summary>
    private static Dictionary<string, string> FakeClock(string offset) => new()
    {
        ["LD_PRELOAD"] = Directory.GetDirectories("/usr/lib")
            .Select(directory => Path.Combine(directory, "faketime", "libfaketimeMT.so.1"))
            .FirstOrDefault(File.Exists) ?? throw new AssertFailedException("libfaketime is not installed"),
        ["FAKETIME"] = offset,
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        ["DONT_FAKE_MONOTONIC"] = "1",
    };
}
