using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.Cluster.Tests.Processes;

/// <summary>Real processes: what is written on one node is felt by clients of another.</summary>
[TestClass]
[DoNotParallelize]
public sealed class RemoteEffectTests
{
    [TestMethod]
    [Timeout(180_000)]
    public async Task Write_OnOneNode_IsFeltByClientsOfAnother()
    {
        using ProcessCluster cluster = await ProcessCluster.StartAsync(
            2, settings: new() { ["MAREKVS_NOTIFY_KEYSPACE_EVENTS"] = "KEA", ["MAREKVS_NOTIFY_REMOTE_EVENTS"] = "true" });
        using RespClient writer = cluster.Nodes[0].Connect();
        using RespClient other = cluster.Nodes[1].Connect();

        other.Send("BLPOP", "jobs", "0");
        writer.Call("RPUSH", "jobs", "a");
        Assert.AreEqual("a", other.Read().Items[1].Text, "a waiting call is served");

        other.Send("XREAD", "BLOCK", "0", "STREAMS", "log", "$");
        await cluster.WaitAsync("the reader to wait", node => node != cluster.Nodes[1] ||
            ProcessCluster.Ask(node, "INFO", "clients").Contains("blocked_clients:1", StringComparison.Ordinal));
        writer.Call("XADD", "log", "1-1", "f", "v");
        Assert.AreEqual("log", other.Read().Items[0].Items[0].Text, "a waiting reader is served");

        await RemotelyAsync(cluster, writer, "watched", "1");
        other.Call("WATCH", "watched");
        await RemotelyAsync(cluster, writer, "watched", "2");
        other.Call("MULTI");
        other.Call("SET", "watched", "3");
        Assert.IsTrue(other.Call("EXEC").IsNull, "a transaction fails when what it watches was changed");

        other.Call("HELLO", "3");
        other.Call("CLIENT", "TRACKING", "ON");
        Assert.AreEqual("2", other.Call("GET", "watched").Text);
        writer.Call("SET", "watched", "4");
        RespReply push = other.Read();
        Assert.AreEqual("invalidate", push.Items[0].Text);
        Assert.AreEqual("watched", push.Items[1].Items[0].Text, "a client's copy is invalidated");

        using RespClient listener = cluster.Nodes[1].Connect();
        listener.Call("SUBSCRIBE", "__keyspace@0__:told");
        writer.Call("SET", "told", "1");
        Assert.AreEqual("replicated", listener.Read().Items[2].Text, "a notification is raised where a write arrives");
        writer.Call("DEL", "told");
        Assert.AreEqual("del", listener.Read().Items[2].Text);
    }

    private static async Task RemotelyAsync(ProcessCluster cluster, RespClient writer, string key, string value)
    {
        writer.Call("SET", key, value);
        await cluster.WaitAsync($"{key} to be {value}", node => ProcessCluster.Ask(node, "GETRANGE", key, "0", "-1") == value);
    }
}
