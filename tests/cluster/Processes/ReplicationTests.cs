using System.Globalization;
using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.Cluster.Tests.Processes;

/// <summary>Real processes are one database: what is written on one is read on all.</summary>
[TestClass]
public sealed class ReplicationTests
{
    private const int Keys = 300;

    [TestMethod]
    [Timeout(180_000)]
    public async Task Writes_OnAnyNode_AreReadOnAll()
    {
        using ProcessCluster cluster = await ProcessCluster.StartAsync(3, secret: "hush");
        for (int i = 0; i < 3; i++)
        {
            using RespClient client = cluster.Nodes[i].Connect();
            client.Call("SET", $"key:{i}", "v");
            for (int j = 0; j < 100; j++)
            {
                client.Call("INCR", "counter");
                client.Call("SADD", "set", $"{i}:{j}");
                client.Call("HSET", "hash", $"{i}:{j}", "v");
            }
        }

        await cluster.WaitAsync("all writes everywhere", node =>
            ProcessCluster.Ask(node, "GET", "counter") == "300" &&
            Count(node, "SCARD", "set") == 300 && Count(node, "HLEN", "hash") == 300 &&
            Count(node, "EXISTS", "key:0", "key:1", "key:2") == 3);

        using (RespClient client = cluster.Nodes[1].Connect())
        {
            client.Call("DEL", "counter", "set", "key:0");
        }

        await cluster.WaitAsync("what is deleted is gone everywhere", node =>
            Count(node, "EXISTS", "counter", "set", "key:0") == 0 && Count(node, "DBSIZE") == 3);
    }

    /// <summary>Longer than a frame, and than what may wait for a peer.</summary>
    [TestMethod]
    [Timeout(180_000)]
    public async Task Value_OfAnySize_IsReadOnAll()
    {
        const int Large = 100_000_000;
        using ProcessCluster cluster = await ProcessCluster.StartAsync(2);
        using (RespClient client = cluster.Nodes[0].Connect())
        {
            client.Call("SETRANGE", "large", $"{Large - 1}", "x");
            client.Call("SET", "small", "v");
        }

        await cluster.WaitAsync("the large value everywhere", node =>
            Count(node, "STRLEN", "large") == Large && Count(node, "EXISTS", "small") == 1);
    }

    [TestMethod]
    [Timeout(180_000)]
    public async Task Kill9_ThenWritesElsewhere_TheNodeComesBackWithAll()
    {
        using ProcessCluster cluster = await ProcessCluster.StartAsync(3);
        Write(cluster.Nodes[2], "before");
        cluster.Nodes[2].Kill();
        Write(cluster.Nodes[0], "meanwhile");

        await cluster.Nodes[2].RestartAsync();
        await cluster.WaitForMembersAsync(3);

        // It serves only once it has caught up, so this holds at once.
        Assert.AreEqual(2 * Keys, Count(cluster.Nodes[2], "DBSIZE"));
        await cluster.WaitAsync("the others have what the killed one wrote", node => Count(node, "DBSIZE") == 2 * Keys);
    }

    [TestMethod]
    [Timeout(180_000)]
    public async Task Join_OfANewNode_ServesOnlyWithAllData()
    {
        using ProcessCluster cluster = await ProcessCluster.StartAsync(2);
        Write(cluster.Nodes[0], "a");
        Write(cluster.Nodes[1], "b");
        NodeProcess joined = await cluster.AddAsync();
        await cluster.WaitForMembersAsync(3);

        Assert.AreEqual(2 * Keys, Count(joined, "DBSIZE"));
    }

    [TestMethod]
    [Timeout(180_000)]
    public async Task Stop_InOrder_LeavesNothingBehindThatTheOthersLack()
    {
        using ProcessCluster cluster = await ProcessCluster.StartAsync(3);
        Write(cluster.Nodes[1], "last");
        Assert.AreEqual(0, await cluster.Nodes[1].StopAsync());

        Assert.AreEqual(Keys, Count(cluster.Nodes[0], "DBSIZE"));
        Assert.AreEqual(Keys, Count(cluster.Nodes[2], "DBSIZE"));
    }

    private static void Write(NodeProcess node, string prefix)
    {
        using RespClient client = node.Connect();
        for (int i = 0; i < Keys; i++)
        {
            Assert.AreEqual("OK", client.Call("SET", string.Create(CultureInfo.InvariantCulture, $"{prefix}:{i}"), "v").Text);
        }
    }

    private static long Count(NodeProcess node, params string[] command)
    {
        using RespClient client = node.Connect();
        RespReply reply = client.Call(command);
        return reply.IsError ? -1 : reply.Integer;
    }
}
