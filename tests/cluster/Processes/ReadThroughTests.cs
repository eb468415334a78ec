using System.Globalization;
using System.Text;
using Marekvs.Abstractions;
using Marekvs.Abstractions.Records;
using Marekvs.Cluster.Gossip.Placement;
using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.Cluster.Tests.Processes;

/// <summary>Five real nodes with three copies of every partition: each serves every key.</summary>
[TestClass]
[DoNotParallelize]
public sealed class ReadThroughTests
{
    private const int Nodes = 5;
    private const int Copies = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly Dictionary<string, string> Partial = new()
    {
        ["MAREKVS_PARTIAL"] = "true",
        ["MAREKVS_DROP_SECONDS"] = "1",
    };

    [TestMethod]
    [Timeout(240_000)]
    public async Task AnyNode_ServesEveryKey_OfEveryFamily()
    {
        using ProcessCluster cluster = await ProcessCluster.StartAsync(Nodes, settings: Partial);
        await WaitForOwnersAsync(cluster);
        RespClient[] clients = [.. cluster.Nodes.Select(node => node.Connect())];
        await WriteAndReadEveryFamilyAsync(clients);
        await WaitForKeysElsewhereAsync(cluster, clients);
        await WatchKeysElsewhereAsync(clients);
        await ListOwnKeysAsync(clients);
        await FlushEverywhereAsync(clients);
        Array.ForEach(clients, client => client.Dispose());
    }

    private static async Task WriteAndReadEveryFamilyAsync(RespClient[] clients)
    {
        (string[] Write, string[] Read, string Expected)[] families =
        [
            (["SET", "string{0}", "v"], ["GET", "string{0}"], "v"),
            (["INCRBY", "count{0}", "7"], ["GET", "count{0}"], "7"),
            (["HSET", "hash{0}", "f", "v"], ["HGET", "hash{0}", "f"], "v"),
            (["SADD", "set{0}", "m"], ["SISMEMBER", "set{0}", "m"], "1"),
            (["ZADD", "zset{0}", "2.5", "m"], ["ZSCORE", "zset{0}", "m"], "2.5"),
            (["RPUSH", "list{0}", "v"], ["LINDEX", "list{0}", "0"], "v"),
            (["XADD", "stream{0}", "1-1", "f", "v"], ["XLEN", "stream{0}"], "1"),
            (["PFADD", "hll{0}", "v"], ["PFCOUNT", "hll{0}"], "1"),
        ];
        for (int i = 0; i < 40; i++)
        {
            (string[] write, string[] read, string expected) = families[i % families.Length];
            clients[i % Nodes].Call(With(write, i));
            foreach (RespClient client in clients)
            {
                await EventuallyAsync(
                    $"{string.Join(' ', With(read, i))} is {expected}", () => TextOf(client.Call(With(read, i))) == expected,
                    () => TextOf(client.Call(With(read, i))));
            }
        }
    }

    /// <summary>Calls that wait at a node which does not hold the key they wait for.</summary>
    private static async Task WaitForKeysElsewhereAsync(ProcessCluster cluster, RespClient[] clients)
    {
        foreach ((string key, string[] wait, string[] write) in ((string, string[], string[])[])
            [
                ("queue", ["BLPOP", "queue", "0"], ["RPUSH", "queue", "v"]),
                ("feed", ["XREAD", "BLOCK", "0", "STREAMS", "feed", "$"], ["XADD", "feed", "*", "f", "v"]),
                ("best", ["BZPOPMIN", "best", "0"], ["ZADD", "best", "1", "v"]),
            ])
        {
            int away = NodeWithout(key);
            using RespClient waiting = cluster.Nodes[away].Connect();
            Task<RespReply> reply = Task.Run(() => waiting.Call(wait));
            await EventuallyAsync(
                "a client waits", () => BlockedClients(cluster) > 0, () => "nobody");
            clients[OwnersOf(key)[0] - 1].Call(write);
            Assert.AreEqual(key, FirstText(await reply.WaitAsync(Patience)), string.Join(' ', wait));
        }
    }

    private static async Task WatchKeysElsewhereAsync(RespClient[] clients)
    {
        RespClient away = clients[NodeWithout("watched")];
        RespClient owner = clients[OwnersOf("watched")[0] - 1];
        away.Call("SET", "watched", "1");
        away.Call("WATCH", "watched");
        owner.Call("SET", "watched", "2");
        await EventuallyAsync("the change arrives", () => clients.All(c => c == away || TextOf(c.Call("GET", "watched")) == "2"), () => "");
        away.Call("MULTI");
        away.Call("SET", "watched", "3");
        Assert.IsTrue(away.Call("EXEC").IsNull, "somebody else has changed it");
        away.Call("WATCH", "watched");
        away.Call("MULTI");
        away.Call("SET", "watched", "4");
        Assert.IsFalse(away.Call("EXEC").IsNull);
        await EventuallyAsync("all see it", () => clients.All(c => TextOf(c.Call("GET", "watched")) == "4"), () => "");
    }

    /// <summary>Every node has copies of keys of others by now; what it lists and counts are the keys it owns.</summary>
    private static async Task ListOwnKeysAsync(RespClient[] clients)
    {
        clients[NodeWithout("timed")].Call("SET", "timed", "v", "EX", "1000");
        foreach (RespClient client in clients)
        {
            await EventuallyAsync("all have it", () => client.Call("GET", "timed").TextOrNull == "v", () => "nothing");
        }

        string[] all = [.. clients.SelectMany(c => Names(c.Call("KEYS", "*"))).Distinct()];
        long slot = clients[0].Call("CLUSTER", "KEYSLOT", "timed").Integer;
        for (int i = 0; i < Nodes; i++)
        {
            RespClient client = clients[i];
            string[] own = [.. all.Where(key => OwnersOf(key).Contains((ushort)(i + 1))).Order(StringComparer.Ordinal)];
            Assert.IsTrue(own.Length > 0 && own.Length < all.Length, "a node owns a part");
            CollectionAssert.AreEqual(own, Names(client.Call("KEYS", "*")));
            CollectionAssert.AreEqual(own, Names(client.Call("SCAN", "0", "COUNT", "10000").Items[1]));
            Assert.AreEqual(own.Length, client.Call("DBSIZE").Integer);
            Assert.Contains(client.Call("RANDOMKEY").Text, own);

            string[] inSlot = own.Contains("timed") ? ["timed"] : [];
            Assert.AreEqual(inSlot.Length, client.Call("CLUSTER", "COUNTKEYSINSLOT", $"{slot}").Integer);
            CollectionAssert.AreEqual(inSlot, Names(client.Call("CLUSTER", "GETKEYSINSLOT", $"{slot}", "10")));
            Assert.Contains($"keys={own.Length},expires={inSlot.Length}", client.Call("INFO", "keyspace").Text);
        }
    }

    private static string[] Names(RespReply reply) => [.. reply.Items.Select(item => item.Text).Order(StringComparer.Ordinal)];

    private static async Task FlushEverywhereAsync(RespClient[] clients)
    {
        await EventuallyAsync("no copies are counted", () => clients.Sum(c => c.Call("DBSIZE").Integer) % Copies == 0,
            () => clients.Sum(c => c.Call("DBSIZE").Integer).ToString(CultureInfo.InvariantCulture));
        clients[1].Call("FLUSHALL");
        await EventuallyAsync(
            "every node is empty", () => clients.All(c => c.Call("DBSIZE").Integer == 0 && c.Call("GET", "string0").IsNull),
            () => string.Join(' ', clients.Select(c => c.Call("DBSIZE").Integer)));
    }

    private static string[] With(string[] command, int number) =>
        [.. command.Select(word => word.Replace("{0}", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal))];

    private static string TextOf(RespReply reply) => reply.TextOrNull ?? reply.ToString();

    private static string FirstText(RespReply reply) => reply.Items.Count > 0 ? FirstText(reply.Items[0]) : reply.Text;

    private static long BlockedClients(ProcessCluster cluster) =>
        cluster.Nodes.Sum(node => Figure(ProcessCluster.Ask(node, "INFO", "clients"), "blocked_clients"));

    private static ushort[] OwnersOf(string key) =>
        Rendezvous.Place([.. Enumerable.Range(1, Nodes).Select(n => new PlacementNode((ushort)n, ""))], Copies)
            .Of(KeyAddress.PartitionOf(Encoding.ASCII.GetBytes(key))).ToArray();

    private static int NodeWithout(string key) =>
        Enumerable.Range(0, Nodes).First(i => !OwnersOf(key).Contains((ushort)(i + 1)));

    private static Task WaitForOwnersAsync(ProcessCluster cluster) => cluster.WaitAsync(
        "every node holds what it owns and keeps nothing else",
        node =>
        {
            string info = ProcessCluster.Ask(node, "INFO", "cluster");
            long owned = Figure(info, "cluster_partitions_owned");
            return owned is > 0 and < Limits.Partitions && Figure(info, "cluster_partitions_held") == owned &&
                Figure(info, "cluster_partitions_kept") == owned;
        });

    private static long Figure(string info, string name)
    {
        string line = info.Split("\r\n").First(line => line.StartsWith(name + ":", StringComparison.Ordinal));
        return long.Parse(line[(name.Length + 1)..], CultureInfo.InvariantCulture);
    }

    private static async Task EventuallyAsync(string what, Func<bool> holds, Func<string> found)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!holds())
        {
            try
            {
                await ticks.WaitForNextTickAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"not within {Patience}: {what}, but {found()}");
            }
        }
    }
}
