using System.Globalization;
using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.Cluster.Tests.Namespaces;

/// <summary>
/// Three real nodes behind links that fail, with clients that write on all of them meanwhile. Afterwards all nodes agree,
/// and nothing that was acknowledged is missing.
/// </summary>
[TestClass]
[DoNotParallelize]
public sealed class PartitionTests
{
    private const int Nodes = 3;

    private static readonly TimeSpan ConvergesWithin = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan CutFor = TimeSpan.FromSeconds(8);

    [TestMethod]
    [Timeout(180_000)]
    public Task Cut_OfOneNode_BothSidesGoOnAndConverge() => RunAsync(async (network, _) =>
    {
        network.Cut(1, 3);
        network.Cut(2, 3);
        await PassAsync(CutFor);
    });

    [TestMethod]
    [Timeout(180_000)]
    public Task Cut_OneWay_Converges() => RunAsync(async (network, _) =>
    {
        network.CutOneWay(1, 3);
        await PassAsync(CutFor);
    });

    [TestMethod]
    [Timeout(180_000)]
    public Task Cut_BetweenTwoOfThree_Converges() => RunAsync(async (network, _) =>
    {
        network.Cut(1, 3);
        await PassAsync(CutFor);
    });

    [TestMethod]
    [Timeout(180_000)]
    public Task Loss_OfATenth_Converges() => RunAsync(async (network, _) =>
    {
        network.Lose(0.1);
        await PassAsync(CutFor);
    });

    [TestMethod]
    [Timeout(180_000)]
    public Task Kill9_OfOneNode_Converges() => RunAsync(async (_, nodes) =>
    {
        nodes[1].Kill();
        await PassAsync(TimeSpan.FromSeconds(3));
        await nodes[1].RestartAsync();
        await PassAsync(TimeSpan.FromSeconds(4));
    });

    [TestMethod]
    [Timeout(180_000)]
    public Task Standstill_OfOneNode_Converges() => RunAsync(async (_, nodes) =>
    {
        const int Stop = 19;
        const int Continue = 18;
        Signal.Send(nodes[2].ProcessId, Stop);
        await PassAsync(CutFor);
        Signal.Send(nodes[2].ProcessId, Continue);
    });

    private static async Task RunAsync(Func<NodeNetwork, List<NodeProcess>, Task> fail)
    {
        using NodeNetwork network = NodeNetwork.Create(Nodes);
        List<TemporaryDirectory> directories = [];
        List<NodeProcess> nodes = [];
        ClusterWriter[] writers = [];
        try
        {
            for (int number = 1; number <= Nodes; number++)
            {
                directories.Add(new TemporaryDirectory());
                nodes.Add(await StartAsync(network, number, directories[^1]));
            }

            await WaitAsync("all nodes are active", () => nodes.All(IsWhole));
            writers = [.. nodes.Select((node, i) => new ClusterWriter(node, i))];
            Array.ForEach(writers, writer => writer.Start());
            await PassAsync(TimeSpan.FromSeconds(1));
            await fail(network, nodes);
            foreach (ClusterWriter writer in writers)
            {
                await writer.StopAsync();
            }

            network.Heal();
            await CheckAsync(nodes, writers);
        }
        finally
        {
            Array.ForEach(writers, writer => writer.Dispose());
            nodes.ForEach(node => node.Dispose());
            directories.ForEach(directory => directory.Dispose());
        }
    }

    private static async Task CheckAsync(List<NodeProcess> nodes, ClusterWriter[] writers)
    {
        long acknowledged = writers.Sum(w => w.Increments);
        long most = acknowledged + writers.Sum(w => w.Indeterminate);
        string[] members = [.. writers.SelectMany(w => w.Members).Order(StringComparer.Ordinal)];
        long began = TimeProvider.System.GetTimestamp();
        await WaitAsync(
            $"a counter of {acknowledged} to {most} and {members.Length} members on all nodes",
            () =>
            {
                string[] states = [.. nodes.Select(Describe)];
                return states.Distinct().Count() == 1 && !states[0].Contains("error", StringComparison.Ordinal);
            },
            () => string.Join('\n', nodes.Select(Describe)));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"agreed {TimeProvider.System.GetElapsedTime(began).TotalMilliseconds:F0} ms after the heal; {acknowledged} increments"));

        foreach (NodeProcess node in nodes)
        {
            using RespClient client = node.Connect();
            long counter = long.Parse(client.Call("GET", "counter").Text, CultureInfo.InvariantCulture);
            Assert.IsTrue(counter >= acknowledged && counter <= most, $"{counter} is not in {acknowledged}..{most}");
            HashSet<string> there = [.. client.Call("SMEMBERS", "set").Items.Select(item => item.Text)];
            Assert.IsEmpty(members.Except(there), "acknowledged members are missing");
            Assert.IsLessThanOrEqualTo(members.Length + Nodes, there.Count, "members that nobody added");
        }

        Assert.IsEmpty(writers.SelectMany(w => w.Breaches));
        Assert.IsTrue(writers.All(w => w.Increments > 0));
    }

    /// <summary>What all nodes must agree on.</summary>
    private static string Describe(NodeProcess node)
    {
        using RespClient client = node.Connect();
        return string.Join(' ', new[]
        {
            client.Call("GET", "counter"), client.Call("SCARD", "set"), client.Call("DBSIZE"),
            client.Call("MGET", "own:0", "own:1", "own:2"),
        }.Select(reply => reply.IsError ? "error" : reply.ToString()));
    }

    private static bool IsWhole(NodeProcess node)
    {
        using RespClient client = node.Connect();
        return client.Call("CLUSTER", "INFO").Text.Contains($"cluster_size:{Nodes}\r\n", StringComparison.Ordinal);
    }

    private static Task<NodeProcess> StartAsync(NodeNetwork network, int number, TemporaryDirectory data)
    {
        string address = network.AddressOf(number).ToString();
        return NodeProcess.StartAsync(new NodeSettings
        {
            DataDirectory = data.Path,
            Launcher = network.LauncherOf(number),
            Host = network.AddressOf(number),
            RespAddress = $"{address}:6379",
            HttpAddress = $"{address}:9121",
            Environment = new Dictionary<string, string>
            {
                ["MAREKVS_CLUSTER"] = "gossip",
                ["MAREKVS_NODE_ID"] = number.ToString(CultureInfo.InvariantCulture),
                ["MAREKVS_SEEDS"] = network.AddressOf(1).ToString(),
                ["MAREKVS_GOSSIP_ADDR"] = $"{address}:7946",
                ["MAREKVS_MESH_ADDR"] = $"{address}:7373",
                ["MAREKVS_CLUSTER_SECRET"] = "hush",
                ["MAREKVS_PROTECTED_MODE"] = "false",
            },
        });
    }

    private static async Task WaitAsync(string what, Func<bool> holds, Func<string>? state = null)
    {
        using var patience = new CancellationTokenSource(ConvergesWithin);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        try
        {
            while (!holds())
            {
                await ticks.WaitForNextTickAsync(patience.Token);
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"not within {ConvergesWithin}: {what}\n{state?.Invoke()}");
        }
    }

    private static Task PassAsync(TimeSpan time) => Task.Delay(time, TimeProvider.System);
}
