using Marekvs.Testing;

namespace Marekvs.Modules.Tests.PubSub;

[TestClass]
[Covers("PUBSUB|CHANNELS", "PUBSUB|SHARDCHANNELS", "PUBSUB|NUMSUB", "PUBSUB|SHARDNUMSUB", "PUBSUB|NUMPAT", "PUBSUB|HELP")]
public sealed class PubSubTests : PubSubCommandTests
{
    [TestMethod]
    public void Channels_Pattern_ListsThoseListenedTo()
    {
        Listener.Run("SUBSCRIBE news.a news.b sport");
        Listener.Run("PSUBSCRIBE news.*");
        Listener.Run("SSUBSCRIBE news.s");
        CollectionAssert.AreEquivalent(
            new[] { "news.a", "news.b", "sport" }, RespReading.Strings(Run("PUBSUB CHANNELS")));
        CollectionAssert.AreEquivalent(
            new[] { "news.a", "news.b" }, RespReading.Strings(Run("PUBSUB channels news.*")));
        Expect("*0\r\n", "PUBSUB CHANNELS \"\"");
        Expect(Resp.Bulks("news.s"), "PUBSUB SHARDCHANNELS");
        Expect("*0\r\n", "PUBSUB SHARDCHANNELS x*");
    }

    [TestMethod]
    public void Channels_LastListenerLeaves_AreGone()
    {
        Listener.Run("SUBSCRIBE a");
        Listener.Run("UNSUBSCRIBE a");
        Expect("*0\r\n", "PUBSUB CHANNELS");
    }

    [TestMethod]
    [DataRow("channels")]
    [DataRow("SHARDCHANNELS")]
    public void Channels_TooManyArguments_PointsToHelp(string subcommand) => Expect(
        $"-ERR unknown subcommand or wrong number of arguments for '{subcommand}'. Try PUBSUB HELP.\r\n",
        $"PUBSUB {subcommand} a b");

    [TestMethod]
    public void NumSub_Channels_CountsWhoListensByName()
    {
        Listener.Run("SUBSCRIBE a b");
        Keyspace.Connect().Run("SUBSCRIBE a");
        Listener.Run("PSUBSCRIBE *");
        Listener.Run("SSUBSCRIBE b");
        Expect("*6\r\n$1\r\na\r\n:2\r\n$1\r\nb\r\n:1\r\n$1\r\nc\r\n:0\r\n", "PUBSUB NUMSUB a b c");
        Expect("*0\r\n", "PUBSUB NUMSUB");
        Expect("*4\r\n$1\r\na\r\n:0\r\n$1\r\nb\r\n:1\r\n", "PUBSUB SHARDNUMSUB a b");
    }

    [TestMethod]
    public void NumPat_Patterns_CountsDifferentOnes()
    {
        Listener.Run("PSUBSCRIBE a* b*");
        Keyspace.Connect().Run("PSUBSCRIBE a*");
        Expect(":2\r\n", "PUBSUB NUMPAT");
        Listener.Run("PUNSUBSCRIBE");
        Expect(":1\r\n", "PUBSUB NUMPAT");
    }

    [TestMethod]
    public void Help_Lines_NameEverySubcommand()
    {
        string help = Run("PUBSUB HELP");
        foreach (string subcommand in new[] { "CHANNELS", "NUMPAT", "NUMSUB", "SHARDCHANNELS", "SHARDNUMSUB", "HELP" })
        {
            StringAssert.Contains(help, $"\r\n+{subcommand}");
        }
    }
}
