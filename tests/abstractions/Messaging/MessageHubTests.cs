using System.Text;
using Marekvs.Abstractions.Messaging;

namespace Marekvs.Abstractions.Tests.Messaging;

/// <summary>What a cluster provider and many threads rely on; the commands have tests of their own.</summary>
[TestClass]
public sealed class MessageHubTests
{
    [TestMethod]
    public void Relay_FirstAndLastListener_IsToldOfThoseAlone()
    {
        var relay = new Relay();
        var hub = new MessageHub { Relay = relay };
        Target[] targets = [new(), new()];
        foreach (SubscriptionKind kind in Enum.GetValues<SubscriptionKind>())
        {
            Array.ForEach(targets, target => hub.Subscribe(target, kind, "a"u8));
        }

        Assert.IsFalse(hub.Subscribe(targets[0], SubscriptionKind.Channel, "a"u8));
        hub.Leave(targets[0]);
        hub.Unsubscribe(targets[1], SubscriptionKind.Pattern, "a"u8);
        Assert.AreEqual("Channel a True, Pattern a True, Shard a True, Pattern a False", string.Join(", ", relay.Told));
    }

    [TestMethod]
    public void Publish_WithARelay_GoesOutOnce_DeliverStaysHere()
    {
        var relay = new Relay();
        var hub = new MessageHub { Relay = relay };
        var target = new Target();
        hub.Subscribe(target, SubscriptionKind.Channel, "a"u8);
        relay.Told.Clear();
        Assert.AreEqual(1, hub.Publish(SubscriptionKind.Channel, "a"u8, "x"u8));
        Assert.AreEqual(0, hub.Publish(SubscriptionKind.Shard, "a"u8, "y"u8));
        Assert.AreEqual(1, hub.Deliver(SubscriptionKind.Channel, "a"u8, "z"u8));
        Assert.AreEqual("Channel a x, Shard a y", string.Join(", ", relay.Told));
        CollectionAssert.AreEqual(new[] { "x", "z" }, target.Messages);
    }

    [TestMethod]
    public void Push_Refused_IsNotCounted()
    {
        var hub = new MessageHub();
        hub.Subscribe(new Target { IsClosing = true }, SubscriptionKind.Channel, "a"u8);
        hub.Subscribe(new Target(), SubscriptionKind.Channel, "a"u8);
        Assert.AreEqual(1, hub.Publish(SubscriptionKind.Channel, "a"u8, "x"u8));
        Assert.AreEqual(2, hub.ListenersOf(SubscriptionKind.Channel, "a"u8));
    }

    [TestMethod]
    public async Task Publish_FromManyThreads_IsSeenInOneOrderByAll()
    {
        const int Publishers = 4;
        const int Each = 2_000;
        var hub = new MessageHub();
        Target[] targets = [new(), new(), new()];
        hub.Subscribe(targets[0], SubscriptionKind.Channel, "a"u8);
        hub.Subscribe(targets[1], SubscriptionKind.Channel, "a"u8);
        hub.Subscribe(targets[2], SubscriptionKind.Pattern, "a*"u8);
        await Task.WhenAll(Enumerable.Range(0, Publishers).Select(publisher => Task.Run(() =>
        {
            for (int i = 0; i < Each; i++)
            {
                hub.Publish(SubscriptionKind.Channel, "a"u8, Encoding.ASCII.GetBytes($"{publisher}:{i}"));
            }
        })));
        Assert.HasCount(Publishers * Each, targets[0].Messages);
        CollectionAssert.AreEqual(targets[0].Messages, targets[1].Messages);
        CollectionAssert.AreEqual(targets[0].Messages, targets[2].Messages);
    }

    [TestMethod]
    public async Task Unsubscribe_WhileOthersPublish_NothingComesAfterIt()
    {
        var hub = new MessageHub();
        using var done = new CancellationTokenSource();
        Task publishing = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
            {
                hub.Publish(SubscriptionKind.Channel, "a"u8, "x"u8);
            }
        });
        for (int i = 0; i < 2_000; i++)
        {
            var target = new Target();
            hub.Subscribe(target, SubscriptionKind.Channel, "a"u8);
            hub.Subscribe(target, SubscriptionKind.Pattern, "*"u8);
            hub.Leave(target);
            int received = target.Messages.Count;
            hub.Publish(SubscriptionKind.Channel, "a"u8, "y"u8);
            Assert.HasCount(received, target.Messages);
        }

        await done.CancelAsync();
        await publishing;
        Assert.AreEqual(0, hub.Count(SubscriptionKind.Channel));
        Assert.AreEqual(0, hub.Count(SubscriptionKind.Pattern));
    }

    private sealed class Target : IPushTarget
    {
        public Subscriptions Subscriptions { get; } = new();

        public int ProtocolVersion => 2;

        public bool IsClosing { get; init; }

        public List<string> Messages { get; } = [];

        public bool Push(ReadOnlySpan<byte> bytes)
        {
            // The payload is the line before the last end of line.
            Messages.Add(Encoding.ASCII.GetString(bytes).Split("\r\n")[^2]);
            return !IsClosing;
        }

        public void OnSubscriptionsChanged()
        {
        }
    }

    private sealed class Relay : IMessageRelay
    {
        public List<string> Told { get; } = [];

        public void Listen(SubscriptionKind kind, byte[] name, bool isListening) =>
            Told.Add($"{kind} {Encoding.ASCII.GetString(name)} {isListening}");

        public void Publish(SubscriptionKind kind, ReadOnlySpan<byte> channel, ReadOnlySpan<byte> message) =>
            Told.Add($"{kind} {Encoding.ASCII.GetString(channel)} {Encoding.ASCII.GetString(message)}");
    }
}
