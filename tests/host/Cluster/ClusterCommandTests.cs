using System.Globalization;
using Marekvs.Host.Tests.Access;
using Marekvs.Host.Tests.Plugins;
using Marekvs.Host.Tests.Startup;
using Marekvs.Testing;

namespace Marekvs.Host.Tests.Cluster;

/// <summary>What clients of Redis Cluster ask, of a node that can have others and of one that cannot.</summary>
[TestClass]
public sealed class ClusterCommandTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [TestMethod]
    [DataRow("CLUSTER INFO")]
    [DataRow("CLUSTER HELP")]
    [DataRow("CLUSTER KEYSLOT k")]
    [DataRow("CLUSTER FOO")]
    [DataRow("CLUSTER MEET 127.0.0.1 1")]
    [DataRow("READONLY")]
    [DataRow("READWRITE")]
    [DataRow("ASKING")]
    public async Task Standalone_Answers_AsRedisWithoutClusterMode(string command)
    {
        await using TestNode node = await AclNode.StartAsync();
        using RedisConnection ours = node.Connect();
        using var redis = new RedisServer();
        Assert.AreEqual(redis.Run(command), ours.Run(command));
    }

    [TestMethod]
    public async Task Gossip_NodeAlone_AnswersWhatClientsAsk()
    {
        await using TestNode node = await StartAsync(1);
        using RedisConnection client = node.Connect();
        await WaitAsync(() => client.Run("CLUSTER INFO").Contains("cluster_state:ok", StringComparison.Ordinal));

        string id = client.Run("CLUSTER MYID").Split("\r\n")[1];
        Assert.AreEqual(40, id.Length);
        string port = client.Run("CONFIG GET port").Split("\r\n")[4];
        Assert.Contains($"{id} 127.0.0.1:{port}@", client.Run("CLUSTER NODES"));
        Assert.Contains("myself,master - 0 0", client.Run("CLUSTER NODES"));
        Assert.Contains(" connected 0-16383", client.Run("CLUSTER NODES"));
        Assert.AreEqual(
            $"*1\r\n*3\r\n:0\r\n:16383\r\n*4\r\n$9\r\n127.0.0.1\r\n:{port}\r\n$40\r\n{id}\r\n*0\r\n",
            client.Run("CLUSTER SLOTS"));
        Assert.StartsWith("*1\r\n*4\r\n$5\r\nslots\r\n*2\r\n:0\r\n:16383\r\n$5\r\nnodes\r\n*1\r\n*14\r\n", client.Run("CLUSTER SHARDS"));
        Assert.AreEqual("*0\r\n", client.Run("CLUSTER LINKS"));
        Assert.AreEqual("*0\r\n", client.Run($"CLUSTER REPLICAS {id}"));
        Assert.AreEqual("-ERR Unknown node x\r\n", client.Run("CLUSTER REPLICAS x"));
        Assert.AreEqual("-ERR Unknown node x\r\n", client.Run("CLUSTER COUNT-FAILURE-REPORTS x"));
        Assert.AreEqual(":0\r\n", client.Run($"CLUSTER COUNT-FAILURE-REPORTS {id}"));
        Assert.AreEqual(":15495\r\n", client.Run("CLUSTER KEYSLOT {a}b"));
        foreach (string accepted in new[] { "READONLY", "READWRITE", "ASKING" })
        {
            Assert.AreEqual("+OK\r\n", client.Run(accepted));
        }

        Assert.StartsWith("-ERR nodes find each other", client.Run("CLUSTER MEET 127.0.0.1 7000"));
        Assert.StartsWith("-ERR nodes find each other", client.Run("CLUSTER SETSLOT 1 STABLE"));
        Assert.Contains("cluster_enabled:1", client.Run("INFO cluster"));
        Assert.Contains("underreplicated_partitions:4096", client.Run("INFO replication"));
        Assert.Contains("effective_rf_min:1", client.Run("INFO replication"));
        Assert.Contains("redis_mode:cluster", client.Run("INFO server"));
        Assert.Contains("cluster", client.Run("HELLO 2"));
        string metrics = await node.Http.GetStringAsync("/metrics");
        Assert.Contains("marekvs_underreplicated_partitions 4096", metrics);
        Assert.Contains("marekvs_cluster_members_active 1", metrics);
    }

    [TestMethod]
    public async Task KeysInSlot_AreCountedAndListed()
    {
        await using TestNode node = await StartAsync(1);
        using RedisConnection client = node.Connect();
        await WaitAsync(() => client.Run("SET {a}1 x") == "+OK\r\n");
        client.Run("MSET {a}2 x {a}3 x b x");

        Assert.AreEqual(":3\r\n", client.Run("CLUSTER COUNTKEYSINSLOT 15495"));
        Assert.AreEqual(":0\r\n", client.Run("CLUSTER COUNTKEYSINSLOT 0"));
        Assert.StartsWith("*2\r\n$4\r\n{a}", client.Run("CLUSTER GETKEYSINSLOT 15495 2"));
        Assert.StartsWith("*3\r\n", client.Run("CLUSTER GETKEYSINSLOT 15495 10"));
        Assert.AreEqual("*0\r\n", client.Run("CLUSTER GETKEYSINSLOT 15495 0"));
        Assert.AreEqual("-ERR Invalid slot\r\n", client.Run("CLUSTER COUNTKEYSINSLOT 16384"));
        Assert.AreEqual("-ERR value is not an integer or out of range\r\n", client.Run("CLUSTER COUNTKEYSINSLOT x"));
        Assert.AreEqual("-ERR Invalid slot or number of keys\r\n", client.Run("CLUSTER GETKEYSINSLOT 1 -1"));
    }

    [TestMethod]
    public async Task Joining_SilentSeed_RefusesDataUntilItGoesAlone()
    {
        await using TestNode node = await StartAsync(1, ("MAREKVS_SEEDS", "127.0.0.1:1"));
        using RedisConnection client = node.Connect();

        Assert.AreEqual("-LOADING this node is joining the cluster\r\n", client.Run("GET a"));
        Assert.Contains("cluster_state:fail", client.Run("CLUSTER INFO"));
        Assert.AreEqual(503, (int)(await node.Http.GetAsync(new Uri("/ready", UriKind.Relative))).StatusCode);
        await WaitAsync(() => client.Run("GET a") == "$-1\r\n");
        Assert.AreEqual(200, (int)(await node.Http.GetAsync(new Uri("/ready", UriKind.Relative))).StatusCode);
    }

    [TestMethod]
    public async Task Three_Nodes_ShareTheSlots()
    {
        await using TestNode first = await StartAsync(1);
        using RedisConnection client = first.Connect();
        string seed = "127.0.0.1:" + Field(client.Run("INFO replication"), "gossip_port");
        await using TestNode second = await StartAsync(2, ("MAREKVS_SEEDS", seed), ("MAREKVS_ZONE", "b"));
        await using TestNode third = await StartAsync(3, ("MAREKVS_SEEDS", seed));
        await WaitAsync(() => client.Run("CLUSTER INFO").Contains("cluster_size:3", StringComparison.Ordinal));

        string[] nodes = client.Run("CLUSTER NODES").Split('\n')[1..4];
        int slots = nodes.Sum(SlotsIn);
        Assert.AreEqual(16384, slots);
        Assert.IsTrue(nodes.All(line => SlotsIn(line) is > 4500 and < 6500), string.Join('\n', nodes));
        Assert.Contains("underreplicated_partitions:0", client.Run("INFO replication"));
        Assert.Contains("zone=b", client.Run("INFO replication"));
        using RedisConnection other = third.Connect();
        await WaitAsync(() => other.Run("CLUSTER SLOTS") == client.Run("CLUSTER SLOTS"));

        await second.StopAsync();
        await WaitAsync(() => client.Run("CLUSTER INFO").Contains("cluster_size:2", StringComparison.Ordinal));
        Assert.Contains("cluster_known_nodes:2", client.Run("CLUSTER INFO"));
        Assert.AreEqual(16384, client.Run("CLUSTER NODES").Split('\n')[1..3].Sum(SlotsIn));
    }

    [TestMethod]
    public async Task Duplicate_Number_TheYoungerRefusesAndSaysWhy()
    {
        await using TestNode first = await StartAsync(7);
        using RedisConnection client = first.Connect();
        await WaitAsync(() => client.Run("SET a 1") == "+OK\r\n");
        string seed = "127.0.0.1:" + Field(client.Run("INFO replication"), "gossip_port");
        await using TestNode second = await StartAsync(7, ("MAREKVS_SEEDS", seed));
        using RedisConnection younger = second.Connect();

        await WaitAsync(() => younger.Run("GET a").StartsWith("-CLUSTERDOWN", StringComparison.Ordinal));
        Assert.Contains("has the number 7 already and is older", younger.Run("GET a"));
        Assert.AreEqual("$1\r\n1\r\n", client.Run("GET a"));
    }

    private static Task<TestNode> StartAsync(int number, params (string Name, string Value)[] environment)
    {
        PluginRoot plugins = AclNode.Plugins();
        plugins.AddFromHost("cluster/gossip");
        return TestNode.StartAsync(
            plugins, AclNode.Modules,
            [
                ("MAREKVS_CLUSTER", "gossip"), ("MAREKVS_NODE_ID", number.ToString(CultureInfo.InvariantCulture)),
                ("MAREKVS_GOSSIP_ADDR", "127.0.0.1:0"), ("MAREKVS_MESH_ADDR", "127.0.0.1:0"),
                ("MAREKVS_CLUSTER_GOSSIP_INTERVAL_MS", "100"), .. environment,
            ]);
    }

    private static int SlotsIn(string line) => line.Split(' ')[8..].Sum(range =>
    {
        string[] ends = range.Split('-');
        return int.Parse(ends[1], CultureInfo.InvariantCulture) - int.Parse(ends[0], CultureInfo.InvariantCulture) + 1;
    });

    private static string Field(string info, string name)
    {
        int at = info.IndexOf(name + "=", StringComparison.Ordinal) + name.Length + 1;
        return info[at..info.IndexOf(',', at)];
    }

    private static async Task WaitAsync(Func<bool> holds)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!holds())
        {
            await ticks.WaitForNextTickAsync(patience.Token);
        }
    }
}
