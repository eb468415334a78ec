using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.Cluster.Tests.Processes;

/// <summary>Real processes: clients on different nodes talk to each other.</summary>
[TestClass]
[DoNotParallelize]
public sealed class PublishTests
{
    private const int Messages = 1000;

    [TestMethod]
    [Timeout(180_000)]
    public async Task Publish_OnAnyNode_ReachesListenersOfAll_InOrder()
    {
        using ProcessCluster cluster = await ProcessCluster.StartAsync(3, secret: "hush");
        using RespClient channel = cluster.Nodes[1].Connect();
        using RespClient pattern = cluster.Nodes[2].Connect();
        using RespClient shard = cluster.Nodes[2].Connect();
        channel.Call("SUBSCRIBE", "news");
        pattern.Call("PSUBSCRIBE", "n*");
        shard.Call("SSUBSCRIBE", "news");

        // Until the first node knows who listens.
        using RespClient publisher = cluster.Nodes[0].Connect();
        await cluster.WaitAsync("the first node to know of the listeners", _ =>
        {
            publisher.Call("PUBLISH", "nothing", "x");
            publisher.Call("SPUBLISH", "news", "begin");
            return Sent(cluster.Nodes[0]) >= 2;
        });
        for (int i = 0; i < Messages; i++)
        {
            Assert.AreEqual(0, publisher.Call("PUBLISH", "news", $"{i}").Integer);
        }

        publisher.Call("SPUBLISH", "news", "end");
        for (int i = 0; i < Messages; i++)
        {
            Assert.AreEqual($"{i}", channel.Read().Items[2].Text);
        }

        CollectionAssert.AreEqual(
            Enumerable.Range(0, Messages).Select(i => $"{i}").ToList(),
            Read(pattern, 3).Where(text => text != "x").Take(Messages).ToList());
        Assert.Contains("end", Read(shard, 2).Take(1000));
        Assert.Contains("cluster_publish_dropped_total:0", ProcessCluster.Ask(cluster.Nodes[0], "INFO", "cluster"));
        Assert.AreEqual("", ProcessCluster.Ask(cluster.Nodes[0], "PUBSUB", "CHANNELS"));
    }

    /// <summary>A node that was killed has forgotten who listened; those of the others are told to it anew.</summary>
    [TestMethod]
    [Timeout(180_000)]
    public async Task Publish_OnANodeThatCameBack_ReachesTheOthers()
    {
        using ProcessCluster cluster = await ProcessCluster.StartAsync(2);
        using RespClient listener = cluster.Nodes[0].Connect();
        listener.Call("SUBSCRIBE", "news");
        cluster.Nodes[1].Kill();
        await cluster.Nodes[1].RestartAsync();
        await cluster.WaitForMembersAsync(2);
        using RespClient publisher = cluster.Nodes[1].Connect();
        publisher.Call("PUBLISH", "news", "m");

        Assert.AreEqual("m", listener.Read().Items[2].Text);
    }

    private static IEnumerable<string> Read(RespClient listener, int payload)
    {
        while (true)
        {
            yield return listener.Read().Items[payload].Text;
        }
    }

    private static int Sent(NodeProcess node) => ProcessCluster.Ask(node, "INFO", "cluster")
        .Split("\r\n")
        .Where(line => line.StartsWith("cluster_publish_sent_total:", StringComparison.Ordinal))
        .Select(line => int.Parse(line["cluster_publish_sent_total:".Length..], System.Globalization.CultureInfo.InvariantCulture))
        .SingleOrDefault();
}
