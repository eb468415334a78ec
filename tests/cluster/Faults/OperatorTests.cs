using System.Globalization;
using System.Net;
using Marekvs.Cluster.Tests.Histories;
using Marekvs.Testing.Processes;

namespace Marekvs.Cluster.Tests.Faults;

/// <summary>What operators do to a cluster that is in use.</summary>
[TestClass]
public sealed class OperatorTests
{
    private static readonly TimeSpan OutageBound = TimeSpan.FromSeconds(3);

    /// <summary>A client that goes on to the next node when its own ends is never refused.</summary>
    [TestMethod]
    [Timeout(180_000)]
    public async Task RollingRestart_UnderLoad_FailsNoRequest()
    {
        using ProcessCluster cluster = await ProcessCluster.StartAsync(3, secret: "hush");
        using var run = new RecordedRun();
        run.StartRoaming(cluster.Nodes);
        foreach (NodeProcess node in cluster.Nodes)
        {
            Assert.AreEqual(0, await node.StopAsync());
            await node.RestartAsync();
            await cluster.WaitForMembersAsync(3);
        }

        await run.StopAsync();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"longest time without a node: {run.LongestOutage.TotalMilliseconds:F0} ms"));
        Assert.IsEmpty(run.History.Where(o => o.Outcome == Outcome.Failed));
        Assert.IsLessThan(OutageBound, run.LongestOutage);
        await run.CheckAsync(cluster.Nodes, TimeProvider.System.GetTimestamp());
    }

    /// <summary>In the end two of the three that held everything are gone.</summary>
    [TestMethod]
    [Timeout(180_000)]
    public async Task Scale_ToFiveAndBack_LosesNothing()
    {
        using ProcessCluster cluster = await ProcessCluster.StartAsync(3, secret: "hush");
        using var run = new RecordedRun();
        run.StartRoaming([cluster.Nodes[2], cluster.Nodes[0], cluster.Nodes[1]]);
        await cluster.AddAsync();
        await cluster.AddAsync();
        await cluster.WaitForMembersAsync(5);
        run.StartOnEach(cluster.Nodes.Skip(3));
        foreach (NodeProcess node in cluster.Nodes.Take(2))
        {
            await DrainAsync(node);
            Assert.AreEqual(0, await node.StopAsync());
        }

        await cluster.WaitForMembersAsync(3);
        await run.StopAsync();
        Assert.IsEmpty(run.History.Where(o => o.Outcome == Outcome.Failed));
        await run.CheckAsync(cluster.Running, TimeProvider.System.GetTimestamp());
        await cluster.WaitAsync("three copies of everything", node => ProcessCluster.Ask(node, "INFO", "replication")
            .Contains("underreplicated_partitions:0", StringComparison.Ordinal));
    }

    /// <summary>Over HTTP: others take over, clients that are there are served, new ones are not.</summary>
    private static async Task DrainAsync(NodeProcess node)
    {
        using HttpClient http = new() { BaseAddress = new Uri($"http://{node.Http}") };
        Assert.AreEqual(HttpStatusCode.Accepted, (await http.PostAsync("/drain", null)).StatusCode);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        string progress;
        do
        {
            await ticks.WaitForNextTickAsync(patience.Token);
            progress = await http.GetStringAsync("/drain");
        }
        while (!progress.Contains("\"handover\":\"done\",\"checkpoint\":\"done\"", StringComparison.Ordinal));
    }
}
