using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip;
using Marekvs.Cluster.Gossip.Transport;
using Marekvs.Cluster.Gossip.Transport.Mesh;
using Marekvs.Cluster.Gossip.Wire;
using Microsoft.Extensions.Logging.Abstractions;

namespace Marekvs.Cluster.Tests.Wire;

/// <summary>Connections between nodes, over real sockets on loopback.</summary>
[TestClass]
public sealed class MeshTransportTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [TestMethod]
    [DataRow("")]
    [DataRow("hush")]
    public async Task Nodes_OfOneCluster_ConnectAndExchangeInOrder(string secret)
    {
        await using var one = new Site(1, secret);
        await using var two = new Site(2, secret);
        one.Dial(two);
        Assert.AreEqual("up 2", await one.NextAsync());
        Assert.AreEqual("up 1", await two.NextAsync());

        for (byte i = 0; i < 100; i++)
        {
            one.Mesh.Send(2, 0, [i]);
        }

        for (int i = 0; i < 100; i++)
        {
            Assert.AreEqual($"from 1: {i:X2}", await two.NextAsync());
        }

        two.Mesh.Send(1, 1, new byte[3_000_000]);
        Assert.AreEqual(3_000_000, (await one.NextAsync()).Length - "from 2: ".Length >> 1);
        Assert.HasCount(2, one.Mesh.Links);
    }

    [TestMethod]
    [DataRow(true, true)]
    [DataRow(true, false)]
    [DataRow(false, true)]
    public async Task Compression_IsUsedIfBothEndsCan(bool mine, bool theirs)
    {
        await using var one = new Site(1, "hush", compresses: mine);
        await using var two = new Site(2, "hush", compresses: theirs);
        one.Dial(two);
        await one.NextAsync();
        await two.NextAsync();
        one.Mesh.Send(2, 1, new byte[20_000_000]);
        await two.NextAsync();

        Assert.IsGreaterThanOrEqualTo(20_000_000, one.Mesh.Traffic[1].Plain);
        Assert.AreEqual(mine && theirs, one.Mesh.Traffic[1].Sent < 1_000_000);
    }

    [TestMethod]
    public async Task Drop_OfOneEnd_BothLearnAndConnectAnew()
    {
        await using var one = new Site(1, "");
        await using var two = new Site(2, "");
        one.Dial(two);
        await one.NextAsync();
        await two.NextAsync();
        two.Mesh.Drop(1);

        Assert.AreEqual("down 2", await one.NextAsync());
        Assert.AreEqual("down 1", await two.NextAsync());
        Assert.AreEqual("up 2", await one.NextAsync());
        Assert.AreEqual("up 1", await two.NextAsync());
    }

    [TestMethod]
    [DataRow("hush", "other", "c", "c", 5UL)]
    [DataRow("hush", "", "c", "c", 5UL)]
    [DataRow("", "hush", "c", "c", 5UL)]
    [DataRow("hush", "hush", "c", "d", 5UL)]
    [DataRow("hush", "hush", "c", "c", 6UL)]
    public async Task Strangers_AreRefusedAndCounted(
        string mine, string theirs, string myCluster, string theirCluster, ulong theirKinds)
    {
        await using var one = new Site(1, mine, myCluster);
        await using var two = new Site(2, theirs, theirCluster, theirKinds);
        one.Dial(two);
        using var patience = new CancellationTokenSource(Patience);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (one.Mesh.Refused + two.Mesh.Refused < 4)
        {
            await ticks.WaitForNextTickAsync(patience.Token);
        }

        Assert.IsEmpty(one.Events);
        Assert.IsEmpty(two.Events);
        Assert.IsEmpty(two.Mesh.Links);
    }

    [TestMethod]
    public async Task Rubbish_OfAnyLength_HarmsNobody()
    {
        await using var one = new Site(1, "hush");
        await using var two = new Site(2, "hush");
        var random = new Random(3);
        for (int i = 0; i < 200; i++)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, two.Mesh.Port);
            byte[] rubbish = new byte[random.Next(1, 200)];
            random.NextBytes(rubbish);
            await socket.SendAsync(random.Next(2) == 0 ? rubbish : MeshFrames.Wrap(rubbish));
        }

        one.Dial(two);
        Assert.AreEqual("up 2", await one.NextAsync());
        Assert.AreEqual("up 1", await two.NextAsync());
    }

    [TestMethod]
    public async Task Strangers_WhoSayNothing_MakeRoomForNewOnes()
    {
        await using var one = new Site(1, "hush");
        await using var two = new Site(2, "hush");
        Socket[] strangers = [.. Enumerable.Range(0, 2 * Introductions.Most)
            .Select(_ => new Socket(SocketType.Stream, ProtocolType.Tcp))];
        foreach (Socket stranger in strangers)
        {
            await stranger.ConnectAsync(IPAddress.Loopback, two.Mesh.Port);
        }

        one.Dial(two);
        Assert.AreEqual("up 2", await one.NextAsync());
        Assert.IsGreaterThanOrEqualTo((long)Introductions.Most, two.Mesh.Displaced);
        Assert.AreEqual(0, await strangers[0].ReceiveAsync(new byte[1]), "the first one was sent away");
        foreach (Socket stranger in strangers)
        {
            stranger.Dispose();
        }
    }

    [TestMethod]
    public void Hello_Bytes_AreFrozen()
    {
        var hello = new MeshHello(1, true, 513, new Guid(new byte[16]), 7, new byte[SecretProof.NonceBytes], "ab");
        byte[] bytes = hello.Encode();

        Assert.AreEqual(
            "4D4B564D" + "03" + "01" + "01" + "0102" + new string('0', 32) + "0700000000000000" + new string('0', 64) + "026162",
            Convert.ToHexString(bytes));
        Assert.AreEqual("ab", MeshHello.Decode(bytes).Cluster);
        Assert.ThrowsExactly<RecordFormatException>(() => MeshHello.Decode(bytes.AsSpan(0, bytes.Length - 1)));
        Assert.ThrowsExactly<RecordFormatException>(() => MeshHello.Decode([.. bytes, 0]));
    }

    private sealed class Site : IMeshSink, IAsyncDisposable
    {
        private readonly SemaphoreSlim _happened = new(0);

        public Site(ushort number, string secret, string cluster = "c", ulong kinds = 5, bool compresses = true)
        {
            Number = number;
            Mesh = new MeshTransport(
                new PeerAddress("127.0.0.1", 0),
                lane => new MeshHello(lane, compresses, number, Guid.Empty, kinds, SecretProof.NewNonce(), cluster),
                ClusterSecret.Derive(secret, cluster, "mesh"), this,
                new Complaints(TimeProvider.System, NullLogger.Instance), TimeProvider.System, NullLogger.Instance);
            Mesh.Start();
        }

        public ushort Number { get; }

        public MeshTransport Mesh { get; }

        public ConcurrentQueue<string> Events { get; } = new();

        public void Dial(Site other) => Mesh.SetPeers(
            new Dictionary<ushort, PeerAddress> { [other.Number] = new("127.0.0.1", other.Mesh.Port) });

        public async Task<string> NextAsync()
        {
            Assert.IsTrue(await _happened.WaitAsync(Patience), "nothing happened");
            return Events.TryDequeue(out string? happened) ? happened : throw new InvalidOperationException();
        }

        public string? WhyNot(MeshHello hello) => null;

        public void Up(ushort node) => Add($"up {node}");

        public void Down(ushort node) => Add($"down {node}");

        public void Expect(ushort node)
        {
        }

        public void Receive(ushort node, byte[] message) => Add($"from {node}: {Convert.ToHexString(message)}");

        public async ValueTask DisposeAsync()
        {
            await Mesh.DisposeAsync();
            _happened.Dispose();
        }

        private void Add(string happened)
        {
            Events.Enqueue(happened);
            _happened.Release();
        }
    }
}
