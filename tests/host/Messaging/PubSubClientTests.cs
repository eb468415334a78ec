using Marekvs.Host.Tests.Access;
using Marekvs.Host.Tests.Startup;
using Marekvs.Testing;
using Wire = Marekvs.Testing.Resp;

namespace Marekvs.Host.Tests.Messaging;

/// <summary>What being subscribed means for a connection.</summary>
[TestClass]
public sealed class PubSubClientTests
{
    private const string Subscribed = "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n";

    [TestMethod]
    public async Task Resp2_Subscribed_RunsFewCommands()
    {
        await using TestNode node = await AclNode.StartAsync();
        using RedisConnection client = node.Connect();
        client.Run("SUBSCRIBE a");
        Assert.AreEqual(
            "-ERR Can't execute 'client|id': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context\r\n",
            client.Run("CLIENT ID"));
        StringAssert.StartsWith(client.Run("PUBLISH a x"), "-ERR Can't execute 'publish': only ");
        Assert.AreEqual(Wire.Bulks("pong", ""), client.Run("PING"));
        Assert.AreEqual(Wire.Bulks("pong", "hi"), client.Run("PING hi"));
        client.Run("UNSUBSCRIBE a");
        Assert.AreEqual("+PONG\r\n", client.Run("PING"));
        Assert.AreEqual(Wire.Nil, client.Run("GET k"));
    }

    [TestMethod]
    public async Task Resp3_Subscribed_RunsEverything_ItsOwnMessageAfterTheReply()
    {
        await using TestNode node = await AclNode.StartAsync();
        using RedisConnection client = node.Connect();
        client.Run("HELLO 3");
        client.Run("SUBSCRIBE a");
        client.Send("PUBLISH a x");
        client.Send("SET k v");
        Assert.AreEqual(":1\r\n", client.ReadReply());
        Assert.AreEqual(">3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nx\r\n", client.ReadReply());
        Assert.AreEqual("+OK\r\n", client.ReadReply());
        Assert.AreEqual("+PONG\r\n", client.Run("PING"));
    }

    [TestMethod]
    public async Task Resp3_TransactionThatPublishesToItself_GetsItsMessagesAfterTheReply()
    {
        await using TestNode node = await AclNode.StartAsync();
        using RedisConnection client = node.Connect();
        client.Run("HELLO 3");
        client.Run("CONFIG SET notify-keyspace-events KA");
        client.Run("PSUBSCRIBE __keyspace*");
        client.Run("SUBSCRIBE a");
        client.Run("MULTI");
        client.Run("SET k v");
        client.Run("PUBLISH a x");
        client.Run("DEL k");
        Assert.AreEqual("*3\r\n+OK\r\n:1\r\n:1\r\n", client.Run("EXEC"));
        Assert.AreEqual(KeyspaceMessage("set"), client.ReadReply());
        Assert.AreEqual(">3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nx\r\n", client.ReadReply());
        Assert.AreEqual(KeyspaceMessage("del"), client.ReadReply());
    }

    [TestMethod]
    public async Task Reset_Subscribed_EndsSubscriptionsQuietly()
    {
        await using TestNode node = await AclNode.StartAsync();
        using RedisConnection client = node.Connect();
        using RedisConnection other = node.Connect();
        client.Run("SUBSCRIBE a");
        client.Run("PSUBSCRIBE a*");
        client.Run("SSUBSCRIBE a");
        Assert.AreEqual("+RESET\r\n", client.Run("RESET"));
        Assert.AreEqual(":0\r\n", other.Run("PUBLISH a x"));
        Assert.AreEqual(":0\r\n", other.Run("SPUBLISH a x"));
        Assert.AreEqual("+PONG\r\n", client.Run("PING"));
    }

    [TestMethod]
    public async Task ReplyOff_Subscriber_StillGetsConfirmationsAndMessages()
    {
        await using TestNode node = await AclNode.StartAsync();
        using RedisConnection client = node.Connect();
        using RedisConnection other = node.Connect();
        client.Send("CLIENT REPLY OFF");
        client.Send("PING");
        client.Send("SUBSCRIBE");
        Assert.AreEqual(Subscribed, client.Run("SUBSCRIBE a"));
        other.Run("PUBLISH a x");
        Assert.AreEqual(Wire.Bulks("message", "a", "x"), client.ReadReply());
    }

    [TestMethod]
    public async Task Disconnected_Subscriber_LeavesNothingBehind()
    {
        await using TestNode node = await AclNode.StartAsync();
        using RedisConnection other = node.Connect();
        foreach (string end in new[] { "QUIT", "" })
        {
            using RedisConnection client = node.Connect();
            client.Run("SUBSCRIBE a");
            client.Run("PSUBSCRIBE *");
            client.Run("SSUBSCRIBE a");
            string figures = other.Run("INFO stats");
            StringAssert.Contains(figures, "pubsub_channels:1\r\npubsub_patterns:1\r\npubsubshard_channels:1\r\n");
            StringAssert.Contains(other.Run("INFO clients"), "pubsub_clients:1\r\n");
            if (end.Length > 0)
            {
                Assert.AreEqual("+OK\r\n", client.Run(end));
            }

            client.Dispose();
            await Until(() => other.Run("PUBSUB NUMPAT") == ":0\r\n");
            Assert.AreEqual("*0\r\n", other.Run("PUBSUB CHANNELS"));
            Assert.AreEqual("*0\r\n", other.Run("PUBSUB SHARDCHANNELS"));
        }
    }

    [TestMethod]
    public async Task ClientKill_TypePubSub_ClosesSubscribersAlone()
    {
        await using TestNode node = await AclNode.StartAsync();
        using RedisConnection client = node.Connect();
        using RedisConnection other = node.Connect();
        client.Run("SUBSCRIBE a b");
        client.Run("PSUBSCRIBE c*");
        client.Run("SSUBSCRIBE d e f");
        for (int i = 0; i < 3; i++)
        {
            client.ReadReply();
        }

        string listed = other.Run("CLIENT LIST TYPE pubsub");
        StringAssert.Contains(listed, " flags=P db=0 sub=2 psub=1 ssub=3 multi=-1 ");
        Assert.AreEqual(":1\r\n", other.Run("CLIENT KILL TYPE pubsub"));
        Assert.AreEqual(":0\r\n", other.Run("PUBLISH a x"));
        Assert.Throws<IOException>(() => client.ReadReply());
        Assert.AreEqual("$0\r\n\r\n", other.Run("CLIENT LIST TYPE pubsub"));
    }

    [TestMethod]
    public async Task SlowSubscriber_BeyondItsLimit_IsClosed()
    {
        await using TestNode node = await AclNode.StartAsync();
        using RedisConnection slow = node.Connect();
        using RedisConnection other = node.Connect();
        other.Run("CONFIG SET client-output-buffer-limit \"pubsub 1000000 0 0\"");
        slow.Run("SUBSCRIBE a");
        string message = new('x', 100_000);
        int published = 0;
        while (other.RunArguments("PUBLISH", "a", message) == ":1\r\n")
        {
            Assert.IsLessThan(2_000, ++published, "a subscriber that takes nothing is closed");
        }

        StringAssert.Contains(other.Run("INFO stats"), "client_output_buffer_limit_disconnections:1\r\n");
        await Until(() => other.Run("PUBSUB NUMSUB a") == "*2\r\n$1\r\na\r\n:0\r\n");
    }

    private static string KeyspaceMessage(string happened) =>
        $">4\r\n$8\r\npmessage\r\n$11\r\n__keyspace*\r\n$16\r\n__keyspace@0__:k\r\n$3\r\n{happened}\r\n";

    private static async Task Until(Func<bool> condition)
    {
        for (int i = 0; !condition(); i++)
        {
            Assert.IsLessThan(10_000, i, "waited for a connection to be let go");
            await Task.Yield();
        }
    }
}
