using System.Globalization;
using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.Cluster.Tests.Processes;

/// <summary>A disk that is replaced under the same number, and a node that hands over and is killed.</summary>
[TestClass]
public sealed class MaintenanceTests
{
    private const int Keys = 400;

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

    private static long Count(NodeProcess node, params string[] command)
    {
        using RespClient client = node.Connect();
        RespReply reply = client.Call(command);
        return reply.IsError ? -1 : reply.Integer;
    }
}
