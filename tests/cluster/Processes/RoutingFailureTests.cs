using System.Globalization;
using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.Cluster.Tests.Processes;

/// <summary>Real processes: what becomes of routed commands when nodes die.</summary>
[TestClass]
[DoNotParallelize]
public sealed class RoutingFailureTests
{
    private const int Keys = 30;

    [TestMethod]
    [Timeout(180_000)]
    public async Task Kill9_OfOwners_OthersGoOnAtOnce_AndWaitTellsHowManyAreLeft()
    {
        using ProcessCluster cluster = await ProcessCluster.StartAsync(3);
        RespClient[] waiting = [.. Enumerable.Range(0, Keys).Select(i =>
        {
            RespClient client = cluster.Nodes[i % 2].Connect();
            client.Send("BLPOP", Key(i), "0");
            return client;
        })];
        await cluster.WaitAsync("all wait", _ =>
            cluster.Nodes.Where(n => !n.HasExited).Sum(n => Number(n, "clients", "blocked_clients")) == Keys);
        cluster.Nodes[2].Kill();

        // Every key has an owner among the two; some had the one that is gone.
        using (RespClient client = cluster.Nodes[0].Connect())
        {
            long killedAt = TimeProvider.System.GetTimestamp();
            for (int i = 0; i < Keys; i++)
            {
                SetOnce(client, $"lock:{i}");
            }

            TimeSpan took = TimeProvider.System.GetElapsedTime(killedAt);
            Assert.IsLessThan(TimeSpan.FromSeconds(10), took, "no longer than it takes to notice");
            for (int i = 0; i < Keys; i++)
            {
                client.Call("RPUSH", Key(i), "job");
            }
        }

        for (int i = 0; i < Keys; i++)
        {
            Assert.AreEqual("job", waiting[i].Read().Items[1].Text);
            waiting[i].Dispose();
        }

        await cluster.WaitAsync("all jobs gone", node => Count(node, [.. Enumerable.Range(0, Keys).Select(Key)]) == 0);
        using (RespClient client = cluster.Nodes[1].Connect())
        {
            client.Call("SET", "k", "v");
            Assert.AreEqual(1, client.Call("WAIT", "1", "10000").Integer);
            Assert.AreEqual(1, client.Call("WAIT", "2", "100").Integer);
            cluster.Nodes[0].Kill();
            client.Call("SET", "k", "w");
            Assert.AreEqual(0, client.Call("WAIT", "1", "100").Integer);
            Assert.AreEqual(0, client.Call("WAITAOF", "1", "1", "100").Items[1].Integer);
            SetOnce(client, "alone");
        }
    }

    /// <summary>A command that was under way when its node died may end in doubt; nothing else may be wrong.</summary>
    private static void SetOnce(RespClient client, string key)
    {
        RespReply reply = client.Call("SET", key, "v", "NX");
        while (reply.IsError)
        {
            Assert.StartsWith("INDOUBT ", reply.Text);
            reply = client.Call("SET", key, "v", "NX", "GET");
        }
    }

    private static string Key(int i) => string.Create(CultureInfo.InvariantCulture, $"jobs:{i}");

    private static long Count(NodeProcess node, string[] keys)
    {
        using RespClient client = node.Connect();
        return client.Call(["EXISTS", .. keys]).Integer;
    }

    private static long Number(NodeProcess node, string section, string name) => long.Parse(
        ProcessCluster.Ask(node, "INFO", section).Split("\r\n")
            .Single(line => line.StartsWith($"{name}:", StringComparison.Ordinal)).Split(':')[1],
        CultureInfo.InvariantCulture);
}
