using System.Globalization;
using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.Cluster.Tests.Processes;

/// <summary>Real processes on loopback: who sees whom when nodes come, go and come back.</summary>
[TestClass]
public sealed class ThreeNodesTests
{
    [TestMethod]
    [Timeout(120_000)]
    public async Task Kill9_IsSeenAsDown_AndBackAfterTheRestart()
    {
        using ProcessCluster cluster = await ProcessCluster.StartAsync(3, secret: "hush");
        NodeProcess victim = cluster.Nodes[2];
        string id = Id(victim);
        victim.Kill();

        await cluster.WaitForMembersAsync(2);
        Assert.Contains($"{id} ", LineOf(cluster.Nodes[0], id));
        Assert.Contains("master,fail", LineOf(cluster.Nodes[0], id));
        Assert.Contains("underreplicated_partitions:4096", ProcessCluster.Ask(cluster.Nodes[0], "INFO", "replication"));

        await victim.RestartAsync();
        await cluster.WaitForMembersAsync(3);
        Assert.AreEqual(id, Id(victim));
        await cluster.WaitAsync(
            "the same slots everywhere", node => Slots(node) == Slots(cluster.Nodes[0]));
    }

    [TestMethod]
    [Timeout(120_000)]
    public async Task Stop_InOrder_IsTakenForLeftAtOnce_AndAFourthNodeJoins()
    {
        using ProcessCluster cluster = await ProcessCluster.StartAsync(3);
        string id = Id(cluster.Nodes[1]);
        Assert.AreEqual(0, await cluster.Nodes[1].StopAsync());
        await cluster.WaitForMembersAsync(2);
        Assert.DoesNotContain(id, ProcessCluster.Ask(cluster.Nodes[0], "CLUSTER", "NODES"));

        await cluster.AddAsync();
        await cluster.WaitForMembersAsync(3);
        Assert.Contains("underreplicated_partitions:0", ProcessCluster.Ask(cluster.Nodes[3], "INFO", "replication"));
    }

    /// <summary>The seed itself may be the one that comes back: what it remembers leads it to the others.</summary>
    [TestMethod]
    [Timeout(120_000)]
    public async Task Seed_KilledAndRestarted_FindsTheOthersByMemory()
    {
        using ProcessCluster cluster = await ProcessCluster.StartAsync(3);
        cluster.Nodes[0].Kill();
        await cluster.WaitForMembersAsync(2);
        await cluster.Nodes[0].RestartAsync();
        await cluster.WaitForMembersAsync(3);
    }

    private static string Id(NodeProcess node) => ProcessCluster.Ask(node, "CLUSTER", "MYID");

    private static string LineOf(NodeProcess node, string id) => ProcessCluster.Ask(node, "CLUSTER", "NODES")
        .Split('\n')
        .Single(line => line.StartsWith(id, StringComparison.Ordinal));

    private static string Slots(NodeProcess node)
    {
        using RespClient client = node.Connect();
        RespReply ranges = client.Call("CLUSTER", "SLOTS");
        return string.Join(' ', ranges.Items.Select(range => string.Create(
            CultureInfo.InvariantCulture,
            $"{range.Items[0].Integer}-{range.Items[1].Integer}:{string.Join('/', range.Items.Skip(2).Select(o => o.Items[2].Text))}")));
    }
}
