using Marekvs.Abstractions.Messaging;

namespace Marekvs.Modules.Tests.PubSub;

[TestClass]
public sealed class SubscribeTests : PubSubCommandTests
{
    [TestMethod]
    public void Subscribe_Channels_ConfirmsEachWithTheCountSoFar()
    {
        Assert.AreEqual(
            Confirmation("subscribe", "a", 1) + Confirmation("subscribe", "b", 2) + Confirmation("subscribe", "a", 2),
            Listener.Run("SUBSCRIBE a b a"));
        Assert.AreEqual(2, Listener.Subscriptions.Count(SubscriptionKind.Channel));
    }

    [TestMethod]
    public void Subscribe_BesidePatterns_CountsBoth()
    {
        Listener.Run("PSUBSCRIBE p*");
        Assert.AreEqual(Confirmation("subscribe", "a", 2), Listener.Run("SUBSCRIBE a"));
    }

    [TestMethod]
    public void Subscribe_Resp3_ConfirmsByPush()
    {
        Listener.ProtocolVersion = 3;
        Assert.AreEqual(Pushed(Confirmation("subscribe", "a", 1)), Listener.Run("SUBSCRIBE a"));
    }

    [TestMethod]
    public void Subscribe_NameOfAnyBytes_GetsItsMessages()
    {
        Listener.Run("SUBSCRIBE \"\" \"\\x00\\r\\n\\xff\"");
        Run("PUBLISH \"\\x00\\r\\n\\xff\" x");
        Run("PUBLISH \"\" y");
        Assert.AreEqual(
            Message("message", "\0\r\n\xff", "x") + Message("message", "", "y"), Listener.TakePushes());
    }

    [TestMethod]
    public void Subscribe_NoChannel_IsRefused() =>
        Expect("-ERR wrong number of arguments for 'subscribe' command\r\n", "SUBSCRIBE");
}

[TestClass]
public sealed class UnsubscribeTests : PubSubCommandTests
{
    [TestMethod]
    public void Unsubscribe_Names_ConfirmsEachWhetherItWasThereOrNot()
    {
        Listener.Run("SUBSCRIBE a b");
        Assert.AreEqual(
            Confirmation("unsubscribe", "b", 1) + Confirmation("unsubscribe", "x", 1) +
            Confirmation("unsubscribe", "a", 0),
            Listener.Run("UNSUBSCRIBE b x a"));
    }

    [TestMethod]
    public void Unsubscribe_NoNames_EndsAllButPatterns()
    {
        Listener.Run("PSUBSCRIBE p*");
        Listener.Run("SUBSCRIBE a b");
        string confirmed = Listener.Run("UNSUBSCRIBE");
        string[] either =
        [
            Confirmation("unsubscribe", "a", 2) + Confirmation("unsubscribe", "b", 1),
            Confirmation("unsubscribe", "b", 2) + Confirmation("unsubscribe", "a", 1),
        ];
        CollectionAssert.Contains(either, confirmed);
    }

    [TestMethod]
    public void Unsubscribe_NothingToEnd_SaysSoOnce()
    {
        Assert.AreEqual(Confirmation("unsubscribe", null, 0), Listener.Run("UNSUBSCRIBE"));
        Listener.Run("PSUBSCRIBE p*");
        Assert.AreEqual(Confirmation("unsubscribe", null, 1), Listener.Run("UNSUBSCRIBE"));
        Listener.ProtocolVersion = 3;
        Assert.AreEqual(">3\r\n$11\r\nunsubscribe\r\n_\r\n:1\r\n", Listener.Run("UNSUBSCRIBE"));
    }

    [TestMethod]
    public void Unsubscribe_Channel_GetsNoMoreOfIt()
    {
        Listener.Run("SUBSCRIBE a b");
        Listener.Run("UNSUBSCRIBE a");
        Expect(":0\r\n", "PUBLISH a x");
        Expect(":1\r\n", "PUBLISH b y");
        Assert.AreEqual(Message("message", "b", "y"), Listener.TakePushes());
    }
}

[TestClass]
public sealed class PsubscribeTests : PubSubCommandTests
{
    [TestMethod]
    public void Psubscribe_Patterns_ConfirmsEach() => Assert.AreEqual(
        Confirmation("psubscribe", "a*", 1) + Confirmation("psubscribe", "[bc]?", 2), Listener.Run("PSUBSCRIBE a* [bc]?"));

    [TestMethod]
    public void Psubscribe_MatchingChannel_GetsThePatternToo()
    {
        Listener.Run("PSUBSCRIBE news.* [a-c]?");
        Run("PUBLISH news.art x");
        Run("PUBLISH b1 y");
        Run("PUBLISH d1 z");
        Assert.AreEqual(
            Message("pmessage", "news.*", "news.art", "x") + Message("pmessage", "[a-c]?", "b1", "y"),
            Listener.TakePushes());
    }

    [TestMethod]
    public void Psubscribe_ChannelByNameAndPattern_GetsEachMessageTwice()
    {
        Listener.Run("SUBSCRIBE ab");
        Listener.Run("PSUBSCRIBE a* *b");
        Expect(":3\r\n", "PUBLISH ab x");
        string pushes = Listener.TakePushes();
        StringAssert.StartsWith(pushes, Message("message", "ab", "x"));
        StringAssert.Contains(pushes, Message("pmessage", "a*", "ab", "x"));
        StringAssert.Contains(pushes, Message("pmessage", "*b", "ab", "x"));
    }

    [TestMethod]
    public void Psubscribe_Resp3_GetsPushes()
    {
        Listener.ProtocolVersion = 3;
        Listener.Run("PSUBSCRIBE *");
        Run("PUBLISH a x");
        Assert.AreEqual(Pushed(Message("pmessage", "*", "a", "x")), Listener.TakePushes());
    }
}

[TestClass]
public sealed class PunsubscribeTests : PubSubCommandTests
{
    [TestMethod]
    public void Punsubscribe_Pattern_EndsThatAlone()
    {
        Listener.Run("PSUBSCRIBE a* *b");
        Assert.AreEqual(Confirmation("punsubscribe", "a*", 1), Listener.Run("PUNSUBSCRIBE a*"));
        Expect(":1\r\n", "PUBLISH ab x");
        Assert.AreEqual(Message("pmessage", "*b", "ab", "x"), Listener.TakePushes());
    }

    [TestMethod]
    public void Punsubscribe_NoNames_EndsAllPatterns()
    {
        Listener.Run("SUBSCRIBE a");
        Listener.Run("PSUBSCRIBE a*");
        Assert.AreEqual(Confirmation("punsubscribe", "a*", 1), Listener.Run("PUNSUBSCRIBE"));
        Assert.AreEqual(Confirmation("punsubscribe", null, 1), Listener.Run("PUNSUBSCRIBE"));
    }
}

[TestClass]
[Covers("SUNSUBSCRIBE", "SPUBLISH")]
public sealed class SsubscribeTests : PubSubCommandTests
{
    [TestMethod]
    public void Ssubscribe_Channels_AreCountedApart()
    {
        Listener.Run("SUBSCRIBE a b");
        Assert.AreEqual(
            Confirmation("ssubscribe", "{t}a", 1) + Confirmation("ssubscribe", "{t}b", 2),
            Listener.Run("SSUBSCRIBE {t}a {t}b"));
        Assert.AreEqual(Confirmation("subscribe", "c", 3), Listener.Run("SUBSCRIBE c"));
    }

    [TestMethod]
    public void Spublish_ShardChannel_ReachesNeitherChannelsNorPatterns()
    {
        Listener.Run("SUBSCRIBE a");
        Listener.Run("PSUBSCRIBE *");
        Expect(":0\r\n", "SPUBLISH a x");
        Listener.Run("SSUBSCRIBE a");
        Expect(":1\r\n", "SPUBLISH a y");
        Assert.AreEqual(Message("smessage", "a", "y"), Listener.TakePushes());
    }

    [TestMethod]
    public void Sunsubscribe_NamesAndAll_AreConfirmed()
    {
        Listener.Run("SSUBSCRIBE a b");
        Assert.AreEqual(Confirmation("sunsubscribe", "a", 1), Listener.Run("SUNSUBSCRIBE a"));
        Assert.AreEqual(Confirmation("sunsubscribe", "b", 0), Listener.Run("SUNSUBSCRIBE"));
        Assert.AreEqual(Confirmation("sunsubscribe", null, 0), Listener.Run("SUNSUBSCRIBE"));
        Expect(":0\r\n", "SPUBLISH a x");
    }
}
