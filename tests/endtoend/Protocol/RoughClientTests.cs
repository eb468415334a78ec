using System.Net.Sockets;
using Marekvs.EndToEnd.Processes;
using Marekvs.EndToEnd.Wire;
using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.EndToEnd.Protocol;

/// <summary>Clients that are slow, greedy or mad disturb nobody, and leave nothing behind.</summary>
[TestClass]
public sealed class RoughClientTests
{
    private const long Megabyte = 1024 * 1024;
    private const long MemorySlackBytes = 300 * Megabyte;
    private static readonly TimeSpan SettleWithin = TimeSpan.FromSeconds(20);

    private static TemporaryDirectory? _data;
    private static NodeProcess? _node;
    private static RespClient? _observer;

    private static NodeProcess Node => _node!;

    private static RespClient Observer => _observer!;

    [ClassInitialize]
    public static async Task StartAsync(TestContext _)
    {
        _data = new TemporaryDirectory();
        _node = await NodeProcess.StartAsync(new NodeSettings { DataDirectory = _data.Path, MemoryMax = "256mb" });
        _observer = _node.Connect();
    }

    [ClassCleanup]
    public static void Stop()
    {
        _observer?.Dispose();
        _node?.Dispose();
        _data?.Dispose();
    }

    [TestMethod]
    [Timeout(90_000)]
    public async Task MillionTinyCommands_InOnePipeline_AreAllAnsweredInOrder()
    {
        const int Commands = 1_000_000;
        using RespClient client = Node.Connect();
        Assert.AreEqual("+OK", SampleData.Answer(client.Call("SET", "tiny", "0")));
        var burst = new CommandBuffer();
        for (int i = 0; i < 10_000; i++)
        {
            burst.Add("INCR", "tiny");
        }

        Task sending = Task.Run(() =>
        {
            for (int i = 0; i < Commands / 10_000; i++)
            {
                client.Send(burst.Written);
            }
        });
        for (int i = 1; i <= Commands; i++)
        {
            if (client.Read().Integer != i)
            {
                Assert.Fail($"reply {i} is out of order");
            }
        }

        await sending;
    }

    [TestMethod]
    [Timeout(90_000)]
    public async Task SlowClients_HoldUpNobody_AndCostBoundedMemory()
    {
        const int Replies = 400;
        Assert.AreEqual("+OK", SampleData.Answer(Observer.Call("SET", "large", new string('v', (int)Megabyte))));
        long before = ServerFigures.AnonymousBytes(Node);
        long clients = ServerFigures.InfoNumber(Observer, "connected_clients");
        RespClient[] slow = [.. Enumerable.Range(0, 5).Select(_ => RespClient.Connect(Node.Resp, 4096))];
        foreach (RespClient client in slow)
        {
            var burst = new CommandBuffer();
            for (int i = 0; i < Replies; i++)
            {
                burst.Add("GET", "large");
            }

            client.Send(burst.Written);
        }

        long start = TimeProvider.System.GetTimestamp();
        SampleData.Write(Observer, 0, 20_000, 100);
        TimeSpan took = TimeProvider.System.GetElapsedTime(start);
        long grown = ServerFigures.AnonymousBytes(Node) - before;
        Array.ForEach(slow, client => client.Abort());

        Assert.IsLessThan(10.0, took.TotalSeconds);
        Assert.IsLessThan(MemorySlackBytes, grown, "2 GB of replies wait for clients that do not read");
        await ReturnsToAsync(clients);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task SlowClient_ReadingInTheEnd_GetsEveryReply()
    {
        const int Replies = 50;
        Assert.AreEqual("+OK", SampleData.Answer(Observer.Call("SET", "large", new string('v', (int)Megabyte))));
        using RespClient slow = RespClient.Connect(Node.Resp, 4096);
        for (int i = 0; i < Replies; i++)
        {
            slow.Send("GET", "large");
        }

        await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);

        for (int i = 0; i < Replies; i++)
        {
            Assert.HasCount((int)Megabyte, slow.Read().Bytes!);
        }
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Garbage_BesideGoodClients_HarmsOnlyItself()
    {
        const int Connections = 400;
        const int Seed = 4711;
        long clients = ServerFigures.InfoNumber(Observer, "connected_clients");
        Task garbage = Task.Run(() =>
        {
            var random = new Random(Seed);
            for (int i = 0; i < Connections; i++)
            {
                SendGarbage(random);
            }
        });
        int checkedKeys = 0;
        while (!garbage.IsCompleted || checkedKeys == 0)
        {
            SampleData.Write(Observer, checkedKeys, 100, 50);
            SampleData.AssertAllThere(Observer, checkedKeys, 100, 50);
            checkedKeys += 100;
        }

        await garbage;
        Assert.IsFalse(Node.HasExited);
        await ReturnsToAsync(clients);
    }

    [TestMethod]
    [Timeout(120_000)]
    public async Task TenThousandConnections_OpenedAndClosed_LeaveNothingBehind()
    {
        const int Total = 10_000;
        const int AtOnce = 250;
        long clients = ServerFigures.InfoNumber(Observer, "connected_clients");
        Churn(AtOnce);
        await ReturnsToAsync(clients);
        long before = ServerFigures.AnonymousBytes(Node);

        for (int opened = 0; opened < Total; opened += AtOnce)
        {
            Churn(AtOnce);
        }

        await ReturnsToAsync(clients);
        Assert.IsLessThan(100 * Megabyte, ServerFigures.AnonymousBytes(Node) - before);
    }

    /// <summary>Opens connections, uses each once, and closes them by turns politely and by reset.</summary>
    private static void Churn(int count)
    {
        RespClient[] clients = [.. Enumerable.Range(0, count).Select(_ => Node.Connect())];
        for (int i = 0; i < clients.Length; i++)
        {
            Assert.AreEqual("+PONG", SampleData.Answer(clients[i].Call("PING")));
            if (i % 2 == 0)
            {
                clients[i].Dispose();
            }
            else
            {
                clients[i].Abort();
            }
        }
    }

    /// <summary>Pure noise, or a well-formed command with some bytes changed.</summary>
    private static void SendGarbage(Random random)
    {
        byte[] bytes = new byte[random.Next(1, 4000)];
        random.NextBytes(bytes);
        if (random.Next(2) == 0)
        {
            bytes = new CommandBuffer().Add("SET", "garbage", new string('g', random.Next(300))).Written.ToArray();
            for (int change = random.Next(1, 6); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }
        }

        try
        {
            using RespClient client = Node.Connect();
            client.Send(bytes);
            client.Abort();
        }
        catch (Exception refused) when (refused is IOException or SocketException)
        {
            // The server may close first; that is its answer to garbage.
        }
    }

    private static Task ReturnsToAsync(long clients) => Eventually.HoldsAsync(
        $"connected_clients returns to {clients}",
        SettleWithin,
        () => ServerFigures.InfoNumber(Observer, "connected_clients") <= clients);
}
