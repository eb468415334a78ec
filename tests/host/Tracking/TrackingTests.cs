using System.Globalization;
using Marekvs.Host.Tests.Access;
using Marekvs.Host.Tests.Startup;
using Marekvs.Testing;

namespace Marekvs.Host.Tests.Tracking;

/// <summary>What the comparison with redis-server does not reach: expiry, bounds, connections that go.</summary>
[TestClass]
public sealed class TrackingTests
{
    private const string Null = ">2\r\n$10\r\ninvalidate\r\n_\r\n";

    [TestMethod]
    public async Task Set_ByTheReaderItself_IsToldAfterTheReply()
    {
        await using TestNode node = await AclNode.StartAsync();
        using RedisConnection client = Connect(node);
        client.Run("CLIENT TRACKING ON");
        client.Run("GET k");
        client.Send("SET k v");
        client.Send("GET k");
        Assert.AreEqual("+OK\r\n", client.ReadReply());
        Assert.AreEqual(Invalidation("k"), client.ReadReply());
        Assert.AreEqual("$1\r\nv\r\n", client.ReadReply());
        Assert.AreEqual("+OK\r\n", client.Run("FLUSHALL"));
        Assert.AreEqual(Null, client.ReadReply());
    }

    [TestMethod]
    public async Task Expiry_KeyThatWasRead_IsTold()
    {
        await using TestNode node = await AclNode.StartAsync();
        using RedisConnection client = Connect(node);
        using RedisConnection other = node.Connect();
        other.Run("SET k v PX 30");
        client.Run("CLIENT TRACKING ON");
        Assert.AreEqual("$1\r\nv\r\n", client.Run("GET k"));
        Assert.AreEqual(Invalidation("k"), client.ReadReply());
    }

    [TestMethod]
    public async Task Expiry_FieldOfAHashThatWasRead_IsTold()
    {
        await using TestNode node = await AclNode.StartAsync();
        using RedisConnection client = Connect(node);
        using RedisConnection other = node.Connect();
        other.Run("HSET h f v g w");
        client.Run("CLIENT TRACKING ON");
        client.Run("HGET h g");
        other.Run("HPEXPIRE h 30 FIELDS 1 f");
        Assert.AreEqual(Invalidation("h"), client.ReadReply());
        client.Run("HGET h g");
        Assert.AreEqual(Invalidation("h"), client.ReadReply());
    }

    [TestMethod]
    public async Task TableMaxKeys_Reached_ForgetsKeysAndTells()
    {
        await using TestNode node = await AclNode.StartAsync();
        using RedisConnection client = Connect(node);
        using RedisConnection other = node.Connect();
        client.Run("CLIENT TRACKING ON");
        client.Run("MGET a b c");
        other.Run("CONFIG SET tracking-table-max-keys 1");
        string[] told = [client.ReadReply(), client.ReadReply()];
        CollectionAssert.IsSubsetOf(told, new[] { Invalidation("a"), Invalidation("b"), Invalidation("c") });
        Assert.AreNotEqual(told[0], told[1]);
        Assert.AreEqual((1L, 1L, 0L), Figures(other));
        client.Send("GET d");
        Assert.AreEqual("_\r\n", client.ReadReply());
        StringAssert.StartsWith(client.ReadReply(), ">2\r\n$10\r\ninvalidate\r\n");
        Assert.AreEqual((1L, 1L, 0L), Figures(other));
    }

    [TestMethod]
    public async Task Info_Trackers_CountsKeysReadersAndPrefixes()
    {
        await using TestNode node = await AclNode.StartAsync();
        using RedisConnection first = Connect(node);
        using RedisConnection second = Connect(node);
        using RedisConnection third = Connect(node);
        using RedisConnection other = node.Connect();
        first.Run("CLIENT TRACKING ON");
        second.Run("CLIENT TRACKING ON");
        third.Run("CLIENT TRACKING ON BCAST PREFIX a PREFIX b");
        first.Run("MGET a b");
        second.Run("MGET b c");
        third.Run("GET d");
        Assert.AreEqual((3L, 4L, 2L), Figures(other));
        StringAssert.Contains(other.Run("INFO clients"), "tracking_clients:3\r\n");
        string clients = other.Run("CLIENT LIST");
        StringAssert.Contains(clients, " flags=t ");
        StringAssert.Contains(clients, " flags=tB ");
        StringAssert.Contains(clients, " redir=0 ");
        first.Run("RESET");
        second.Run("CLIENT TRACKING OFF");
        third.Dispose();
        await Until(() => Figures(other) == (0L, 0L, 0L));
        StringAssert.Contains(other.Run("INFO clients"), "tracking_clients:0\r\n");
    }

    [TestMethod]
    public async Task Redirect_TargetGone_IsToldToTheReader()
    {
        await using TestNode node = await AclNode.StartAsync();
        using RedisConnection client = Connect(node);
        using RedisConnection target = node.Connect();
        using RedisConnection other = node.Connect();
        string id = target.Run("CLIENT ID")[1..^2];
        client.Run($"CLIENT TRACKING ON REDIRECT {id}");
        client.Run("GET k");
        other.Run($"CLIENT KILL ID {id}");
        other.Run("SET k v");
        Assert.AreEqual($">2\r\n$21\r\ntracking-redir-broken\r\n:{id}\r\n", client.ReadReply());
        StringAssert.Contains(client.Run("CLIENT TRACKINGINFO"), "$15\r\nbroken_redirect\r\n");
        StringAssert.Contains(other.Run("CLIENT LIST"), " flags=tR ");
    }

    [TestMethod]
    public async Task Redirect_Resp3Target_GetsPushesWithoutSubscribing()
    {
        await using TestNode node = await AclNode.StartAsync();
        using RedisConnection client = node.Connect();
        using RedisConnection target = Connect(node);
        client.Run($"CLIENT TRACKING ON REDIRECT {target.Run("CLIENT ID")[1..^2]}");
        client.Run("GET k");
        client.Run("SET k v");
        Assert.AreEqual(Invalidation("k"), target.ReadReply());
    }

    [TestMethod]
    public async Task Readers_ThatComeAndGo_AreSortedOut()
    {
        await using TestNode node = await AclNode.StartAsync();
        using RedisConnection client = Connect(node);
        using RedisConnection other = node.Connect();
        client.Run("CLIENT TRACKING ON");
        client.Run("GET k");
        for (int i = 0; i < 100; i++)
        {
            using RedisConnection guest = Connect(node);
            guest.Run("CLIENT TRACKING ON");
            guest.Run("GET k");
            guest.Run("QUIT");
        }

        Assert.IsLessThan(60L, Figures(other).Items);
        other.Run("SET k v");
        Assert.AreEqual(Invalidation("k"), client.ReadReply());
    }

    [TestMethod]
    public async Task ReadersAndWriters_AtOnce_NoReaderKeepsAnOldValue()
    {
        await using TestNode node = await AclNode.StartAsync();
        const int Writes = 3000;
        using RedisConnection client = Connect(node);
        client.Run("CLIENT TRACKING ON");
        Task writer = Task.Run(() =>
        {
            using RedisConnection other = node.Connect();
            for (int i = 1; i <= Writes; i++)
            {
                other.Run($"SET k {i}");
            }
        });

        // What it holds may be old only while an invalidation is on its way.
        string last = "";
        while (last != $"${$"{Writes}".Length}\r\n{Writes}\r\n")
        {
            last = client.Run("GET k");
            while (last.StartsWith('>'))
            {
                last = client.ReadReply();
            }

            if (last != $"${$"{Writes}".Length}\r\n{Writes}\r\n")
            {
                Assert.AreEqual(Invalidation("k"), client.ReadReply());
            }
        }

        await writer;
    }

    private static RedisConnection Connect(TestNode node)
    {
        RedisConnection client = node.Connect();
        client.Run("HELLO 3");
        return client;
    }

    private static string Invalidation(string key) => $">2\r\n$10\r\ninvalidate\r\n*1\r\n${key.Length}\r\n{key}\r\n";

    private static (long Keys, long Items, long Prefixes) Figures(RedisConnection client)
    {
        string info = client.Run("INFO stats");
        return (Figure(info, "keys"), Figure(info, "items"), Figure(info, "prefixes"));
    }

    private static long Figure(string info, string name) => long.Parse(
        info.Split("\r\n").Single(line => line.StartsWith($"tracking_total_{name}:", StringComparison.Ordinal))
            .Split(':')[1], CultureInfo.InvariantCulture);

    private static async Task Until(Func<bool> condition)
    {
        for (int i = 0; !condition(); i++)
        {
            Assert.IsLessThan(10_000, i, "waited for a connection to be let go");
            await Task.Yield();
        }
    }
}
