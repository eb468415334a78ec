using System.Collections.Concurrent;
using System.Globalization;
using Marekvs.EndToEnd.Processes;
using Marekvs.Testing;
using Marekvs.Testing.Processes;
using StackExchange.Redis;

namespace Marekvs.EndToEnd.Clients;

/// <summary>The client most .NET programs use, publishing and listening through a real node.</summary>
[TestClass]
public sealed class StackExchangePubSubTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [TestMethod]
    [DataRow(RedisProtocol.Resp2)]
    [DataRow(RedisProtocol.Resp3)]
    [Timeout(60_000)]
    public async Task Channels_PatternsAndQueues_ArriveWholeAndInOrder(RedisProtocol protocol)
    {
        const int Messages = 5_000;
        using var data = new TemporaryDirectory();
        using NodeProcess node = await StartAsync(data);
        await using ConnectionMultiplexer listening = await ConnectAsync(node, protocol);
        await using ConnectionMultiplexer publishing = await ConnectAsync(node, protocol);
        ISubscriber subscriber = listening.GetSubscriber();
        ChannelMessageQueue queue = await subscriber.SubscribeAsync(RedisChannel.Literal("orders"));
        var matched = new ConcurrentQueue<string>();
        await subscriber.SubscribeAsync(RedisChannel.Pattern("ord*"), (_, message) => matched.Enqueue(message!));

        ISubscriber publisher = publishing.GetSubscriber();
        for (int i = 0; i < Messages; i++)
        {
            Assert.AreEqual(2, await publisher.PublishAsync(RedisChannel.Literal("orders"), i));
        }

        for (int i = 0; i < Messages; i++)
        {
            ChannelMessage message = await queue.ReadAsync().AsTask().WaitAsync(Patience);
            Assert.AreEqual(i, (int)message.Message);
        }

        // The client runs handlers side by side; only its queues keep the order.
        await Eventually.HoldsAsync("the pattern has matched all", Patience, () => matched.Count == Messages);
        Assert.AreSequenceEqual(
            Enumerable.Range(0, Messages),
            matched.Select(text => int.Parse(text, CultureInfo.InvariantCulture)).Order());

        await queue.UnsubscribeAsync();
        await subscriber.UnsubscribeAllAsync();
        await Eventually.HoldsAsync(
            "nobody listens any more", Patience,
            () => publisher.Publish(RedisChannel.Literal("orders"), "x") == 0);
    }

    [TestMethod]
    [DataRow(RedisProtocol.Resp2)]
    [DataRow(RedisProtocol.Resp3)]
    [Timeout(60_000)]
    public async Task KeyspaceNotifications_SetAndExpiry_AreHeard(RedisProtocol protocol)
    {
        using var data = new TemporaryDirectory();
        using NodeProcess node = await StartAsync(data);
        await using ConnectionMultiplexer connection = await ConnectAsync(node, protocol);
        await connection.GetServer(node.Resp).ConfigSetAsync("notify-keyspace-events", "KEA");
        ChannelMessageQueue events =
            await connection.GetSubscriber().SubscribeAsync(RedisChannel.Pattern("__keyevent@0__:*"));

        await connection.GetDatabase().StringSetAsync("k", "v", TimeSpan.FromMilliseconds(50));
        List<string> heard = [];
        while (heard.Count < 3)
        {
            ChannelMessage message = await events.ReadAsync().AsTask().WaitAsync(Patience);
            heard.Add($"{message.Channel} {message.Message}");
        }

        Assert.AreSequenceEqual(
            ["__keyevent@0__:set k", "__keyevent@0__:expire k", "__keyevent@0__:expired k"], heard);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Restart_TheLibrarySubscribesAgain()
    {
        using var data = new TemporaryDirectory();
        using NodeProcess node = await StartAsync(data);
        await using ConnectionMultiplexer connection = await ConnectAsync(node, RedisProtocol.Resp3);
        var received = new ConcurrentQueue<string>();
        ISubscriber subscriber = connection.GetSubscriber();
        await subscriber.SubscribeAsync(RedisChannel.Literal("c"), (_, message) => received.Enqueue(message!));

        node.Kill();
        using NodeProcess again = await NodeProcess.StartAsync(
            new NodeSettings { DataDirectory = data.Path, Storage = "memory", RespAddress = node.Resp.ToString() });
        await Eventually.HoldsAsync(
            "a message arrives after the restart", Patience,
            () => connection.IsConnected && subscriber.Publish(RedisChannel.Literal("c"), "x") == 1);
        await Eventually.HoldsAsync("it is here", Patience, () => !received.IsEmpty);
    }

    private static Task<NodeProcess> StartAsync(TemporaryDirectory data) =>
        NodeProcess.StartAsync(new NodeSettings { DataDirectory = data.Path, Storage = "memory" });

    private static async Task<ConnectionMultiplexer> ConnectAsync(NodeProcess node, RedisProtocol protocol) =>
        await ConnectionMultiplexer.ConnectAsync(new ConfigurationOptions
        {
            EndPoints = { node.Resp },
            Protocol = protocol,
            AllowAdmin = true,
            ConnectTimeout = 5_000,
        });
}
