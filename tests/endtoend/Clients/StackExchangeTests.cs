using System.Globalization;
using Marekvs.EndToEnd.Processes;
using Marekvs.Testing;
using Marekvs.Testing.Processes;
using StackExchange.Redis;

namespace Marekvs.EndToEnd.Clients;

/// <summary>The client most .NET programs use, against a real node: both protocols, each store.</summary>
[TestClass]
public sealed class StackExchangeTests
{
    private static readonly Dictionary<string, (TemporaryDirectory Data, NodeProcess Node)> Nodes = [];

    public static IEnumerable<object[]> Matrix =>
        from storage in new[] { "rocksdb", "litedb", "memory" }
        from protocol in new[] { RedisProtocol.Resp2, RedisProtocol.Resp3 }
        select new object[] { storage, protocol };

    [ClassInitialize]
    public static async Task StartAsync(TestContext _)
    {
        foreach (string storage in new[] { "rocksdb", "litedb", "memory" })
        {
            var data = new TemporaryDirectory();
            Nodes[storage] = (data, await NodeProcess.StartAsync(
                new NodeSettings { DataDirectory = data.Path, Storage = storage }));
        }
    }

    [ClassCleanup]
    public static void Stop()
    {
        foreach ((TemporaryDirectory data, NodeProcess node) in Nodes.Values)
        {
            node.Dispose();
            data.Dispose();
        }

        Nodes.Clear();
    }

    [TestMethod]
    [DynamicData(nameof(Matrix))]
    [Timeout(60_000)]
    public async Task Strings_ReadAndWrite(string storage, RedisProtocol protocol)
    {
        await using ConnectionMultiplexer connection = await ConnectAsync(storage, protocol);
        IDatabase db = connection.GetDatabase();
        await db.KeyDeleteAsync(["s", "nx", "n"]);

        Assert.IsTrue(await db.StringSetAsync("s", "hello"));
        Assert.AreEqual("hello", (string?)await db.StringGetAsync("s"));
        Assert.AreEqual(11, await db.StringAppendAsync("s", " world"));
        Assert.AreEqual("world", (string?)await db.StringGetRangeAsync("s", 6, -1));
        Assert.AreEqual("hello world", (string?)await db.StringGetSetAsync("s", "new"));
        Assert.AreEqual("new", (string?)await db.StringGetDeleteAsync("s"));
        Assert.IsTrue((await db.StringGetAsync("s")).IsNull);
        Assert.IsTrue(await db.StringSetAsync("nx", "1", when: When.NotExists));
        Assert.IsFalse(await db.StringSetAsync("nx", "2", when: When.NotExists));
        Assert.AreEqual(5, await db.StringIncrementAsync("n", 5));
        Assert.AreEqual(3, await db.StringDecrementAsync("n", 2));
        Assert.AreEqual(3.5, await db.StringIncrementAsync("n", 0.5));
        Assert.AreEqual(3, await db.StringLengthAsync("n"));
        Assert.IsTrue(await db.StringSetAsync([new("m1", "a"), new("m2", "b")]));
        RedisValue[] many = await db.StringGetAsync(["m1", "none", "m2"]);
        Assert.AreSequenceEqual(["a", null, "b"], many.Select(value => (string?)value));
        byte[] binary = [0, 1, 2, 0xFF, (byte)'\r', (byte)'\n', 0];
        await db.StringSetAsync(binary, binary);
        Assert.AreSequenceEqual(binary, (byte[])(await db.StringGetAsync(binary))!);
    }

    [TestMethod]
    [DynamicData(nameof(Matrix))]
    [Timeout(60_000)]
    public async Task Keys_ScanRenameCopyDelete(string storage, RedisProtocol protocol)
    {
        const int Count = 1_000;
        await using ConnectionMultiplexer connection = await ConnectAsync(storage, protocol);
        IDatabase db = connection.GetDatabase();
        await Task.WhenAll(Enumerable.Range(0, Count).Select(i => db.StringSetAsync($"scan:{i}", i)));

        IServer server = connection.GetServers()[0];
        var seen = new HashSet<string>();
        await foreach (RedisKey key in server.KeysAsync(pattern: "scan:*", pageSize: 37))
        {
            seen.Add(key!);
        }

        Assert.HasCount(Count, seen);
        Assert.AreEqual(RedisType.String, await db.KeyTypeAsync("scan:1"));
        Assert.IsTrue(await db.KeyRenameAsync("scan:1", "renamed"));
        Assert.IsFalse(await db.KeyExistsAsync("scan:1"));
        Assert.IsTrue(await db.KeyCopyAsync("renamed", "copied"));
        Assert.AreEqual(2, await db.KeyDeleteAsync(["renamed", "copied", "none"]));
        Assert.IsNotNull((string?)await db.KeyRandomAsync());
        Assert.AreEqual(Count - 1, await db.KeyDeleteAsync([.. seen.Select(key => (RedisKey)key)]));
    }

    [TestMethod]
    [DynamicData(nameof(Matrix))]
    [Timeout(60_000)]
    public async Task Expiry_SetSeenRemovedAndDue(string storage, RedisProtocol protocol)
    {
        await using ConnectionMultiplexer connection = await ConnectAsync(storage, protocol);
        IDatabase db = connection.GetDatabase();
        await db.StringSetAsync("e", "1", TimeSpan.FromMinutes(5));

        TimeSpan? left = await db.KeyTimeToLiveAsync("e");
        Assert.IsTrue(left > TimeSpan.FromMinutes(4) && left <= TimeSpan.FromMinutes(5), $"{left}");
        Assert.IsTrue(await db.KeyPersistAsync("e"));
        Assert.IsNull(await db.KeyTimeToLiveAsync("e"));
        Assert.IsTrue(await db.KeyExpireAsync("e", TimeSpan.FromMilliseconds(50)));
        await Eventually.HoldsAsync("the key expires", TimeSpan.FromSeconds(5), () => !db.KeyExists("e"));
        Assert.IsTrue((await db.StringGetAsync("e")).IsNull);
    }

    [TestMethod]
    [DynamicData(nameof(Matrix))]
    [Timeout(60_000)]
    public async Task Pipelines_OfManyTasks_AllComeBackRight(string storage, RedisProtocol protocol)
    {
        const int Count = 20_000;
        await using ConnectionMultiplexer connection = await ConnectAsync(storage, protocol);
        IDatabase db = connection.GetDatabase();
        await db.KeyDeleteAsync("pipeline:counter");

        long[] counted = await Task.WhenAll(
            Enumerable.Range(0, Count).Select(_ => db.StringIncrementAsync("pipeline:counter")));

        Assert.AreSequenceEqual(Enumerable.Range(1, Count).Select(i => (long)i), counted);
    }

    [TestMethod]
    [DynamicData(nameof(Matrix))]
    [Timeout(60_000)]
    public async Task Server_AnswersWhatTheLibraryAsks(string storage, RedisProtocol protocol)
    {
        await using ConnectionMultiplexer connection = await ConnectAsync(storage, protocol);
        IServer server = connection.GetServers()[0];

        Assert.AreEqual(protocol, server.Protocol);
        Assert.AreEqual(ServerType.Standalone, server.ServerType);
        Assert.IsFalse(server.IsReplica);
        Assert.IsTrue(server.Version >= new Version(7, 0), server.Version.ToString());
        Assert.IsNotEmpty(await server.InfoAsync());
        KeyValuePair<string, string>[] memory = await server.ConfigGetAsync("maxmemory");
        Assert.HasCount(1, memory);
        Assert.IsTrue((await server.ClientListAsync()).Any(client => client.Name == "endtoend"));
        Assert.IsGreaterThanOrEqualTo(0, await server.DatabaseSizeAsync());
        Assert.IsLessThan(TimeSpan.FromSeconds(5), await server.PingAsync());
        Assert.IsLessThan(5.0, Math.Abs((await server.TimeAsync() - TimeProvider.System.GetUtcNow()).TotalSeconds));
        Assert.AreEqual("hello", (string?)await server.EchoAsync("hello"));
    }

    [TestMethod]
    [DynamicData(nameof(Matrix))]
    [Timeout(60_000)]
    public async Task LargeValues_TenMegabytes_AreKeptWhole(string storage, RedisProtocol protocol)
    {
        const int Bytes = 10 * 1024 * 1024;
        await using ConnectionMultiplexer connection = await ConnectAsync(storage, protocol);
        IDatabase db = connection.GetDatabase();
        byte[] value = new byte[Bytes];
        new Random((int)protocol).NextBytes(value);
        string key = string.Create(CultureInfo.InvariantCulture, $"large:{protocol}");

        await db.StringSetAsync(key, value);
        Assert.AreEqual(Bytes, await db.StringLengthAsync(key));
        Assert.IsTrue(Same(value, await db.StringGetAsync(key)));
        Assert.AreEqual(Bytes + 1, await db.StringAppendAsync(key, "x"));
        Assert.IsTrue(await db.KeyDeleteAsync(key));
    }

    [TestMethod]
    [DataRow("rocksdb")]
    [DataRow("litedb")]
    [Timeout(120_000)]
    public async Task LargeValue_HundredMegabytes_IsKeptWhole(string storage)
    {
        const int Bytes = 100 * 1024 * 1024;
        await using ConnectionMultiplexer connection = await ConnectAsync(storage, RedisProtocol.Resp3);
        IDatabase db = connection.GetDatabase();
        byte[] value = new byte[Bytes];
        new Random(100).NextBytes(value);

        await db.StringSetAsync("huge", value);
        await db.ExecuteAsync("SAVE");

        Assert.IsTrue(Same(value, await db.StringGetAsync("huge")));
        Assert.IsTrue(await db.KeyDeleteAsync("huge"));
    }

    [TestMethod]
    [DataRow(RedisProtocol.Resp2)]
    [DataRow(RedisProtocol.Resp3)]
    [Timeout(60_000)]
    public async Task Password_RightAndWrong(RedisProtocol protocol)
    {
        using var data = new TemporaryDirectory();
        using NodeProcess node = await NodeProcess.StartAsync(
            new NodeSettings { DataDirectory = data.Path, Storage = "memory", Password = "s3cret" });
        ConfigurationOptions options = Options(node, protocol);

        options.Password = "wrong";
        await Assert.ThrowsAsync<RedisConnectionException>(() => ConnectionMultiplexer.ConnectAsync(options));
        options.Password = "s3cret";
        await using ConnectionMultiplexer connection = await ConnectionMultiplexer.ConnectAsync(options);
        Assert.IsTrue(await connection.GetDatabase().StringSetAsync("a", "1"));
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Restart_TheLibraryReconnectsAndFindsItsData()
    {
        using var data = new TemporaryDirectory();
        using NodeProcess node = await NodeProcess.StartAsync(new NodeSettings { DataDirectory = data.Path });
        var settings = new NodeSettings { DataDirectory = data.Path, RespAddress = node.Resp.ToString() };
        await using ConnectionMultiplexer connection =
            await ConnectionMultiplexer.ConnectAsync(Options(node, RedisProtocol.Resp3));
        IDatabase db = connection.GetDatabase();
        await db.StringSetAsync("kept", "1");

        node.Kill();
        using NodeProcess again = await NodeProcess.StartAsync(settings);

        await Eventually.HoldsAsync(
            "the client is connected again", TimeSpan.FromSeconds(20), () => connection.IsConnected);
        Assert.AreEqual("1", (string?)await db.StringGetAsync("kept"));
    }

    /// <summary>Unlike the assertion for sequences, it stays quick and silent for a hundred megabytes.</summary>
    private static bool Same(byte[] expected, RedisValue found) => expected.AsSpan().SequenceEqual((byte[])found!);

    private static async Task<ConnectionMultiplexer> ConnectAsync(string storage, RedisProtocol protocol) =>
        await ConnectionMultiplexer.ConnectAsync(Options(Nodes[storage].Node, protocol));

    private static ConfigurationOptions Options(NodeProcess node, RedisProtocol protocol) => new()
    {
        EndPoints = { node.Resp },
        Protocol = protocol,
        AllowAdmin = true,
        ClientName = "endtoend",
        SyncTimeout = 30_000,
        AsyncTimeout = 30_000,
        ConnectTimeout = 5_000,
        ConnectRetry = 1,
    };
}
