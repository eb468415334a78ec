using Marekvs.Cluster.Tests.Histories;
using Marekvs.Testing;
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
        await cluster.AddAsync(FakeClock("FAKETIME", "+4s"));
        await cluster.AddAsync(FakeClock("FAKETIME", "-4s"));
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

    [TestMethod]
    [Timeout(180_000)]
    [DataRow("+60s", "ahead of")]
    [DataRow("-60s", "behind")]
    public async Task Clock_ThatIsWrong_KeepsItsNodeFromJoining(string offset, string how)
    {
        using ProcessCluster cluster = await ProcessCluster.StartAsync(2);
        NodeProcess wrong = await cluster.AddAsync(FakeClock("FAKETIME", offset));
        await cluster.WaitAsync("the wrong one refuses", node => node != wrong || Refuses(node, how, "GET", "k"));
        await cluster.WaitAsync("the others serve", node => node == wrong ||
            (ProcessCluster.Ask(node, "SET", "k", "v") == "OK" && ProcessCluster.Ask(node, "PING") == "PONG"));
    }

    [TestMethod]
    [Timeout(180_000)]
    public async Task Clock_ThatJumps_KeepsItsNodeFromWriting_UntilItIsRight()
    {
        using var offset = new TemporaryDirectory();
        string file = Path.Combine(offset.Path, "clock");
        await File.WriteAllTextAsync(file, "+0s");
        using ProcessCluster cluster = await ProcessCluster.StartAsync(2);
        NodeProcess wrong = await cluster.AddAsync(FakeClock("FAKETIME_TIMESTAMP_FILE", file));
        await cluster.WaitForMembersAsync(3);
        await cluster.WaitAsync("all write", node => ProcessCluster.Ask(node, "SET", "k", "v") == "OK");

        await File.WriteAllTextAsync(file, "+20s");
        await cluster.WaitAsync("the wrong one does not write", node => node != wrong || Refuses(node, "ahead of", "SET", "probe", "w"));
        Assert.AreEqual("v", ProcessCluster.Ask(wrong, "GET", "k"));

        // What runs in one place does so at an owner that may write.
        foreach (NodeProcess node in cluster.Nodes.Where(node => node != wrong))
        {
            string[] answers = [.. Enumerable.Range(0, 20)
                .Select(i => ProcessCluster.Ask(node, "SET", $"lock:{i}:{node.ProcessId}", "v", "NX"))];
            Assert.IsTrue(answers.All(answer => answer == "OK"), string.Join(", ", answers));
        }

        await File.WriteAllTextAsync(file, "+0s");
        await cluster.WaitAsync("all write again", node => ProcessCluster.Ask(node, "SET", "k", "x") == "OK");
        await cluster.WaitAsync("all have the keys", node => ProcessCluster.Ask(node, "DBSIZE") == "42");
    }

    private static bool Refuses(NodeProcess node, string how, params string[] command)
    {
        using RespClient client = node.Connect();
        string answer = client.Call(command).TextOrNull ?? "";
        return answer.StartsWith("CLUSTERDOWN", StringComparison.Ordinal) && answer.Contains(how, StringComparison.Ordinal);
    }

    /// <summary>The variables that give a process another time of day.</summary>
    private static Dictionary<string, string> FakeClock(string variable, string offset) => new()
    {
        ["LD_PRELOAD"] = Directory.GetDirectories("/usr/lib")
            .Select(directory => Path.Combine(directory, "faketime", "libfaketimeMT.so.1"))
            .FirstOrDefault(File.Exists) ?? throw new AssertFailedException("libfaketime is not installed"),
        [variable] = offset,
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        ["DONT_FAKE_MONOTONIC"] = "1",
    };
}
