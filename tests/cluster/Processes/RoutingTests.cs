using System.Collections.Concurrent;
using System.Globalization;
using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.Cluster.Tests.Processes;

/// <summary>Real processes: what takes something away or looks before it writes behaves as on one node.</summary>
[TestClass]
[DoNotParallelize]
public sealed class RoutingTests
{
    private static ProcessCluster? s_cluster;

    private static ProcessCluster Cluster => s_cluster!;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        s_cluster = await ProcessCluster.StartAsync(3);
        await WaitUntilRoutedAsync();
    }

    [ClassCleanup]
    public static void Stop() => s_cluster?.Dispose();

    [TestMethod]
    [Timeout(120_000)]
    public void SetNx_RacedByAHundredClientsOnAllNodes_SucceedsOnce()
    {
        for (int round = 0; round < 5; round++)
        {
            string key = $"lock:{round}";
            string?[] replies = OnAllNodes(100, (client, i) => client.Call("SET", key, Text(i), "NX", "PX", "30000").TextOrNull);
            Assert.HasCount(1, replies.Where(reply => reply == "OK").ToArray(), key);

            // The loser sees the winner's lock at once, wherever it is.
            string?[] holders = OnAllNodes(6, (client, _) =>
            {
                Assert.IsNull(client.Call("SET", key, "late", "NX").TextOrNull);
                return client.Call("GET", key).TextOrNull;
            });
            Assert.HasCount(1, holders.Distinct().ToArray());
        }
    }

    [TestMethod]
    [Timeout(120_000)]
    public async Task LPop_FromAllNodesAtOnce_GivesEveryElementOnce()
    {
        const int Elements = 600;
        using (RespClient client = Cluster.Nodes[0].Connect())
        {
            for (int i = 0; i < Elements; i++)
            {
                client.Call("RPUSH", "queue", Text(i));
            }
        }

        await Cluster.WaitAsync("the whole queue everywhere", node => Count(node, "LLEN", "queue") == Elements);
        var taken = new ConcurrentBag<string>();
        OnAllNodes(12, (client, _) =>
        {
            while (client.Call("LPOP", "queue").TextOrNull is { } element)
            {
                taken.Add(element);
            }

            return "";
        });
        Assert.HasCount(Elements, taken);
        Assert.HasCount(Elements, taken.Distinct().ToArray());
    }

    [TestMethod]
    [Timeout(120_000)]
    public async Task XReadGroup_FromAllNodesAtOnce_DeliversEveryEntryOnce()
    {
        const int Entries = 300;
        using (RespClient client = Cluster.Nodes[1].Connect())
        {
            client.Call("XGROUP", "CREATE", "stream", "group", "$", "MKSTREAM");
            for (int i = 0; i < Entries; i++)
            {
                client.Call("XADD", "stream", "*", "n", Text(i));
            }
        }

        await Cluster.WaitAsync("the whole stream everywhere", node => Count(node, "XLEN", "stream") == Entries);
        var delivered = new ConcurrentBag<string>();
        OnAllNodes(12, (client, i) =>
        {
            while (client.Call("XREADGROUP", "GROUP", "group", $"c{i}", "COUNT", "2", "STREAMS", "stream", ">") is
                { Items.Count: > 0 } reply)
            {
                foreach (RespReply entry in reply.Items[0].Items[1].Items)
                {
                    delivered.Add(entry.Items[0].Text);
                    Assert.AreEqual(1, client.Call("XACK", "stream", "group", entry.Items[0].Text).Integer);
                }
            }

            return "";
        });
        Assert.HasCount(Entries, delivered);
        Assert.HasCount(Entries, delivered.Distinct().ToArray());
        await Cluster.WaitAsync("nothing pending anywhere", node =>
        {
            using RespClient client = node.Connect();
            return client.Call("XPENDING", "stream", "group").Items[0].Integer == 0;
        });
    }

    [TestMethod]
    [Timeout(120_000)]
    public async Task BlPop_OnOneNode_IsServedByAPushOnAnother()
    {
        for (int i = 0; i < 9; i++)
        {
            string key = $"wait:{i}";
            using RespClient waiting = Cluster.Nodes[i % 3].Connect();
            waiting.Send("BLPOP", key, "0");
            await Cluster.WaitAsync("a client waits", _ => Blocked() > 0);
            using RespClient pushing = Cluster.Nodes[(i + 1) % 3].Connect();
            pushing.Call("RPUSH", key, "job");
            Assert.AreEqual("job", waiting.Read().Items[1].Text);
            await Cluster.WaitAsync("the list is gone", node => Count(node, "EXISTS", key) == 0);
        }
    }

    /// <summary>Workers that look at many queues, each in an order of its own.</summary>
    [TestMethod]
    [Timeout(120_000)]
    public void BrPop_OfManyKeysOnAllNodes_GivesEveryElementOnce()
    {
        const int Elements = 400;
        string[] queues = [.. Enumerable.Range(0, 6).Select(i => $"work:{i}")];
        var taken = new ConcurrentBag<string>();
        OnAllNodes(10, (client, i) =>
        {
            if (i == 9)
            {
                for (int j = 0; j < Elements; j++)
                {
                    client.Call("LPUSH", queues[j % 6], Text(j));
                }

                return "";
            }

            string[] order = [.. queues.Skip(i % 6), .. queues.Take(i % 6)];
            while (client.Call(["BRPOP", .. order, "2"]) is { IsNull: false } reply)
            {
                taken.Add(reply.Items[1].Text);
            }

            return "";
        });
        Assert.HasCount(Elements, taken);
        Assert.HasCount(Elements, taken.Distinct().ToArray());
    }

    [TestMethod]
    [Timeout(120_000)]
    public async Task BlPop_WhoseTimeIsUpOrIsUnblocked_AnswersAsOnOneNode()
    {
        for (int i = 0; i < 3; i++)
        {
            using RespClient waiting = Cluster.Nodes[i].Connect();
            using RespClient other = Cluster.Nodes[i].Connect();
            string id = Text(waiting.Call("CLIENT", "ID").Integer);
            Assert.IsTrue(waiting.Call("BLPOP", "never", "0.05").IsNull);
            foreach (string how in new[] { "TIMEOUT", "ERROR" })
            {
                waiting.Send("BLPOP", "never", "0");
                await Cluster.WaitAsync("a client waits", _ => Blocked() > 0);
                Assert.AreEqual(1, other.Call("CLIENT", "UNBLOCK", id, how).Integer);
                RespReply reply = waiting.Read();
                Assert.IsTrue(how == "TIMEOUT" ? reply.IsNull : reply.Text.StartsWith("UNBLOCKED", StringComparison.Ordinal));
            }
        }

        await Cluster.WaitAsync("nobody waits", node => Blocked(node) == 0);
    }

    [TestMethod]
    [Timeout(120_000)]
    public void OwnWrites_AreSeenByRoutedCommands_AndTheirEffectsByReads()
    {
        OnAllNodes(6, (client, i) =>
        {
            for (int j = 0; j < 50; j++)
            {
                string key = $"own:{i}:{j}";
                client.Call("RPUSH", key, "a", "b");
                Assert.AreEqual("a", client.Call("LPOP", key).Text);
                Assert.AreEqual(1, client.Call("LLEN", key).Integer);
                Assert.AreEqual("OK", client.Call("SET", $"{key}:lock", "v", "NX").Text);
                Assert.AreEqual("v", client.Call("GET", $"{key}:lock").Text);
                Assert.AreEqual("v", client.Call("GETDEL", $"{key}:lock").Text);
                Assert.AreEqual(0, client.Call("EXISTS", $"{key}:lock").Integer);
            }

            return "";
        });
    }

    [TestMethod]
    [Timeout(120_000)]
    public void Transaction_OnOnePartition_RunsWholeAtTheOwner()
    {
        for (int i = 0; i < 3; i++)
        {
            using RespClient client = Cluster.Nodes[i].Connect();
            client.Call("RPUSH", "{tx}list", "a", "b");
            client.Call("MULTI");
            client.Call("LPOP", "{tx}list");
            client.Call("SET", "{tx}last", "x", "NX");
            client.Call("LLEN", "{tx}list");
            IReadOnlyList<RespReply> replies = client.Call("EXEC").Items;
            Assert.AreEqual("a", replies[0].Text);
            Assert.AreEqual("OK", replies[1].Text);
            Assert.AreEqual(1, replies[2].Integer);
            client.Call("DEL", "{tx}list", "{tx}last");
        }
    }

    /// <summary>Compare and set, as clients do it that watch a key: no update is lost on whatever node they are.</summary>
    [TestMethod]
    [Timeout(120_000)]
    public async Task WatchedKey_RaisedByClientsOnAllNodes_LosesNoUpdate()
    {
        const int Clients = 6;
        const int Updates = 15;
        OnAllNodes(Clients, (client, _) =>
        {
            for (int done = 0; done < Updates;)
            {
                client.Call("WATCH", "account");
                long balance = long.Parse(client.Call("GET", "account").TextOrNull ?? "0", CultureInfo.InvariantCulture);
                client.Call("MULTI");
                client.Call("SET", "account", Text(balance + 1));
                done += client.Call("EXEC").IsNull ? 0 : 1;
            }

            return "";
        });
        await Cluster.WaitAsync("every update everywhere", node =>
            ProcessCluster.Ask(node, "GET", "account") == Text(Clients * Updates));
    }

    [TestMethod]
    [Timeout(120_000)]
    public void LargeRepliesAndValues_TravelWhole()
    {
        string value = new('v', 2_000_000);
        for (int i = 0; i < 3; i++)
        {
            using RespClient client = Cluster.Nodes[i].Connect();
            Assert.AreEqual("OK", client.Call("SET", "large", value, "NX").Text);
            Assert.AreEqual(value, client.Call("GETDEL", "large").Text);
        }
    }

    [TestMethod]
    [Timeout(120_000)]
    public void Wait_CountsTheOwnersThatHaveTheLastWrite()
    {
        for (int i = 0; i < 3; i++)
        {
            using RespClient client = Cluster.Nodes[i].Connect();
            for (int j = 0; j < 5; j++)
            {
                client.Call("SET", $"wait:{j}", "v");
                Assert.AreEqual(2, client.Call("WAIT", "2", "5000").Integer);

                // Written at some owner, which is asked.
                Assert.AreEqual("OK", client.Call("SET", $"wait:{i}:{j}", "v", "NX").Text);
                Assert.AreEqual(2, client.Call("WAIT", "2", "5000").Integer);
                IReadOnlyList<RespReply> synced = client.Call("WAITAOF", "1", "2", "5000").Items;
                Assert.AreEqual(1, synced[0].Integer);
                Assert.AreEqual(2, synced[1].Integer);
            }

            Assert.AreEqual(2, client.Call("WAIT", "3", "50").Integer);
        }
    }

    /// <summary>Waits until no node would run such a command by itself for want of the owner.</summary>
    private static Task WaitUntilRoutedAsync() => Cluster.WaitAsync("every node has its peers in step", node =>
    {
        string before = Figure(node, "routed_calls_local_total");
        using RespClient client = node.Connect();
        for (int i = 0; i < 20; i++)
        {
            client.Call("SET", $"step:{i}", "v", "NX");
        }

        return Figure(node, "routed_calls_total") != "0" && Figure(node, "routed_calls_local_total") == before;
    });

    private static string Figure(NodeProcess node, string name) => ProcessCluster.Ask(node, "INFO", "cluster")
        .Split("\r\n").Single(line => line.StartsWith($"cluster_{name}:", StringComparison.Ordinal)).Split(':')[1];

    private static string?[] OnAllNodes(int clients, Func<RespClient, int, string?> work)
    {
        Task<string?>[] tasks = [.. Enumerable.Range(0, clients).Select(i => Task.Factory.StartNew(
            () =>
            {
                using RespClient client = Cluster.Nodes[i % 3].Connect();
                return work(client, i);
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        return Task.WhenAll(tasks).GetAwaiter().GetResult();
    }

    private static long Blocked() => Cluster.Nodes.Sum(Blocked);

    private static long Blocked(NodeProcess node) => long.Parse(
        ProcessCluster.Ask(node, "INFO", "clients").Split("\r\n")
            .Single(line => line.StartsWith("blocked_clients:", StringComparison.Ordinal)).Split(':')[1],
        CultureInfo.InvariantCulture);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static long Count(NodeProcess node, params string[] command)
    {
        using RespClient client = node.Connect();
        return client.Call(command).Integer;
    }
}
