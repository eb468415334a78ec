using System.Globalization;
using Marekvs.Testing;
using Marekvs.Testing.Processes;
using StackExchange.Redis;

namespace Marekvs.EndToEnd.Clients;

/// <summary>StackExchange.Redis as a client of a cluster: it sends each command to the node that has the slot.</summary>
[TestClass]
public sealed class StackExchangeClusterTests
{
    private const int Keys = 300;

    [TestMethod]
    [Timeout(180_000)]
    public async Task Client_RoutesBySlots_AndGoesOnWhenANodeDies()
    {
        using ProcessCluster cluster = await ProcessCluster.StartAsync(3);
        var options = ConfigurationOptions.Parse($"{cluster.Nodes[0].Resp}");
        options.AbortOnConnectFail = false;
        options.ConfigCheckSeconds = 1;

        // Keys of a node that took longer go to another one, until the client looks at all nodes again.
        options.ConnectTimeout = 60_000;
        await using ConnectionMultiplexer connection = await ConnectionMultiplexer.ConnectAsync(options);
        IDatabase db = connection.GetDatabase();

        Assert.HasCount(3, connection.GetServers().Where(server => server.ServerType == ServerType.Cluster).ToList());
        await Task.WhenAll(Enumerable.Range(0, Keys).Select(i => db.StringSetAsync(Key(i), i)));
        for (int i = 0; i < Keys; i++)
        {
            Assert.AreEqual(i, await db.StringGetAsync(Key(i)));
        }

        int[] sent = [.. cluster.Nodes.Select(SetsOn)];
        CollectionAssert.AreEqual(KeysOfEach(cluster), sent, $"SET on each node: {string.Join(", ", sent)}");
        await cluster.WaitAsync("all keys everywhere", node => Ask(node, "DBSIZE").Integer == Keys);
        cluster.Nodes[1].Kill();
        for (int i = 0; i < Keys; i++)
        {
            int key = i;
            Assert.AreEqual(key, await PersistentlyAsync(() => db.StringGetAsync(Key(key))));
            await PersistentlyAsync(() => db.StringSetAsync(Key(key), key + 1));
        }

        // What has no node in the eyes of the client goes to any; two of them agree a moment later.
        await cluster.WaitAsync("the new values on those that are left", node =>
            Enumerable.Range(0, Keys).All(i => Ask(node, "GET", Key(i)).Text == $"{i + 1}"));
    }

    /// <summary>How many of the keys are in slots of each node.</summary>
    private static int[] KeysOfEach(ProcessCluster cluster)
    {
        IReadOnlyList<RespReply> ranges = Ask(cluster.Nodes[1], "CLUSTER", "SLOTS").Items;
        long[] ports = [.. Enumerable.Range(0, Keys).Select(i => Ask(cluster.Nodes[1], "CLUSTER", "KEYSLOT", Key(i)).Integer)
            .Select(slot => ranges.Single(range => range.Items[0].Integer <= slot && slot <= range.Items[1].Integer))
            .Select(range => range.Items[2].Items[1].Integer)];
        return [.. cluster.Nodes.Select(node => ports.Count(port => port == node.Resp.Port))];
    }

    private static string Key(int i) => $"key:{i}";

    private static int SetsOn(NodeProcess node) =>
        Ask(node, "INFO", "commandstats").Text.Split("cmdstat_set:calls=") is [_, string calls, ..]
            ? int.Parse(calls.Split(',')[0], CultureInfo.InvariantCulture)
            : 0;

    private static RespReply Ask(NodeProcess node, params string[] command)
    {
        using RespClient client = node.Connect();
        return client.Call(command);
    }

    /// <summary>As applications do: what a dying node did not answer is asked again.</summary>
    private static async Task<T> PersistentlyAsync<T>(Func<Task<T>> ask)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (Exception e) when (e is RedisConnectionException or RedisTimeoutException)
            {
                await ticks.WaitForNextTickAsync(patience.Token);
            }
        }
    }
}
