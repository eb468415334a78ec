using Marekvs.Host.Tests.Access;
using Marekvs.Host.Tests.Startup;
using Marekvs.Testing;

namespace Marekvs.Host.Tests.Messaging;

/// <summary>Channels a user may use, and what happens to subscribers when that changes.</summary>
[TestClass]
public sealed class PubSubAccessTests
{
    [TestMethod]
    public async Task Channels_OfAUser_AreChecked()
    {
        await using TestNode node = await AclNode.StartAsync();
        using RedisConnection client = Connect(node, "&news.* +@all");
        Assert.AreEqual("-NOPERM No permissions to access a channel\r\n", client.Run("SUBSCRIBE news.a other"));
        Assert.AreEqual("-NOPERM No permissions to access a channel\r\n", client.Run("PSUBSCRIBE news.a*"));
        Assert.AreEqual("-NOPERM No permissions to access a channel\r\n", client.Run("SSUBSCRIBE other"));
        Assert.AreEqual("-NOPERM No permissions to access a channel\r\n", client.Run("PUBLISH other x"));
        Assert.AreEqual("-NOPERM No permissions to access a channel\r\n", client.Run("SPUBLISH other x"));
        Assert.AreEqual(":0\r\n", client.Run("PUBLISH news.b x"));
        StringAssert.StartsWith(client.Run("UNSUBSCRIBE other"), "*3\r\n$11\r\nunsubscribe\r\n");
        StringAssert.StartsWith(client.Run("PSUBSCRIBE news.*"), "*3\r\n$10\r\npsubscribe\r\n");
    }

    [TestMethod]
    [DataRow("SUBSCRIBE a", "resetchannels", true)]
    [DataRow("PSUBSCRIBE a*", "resetchannels", true)]
    [DataRow("SSUBSCRIBE a", "resetchannels &b*", true)]
    [DataRow("PSUBSCRIBE a*", "resetchannels &*a*", true)]
    [DataRow("SUBSCRIBE a", "resetchannels &a*", false)]
    [DataRow("PSUBSCRIBE a*", "resetchannels &a*", false)]
    [DataRow("SUBSCRIBE a", "resetchannels (+@all &a*)", false)]
    [DataRow("SUBSCRIBE a", "-@all", false)]
    public async Task SetUser_SubscriberMayNoLongerListen_IsClosed(string subscribe, string rules, bool isClosed)
    {
        await using TestNode node = await AclNode.StartAsync();
        using RedisConnection client = Connect(node, "allchannels +@all");
        using RedisConnection admin = node.Connect();
        client.Run(subscribe);
        Assert.AreEqual("+OK\r\n", admin.Run($"ACL SETUSER u {rules}"));
        if (isClosed)
        {
            Assert.Throws<IOException>(() => client.ReadReply());
        }
        else
        {
            StringAssert.Contains(admin.Run("CLIENT LIST TYPE pubsub"), "user=u ");
        }
    }

    [TestMethod]
    public async Task SetUser_SubscriberChangesItself_GetsItsReplyFirst()
    {
        await using TestNode node = await AclNode.StartAsync();
        using RedisConnection client = Connect(node, "allchannels +@all");
        client.Run("HELLO 3");
        client.Run("SUBSCRIBE a");
        Assert.AreEqual("+OK\r\n", client.Run("ACL SETUSER u resetchannels"));
        Assert.Throws<IOException>(() => client.ReadReply());
    }

    private static RedisConnection Connect(TestNode node, string rules)
    {
        using RedisConnection admin = node.Connect();
        Assert.AreEqual("+OK\r\n", admin.Run($"ACL SETUSER u on nopass allkeys resetchannels {rules}"));
        RedisConnection client = node.Connect();
        Assert.AreEqual("+OK\r\n", client.Run("AUTH u x"));
        return client;
    }
}
