using System.Globalization;
using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.Cluster.Tests.Processes;

/// <summary>What operators do to a cluster that is in use: nothing that was acknowledged is lost, and no client is told no.
/// </summary>
[TestClass]
[DoNotParallelize]
public sealed class MaintenanceTests
{
    private const int Keys = 400;

    [TestMethod]
    [Timeout(180_000)]
    public async Task Restart_OfOneNodeAfterTheOther_FailsNoRequest()
    {
        using ProcessCluster cluster = await ProcessCluster.StartAsync(3);
        using var first = new RestlessClient(cluster, 0);
        using var second = new RestlessClient(cluster, 1);
        first.Start();
        second.Start();
        foreach (NodeProcess node in cluster.Nodes)
        {
            Assert.AreEqual(0, await node.StopAsync());
            await node.RestartAsync();
            await cluster.WaitForMembersAsync(3);
        }

        await first.StopAsync();
        await second.StopAsync();
        Assert.IsEmpty(first.Failures.Concat(second.Failures));
        Assert.IsGreaterThan(100, first.Written);
        int all = first.Written + second.Written;
        await cluster.WaitAsync("every write on every node", node => Reachable(node, first, second) == all);
    }

    [TestMethod]
    [Timeout(180_000)]
    public async Task Disk_Replaced_IsFilledAgainByTheOthers()
    {
        using ProcessCluster cluster = await ProcessCluster.StartAsync(3);
        Fill(cluster.Nodes[0]);
        Count(cluster.Nodes[2], "INCR", "counter");
        await cluster.WaitAsync("all data everywhere", HasAll);
        await cluster.WaitAsync("the counter everywhere", node => Count(node, "EXISTS", "counter") == 1);
        cluster.Nodes[2].Kill();
        cluster.Wipe(cluster.Nodes[2]);
        await cluster.Nodes[2].RestartAsync();
        await cluster.WaitForMembersAsync(3);

        Assert.IsTrue(HasAll(cluster.Nodes[2]), "it serves only with all data");
        Count(cluster.Nodes[2], "INCR", "counter");
        await cluster.WaitAsync(
            "an increment under the same number adds to the one before",
            node => ProcessCluster.Ask(node, "GET", "counter") == "2");
    }

    [TestMethod]
    [Timeout(240_000)]
    public async Task Scale_ThreeToFiveToThree_LosesNothing()
    {
        using ProcessCluster cluster = await ProcessCluster.StartAsync(3);
        Fill(cluster.Nodes[0]);
        using var client = new RestlessClient(cluster, 0);
        client.Start();
        await cluster.AddAsync();
        await cluster.AddAsync();
        await cluster.WaitForMembersAsync(5);
        Assert.AreEqual(0, await cluster.Nodes[1].StopAsync());
        Assert.AreEqual(0, await cluster.Nodes[2].StopAsync());
        await cluster.WaitForMembersAsync(3);
        await client.StopAsync();

        Assert.IsEmpty(client.Failures);
        await cluster.WaitAsync("all data is read on every node that is left", HasAll);
        await cluster.WaitAsync("all writes too", node => Reachable(node, client) == client.Written);
    }

    [TestMethod]
    [Timeout(120_000)]
    public async Task Drain_HandsOverAndKeepsServing()
    {
        using ProcessCluster cluster = await ProcessCluster.StartAsync(3);
        Fill(cluster.Nodes[2]);
        using HttpClient http = new() { BaseAddress = new Uri($"http://{cluster.Nodes[2].Http}") };
        Assert.IsTrue((await http.PostAsync("/drain", content: null)).IsSuccessStatusCode);
        await cluster.WaitAsync("the hand-over is done", _ => http.GetStringAsync("/drain").GetAwaiter().GetResult()
            .Contains("\"handover\":\"done\"", StringComparison.Ordinal));
        Assert.Contains("state=leaving", ProcessCluster.Ask(cluster.Nodes[0], "INFO", "replication"));
        cluster.Nodes[2].Kill();
        Assert.IsTrue(HasAll(cluster.Nodes[0]));
        Assert.IsTrue(HasAll(cluster.Nodes[1]));
    }

    private static void Fill(NodeProcess node)
    {
        using RespClient client = node.Connect();
        for (int i = 0; i < Keys; i++)
        {
            Assert.AreEqual("OK", client.Call("SET", Key(i), "v").Text);
        }
    }

    private static string Key(int i) => string.Create(CultureInfo.InvariantCulture, $"key:{i}");

    private static bool HasAll(NodeProcess node) =>
        Count(node, ["EXISTS", .. Enumerable.Range(0, Keys).Select(Key)]) == Keys;

    /// <summary>How many of the clients' writes can be read on a node.</summary>
    private static long Reachable(NodeProcess node, params RestlessClient[] clients) => clients
        .SelectMany((client, number) => Enumerable.Range(0, client.Written).Select(i => RestlessClient.Key(number, i)))
        .Chunk(500)
        .Sum(keys => Count(node, ["EXISTS", .. keys]));

    private static long Count(NodeProcess node, params string[] command)
    {
        using RespClient client = node.Connect();
        RespReply reply = client.Call(command);
        return reply.IsError ? -1 : reply.Integer;
    }
}
