using System.Globalization;
using System.Text;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Messaging;
using Marekvs.Cluster.Gossip.Publishing;
using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Cluster.Tests.Publishing;

/// <summary>What clients publish on one node reaches those who listen on others, and nobody else.</summary>
[TestClass]
public sealed class PublicationTests
{
    private readonly Site _a = new(1);
    private readonly Site _b = new(2);
    private readonly Site _c = new(3);

    [TestInitialize]
    public void Connect() => Site.Connect(_a, _b, _c);

    [TestMethod]
    [DataRow(SubscriptionKind.Channel, "news", SubscriptionKind.Channel)]
    [DataRow(SubscriptionKind.Pattern, "n?ws", SubscriptionKind.Channel)]
    [DataRow(SubscriptionKind.Pattern, "*", SubscriptionKind.Channel)]
    [DataRow(SubscriptionKind.Shard, "news", SubscriptionKind.Shard)]
    public void Publish_ReachesListenersOfOtherNodes(SubscriptionKind listens, string name, SubscriptionKind published)
    {
        Site.Client client = _b.Subscribe(listens, name);
        Run();
        Assert.AreEqual(0, _a.Publish("news", "m", published), "the reply counts this node's clients");
        Run();

        CollectionAssert.AreEqual(new[] { "m" }, client.Messages);
        Assert.AreEqual(1, _a.Figure("publish_sent_total"));
        Assert.AreEqual(1, _b.Figure("publish_received_total"));
        Assert.AreEqual(0, _c.Figure("publish_received_total"));
    }

    [TestMethod]
    [DataRow(SubscriptionKind.Shard, "news", SubscriptionKind.Channel)]
    [DataRow(SubscriptionKind.Channel, "news", SubscriptionKind.Shard)]
    [DataRow(SubscriptionKind.Pattern, "ne*", SubscriptionKind.Shard)]
    [DataRow(SubscriptionKind.Pattern, "x*", SubscriptionKind.Channel)]
    [DataRow(SubscriptionKind.Channel, "other", SubscriptionKind.Channel)]
    public void Publish_WhatNobodyListensTo_IsNotEvenQueued(
        SubscriptionKind listens, string name, SubscriptionKind published)
    {
        Site.Client client = _b.Subscribe(listens, name);
        Run();
        _a.Publish("news", "m", published);
        Run();

        Assert.IsEmpty(client.Messages);
        Assert.AreEqual(0, _a.Figure("publish_sent_total"));
    }

    [TestMethod]
    public void Messages_OfOnePublisher_KeepTheirOrder_AcrossBatches()
    {
        Site.Client client = _b.Subscribe(SubscriptionKind.Channel, "c");
        Run();
        string padding = new('x', 5000);
        string[] messages = [.. Enumerable.Range(0, 100).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i}{padding}"))];
        foreach (string message in messages)
        {
            _a.Publish("c", message);
        }

        _a.Sent.Clear();
        Run();
        CollectionAssert.AreEqual(messages, client.Messages);
        Assert.IsInRange(2, 20, _a.Sent.Count(kind => kind == MessageKind.Published), "messages travel together");
    }

    [TestMethod]
    public void Unsubscribe_IsToldWithinASecond_AndAllAtOnce()
    {
        Site.Client[] clients = [.. Enumerable.Range(0, 50).Select(i => _b.Subscribe(SubscriptionKind.Channel, "c" + i))];
        Run(5000);
        _b.Sent.Clear();
        foreach (Site.Client client in clients)
        {
            _b.Hub.Leave(client);
        }

        Run(5000);
        Run(5000 + OwnInterest.RetellMilliseconds);
        _a.Publish("c1", "m");
        Run(5000 + OwnInterest.RetellMilliseconds);

        Assert.AreEqual(0, _a.Figure("publish_sent_total"));
        Assert.HasCount(2, _b.Sent);
        Assert.AreEqual(0, _b.Figure("publish_interest"));
    }

    [TestMethod]
    public void Channels_BeyondTheList_GoIntoAFilter_AndNoMessageIsLost()
    {
        List<Site.Client> clients = [];
        for (int i = 0; i < 5000; i++)
        {
            clients.Add(_b.Subscribe(SubscriptionKind.Channel, "c" + i));
            if (i % 700 == 0)
            {
                Run();
            }
        }

        Run();
        for (int i = 0; i < 5000; i++)
        {
            _a.Publish("c" + i, "m");
            _a.Publish("unheard" + i, "m");
        }

        Run();
        Assert.IsTrue(clients.TrueForAll(client => client.Messages.Count == 1));
        Assert.IsInRange(5000, 5300, _b.Figure("publish_received_total"), "few go out in vain");
    }

    [TestMethod]
    public void Patterns_BeyondTheList_StandForEverything()
    {
        for (int i = 0; i <= InterestMessage.PrefixesMax; i++)
        {
            _b.Subscribe(SubscriptionKind.Pattern, $"p{i}:*");
            Run();
        }

        _a.Publish("unheard", "m");
        Run();
        Assert.AreEqual(1, _b.Figure("publish_received_total"));
    }

    [TestMethod]
    public void Peer_ThatHasSaidNothingYet_IsSentEverything_AndNothingOnceItIsGone()
    {
        Site.Client client = _b.Subscribe(SubscriptionKind.Channel, "c");
        _a.Conversations.Disconnect(2);
        _b.Conversations.Disconnect(1);
        _a.Publish("c", "lost");
        _a.Conversations.Connect(2, 0);
        _b.Conversations.Connect(1, 0);
        _a.Publish("c", "found");
        Run();

        CollectionAssert.AreEqual(new[] { "found" }, client.Messages);
    }

    [TestMethod]
    public void Publish_BeyondTheQueue_IsDroppedAndCounted_WithoutWaiting()
    {
        Site.Client client = _b.Subscribe(SubscriptionKind.Channel, "c");
        Run();
        string large = new('x', (int)(Outbound.BytesMax / 4));
        for (int i = 0; i < 6; i++)
        {
            _a.Publish("c", large);
        }

        Run();
        Assert.HasCount(3, client.Messages);
        Assert.AreEqual(3, _a.Figure("publish_dropped_total"));
        _a.Publish("c", new string('x', (int)Outbound.BytesMax + 1));
        Run();
        Assert.HasCount(4, client.Messages, "one may wait, whatever its size");
    }

    [TestMethod]
    public void Publish_ToAPeerThatIsTooSlow_IsDroppedForItAlone()
    {
        Site.Client slow = _b.Subscribe(SubscriptionKind.Channel, "c");
        Run();
        _a.Backlog = Publication.BacklogBytesMax + 1;
        _a.Publish("c", "m");
        Run();
        _a.Backlog = 0;
        _a.Publish("c", "n");
        Run();

        CollectionAssert.AreEqual(new[] { "n" }, slow.Messages);
        Assert.AreEqual(1, _a.Figure("publish_dropped_total"));
    }

    [TestMethod]
    public void Work_WakesTheThread()
    {
        int before = _a.Woken;
        _a.Subscribe(SubscriptionKind.Channel, "c");
        Assert.AreEqual(before + 1, _a.Woken);
        _b.Subscribe(SubscriptionKind.Channel, "d");
        Run();
        _a.Publish("d", "m");
        Assert.AreEqual(before + 2, _a.Woken);
    }

    [TestMethod]
    [DataRow("3200")]
    [DataRow("3202")]
    [DataRow("32008008")]
    [DataRow("3200000141")]
    [DataRow("3200000000")]
    [DataRow("320115")]
    [DataRow("320110")]
    [DataRow("33011000")]
    [DataRow("3401026161006D")]
    [DataRow("3400FF")]
    [DataRow("34000161FFFFFFFF0F")]
    public void Message_ThatCannotBe_IsRefused(string bytes)
    {
        _a.Conversations.Disconnect(2);
        _a.Conversations.Connect(2, 0);
        Assert.IsNotNull(_a.Conversations.Receive(2, Convert.FromHexString(bytes), 0));
        Assert.AreEqual(1, _a.Conversations.Refused);
    }

    [TestMethod]
    public void Lists_ThatGrowBeyondTheirBound_AreRefused()
    {
        for (int i = 0; i < 2; i++)
        {
            ulong[] hashes = [.. Enumerable.Range(i * 1000, 600).Select(n => (ulong)n)];
            byte[] message = new InterestMessage(hashes, null, []).Encode(i == 0 ? MessageKind.Interest : MessageKind.MoreInterest);
            Assert.AreEqual(i == 0, _a.Conversations.Receive(2, message, 0) is null);
        }
    }

    [TestMethod]
    public void Bytes_AreFrozen()
    {
        Assert.AreEqual(
            "32" + "00" + "01" + "0807060504030201" + "02" + "00" + "026162",
            Convert.ToHexString(new InterestMessage([0x0102030405060708], null, [[], "ab"u8.ToArray()]).Encode(MessageKind.Interest)));
        var filter = InterestFilter.For(1);
        filter.Add(1);
        Assert.AreEqual(
            "32" + "01" + "10" + "1E" + new string('0', (8192 - 1) * 2) + "00",
            Convert.ToHexString(new InterestMessage([], filter, []).Encode(MessageKind.Interest)));
        var writer = new RecordWriter();
        PublishedMessages.Add(writer, PublishedMessages.Encode(SubscriptionKind.Shard, 7, "ch"u8, "msg"u8));
        Assert.AreEqual("34" + "02" + "026368" + "036D7367", Convert.ToHexString(writer.Written));
        Assert.AreEqual(0xCEA6A9C08EAD0124UL, ChannelHash.Of(SubscriptionKind.Channel, "news"u8));
    }

    [TestMethod]
    [DataRow("a*", "a")]
    [DataRow("__keyspace@0__:*", "__keyspace@0__:")]
    [DataRow("a?b", "a")]
    [DataRow("a[bc]", "a")]
    [DataRow("a\\*b", "a")]
    [DataRow("abc", "abc")]
    [DataRow("*", "")]
    public void Prefix_IsWhatComesBeforeTheFirstSpecialByte(string pattern, string prefix) =>
        Assert.AreEqual(prefix, Encoding.UTF8.GetString(PatternPrefix.Of(Encoding.UTF8.GetBytes(pattern))));

    private void Run(long now = 1) => Site.Run(now, _a, _b, _c);
}
