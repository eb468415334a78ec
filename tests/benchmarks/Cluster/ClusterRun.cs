using System.Globalization;
using Marekvs.Benchmarks.Compare;
using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.Benchmarks.Cluster;

/// <summary>
/// Figures of three nodes, each in a network namespace, so that links can be cut and what they carry is counted.
/// </summary>
internal sealed class ClusterRun : IDisposable
{
    private const int Nodes = 3;
    private const int NodesMost = 6;
    private const int EstimatedRequests = 20_000;

    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(15);

    // Longer than it takes the runtime to compile what an idle node runs.
    private static readonly TimeSpan Compiled = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan IdleFor = TimeSpan.FromSeconds(10);

    private static readonly string[] Get = ["GET", "key:__rand_int__"];

    // Always another value: a node alone need not write down one that is there already.
    private static readonly string[] Overwrite = ["SET", "key:__rand_int__", new string('v', 88) + "__rand_int__"];

    private readonly ClusterOptions _options;
    private readonly NodeNetwork _network;
    private readonly ProcessCluster _cluster;

    private ClusterRun(ClusterOptions options, NodeNetwork network, ProcessCluster cluster) =>
        (_options, _network, _cluster) = (options, network, cluster);

    private NodeProcess First => _cluster.Nodes[0];

    public static async Task RunAsync(ClusterOptions options)
    {
        using NodeNetwork network = MakeNetwork();
        using ProcessCluster cluster = await ProcessCluster.StartAsync(
            Nodes, secret: "hush", settings: SettingsOf(options), network: network, showsLogs: false);
        using var run = new ClusterRun(options, network, cluster);
        foreach ((string part, Func<Task> measure) in run.Parts().Where(part => options.Only.Contains(part.Name)))
        {
            Console.WriteLine(part);
            await measure();
        }
    }

    public void Dispose() => _cluster.Dispose();

    private static Dictionary<string, string> SettingsOf(ClusterOptions options) => new()
    {
        ["MAREKVS_PARTIAL"] = options.KeepsOwn ? "true" : "false",
        ["MAREKVS_DROP_SECONDS"] = "1",
    };

    private static NodeNetwork MakeNetwork()
    {
        try
        {
            return NodeNetwork.Create(NodesMost);
        }
        catch (InvalidOperationException e)
        {
            throw new OptionException($"network namespaces cannot be made here; run as root: {e.Message}");
        }
    }

    private IEnumerable<(string Name, Func<Task> Measure)> Parts() =>
    [
        ("idle", IdleAsync), ("cost", CostAsync), ("throughput", ThroughputAsync), ("propagation", PropagationAsync),
        ("heal", HealAsync), ("restart", RestartAsync), ("wipe", WipeAsync), ("bootstrap", BootstrapAsync), ("scale", ScaleAsync),
    ];

    private async Task IdleAsync()
    {
        await PassAsync(Compiled);
        (TimeSpan Used, long Bytes)[] before = [.. Figures()];
        await PassAsync(IdleFor);
        (TimeSpan Used, long Bytes)[] after = [.. Figures()];
        for (int i = 0; i < Nodes; i++)
        {
            double core = (after[i].Used - before[i].Used) / IdleFor;
            double bytes = (after[i].Bytes - before[i].Bytes) / IdleFor.TotalSeconds;
            Console.WriteLine($"  node {i + 1}: {core:P2} of a core, {bytes / 1000:F1} KB/s in and out");
        }
    }

    private IEnumerable<(TimeSpan Used, long Bytes)> Figures() =>
        _cluster.Nodes.Select((node, i) => (node.ProcessorTime, _network.BytesOf(i + 1)));

    /// <summary>All load on one node: what its part in the cluster costs it, and what goes to the others. The node alone is
    /// reached over the same kind of link, and both take the same turns.</summary>
    private async Task CostAsync()
    {
        using var data = new TemporaryDirectory();
        using NodeProcess alone = await StartAloneAsync(data);
        await WarmUpAsync(alone);
        await WarmUpAsync(First);
        foreach (int pipeline in (int[])[1, 16])
        {
            foreach ((string name, string[] test) in (IEnumerable<(string, string[])>)[("set", Overwrite), ("get", Get)])
            {
                int requests = await RequestsAsync(alone, test, pipeline);
                var single = new List<double>();
                var member = new List<double>();
                long bytes = 0;
                for (int round = 0; round < _options.Rounds; round++)
                {
                    await QuietAsync();
                    single.Add((await LoadAsync(alone, test, pipeline, requests)).ServerMicroseconds);
                    bytes -= BytesOfOthers();
                    member.Add((await LoadAsync(First, test, pipeline, requests)).ServerMicroseconds);
                    await QuietAsync();
                    bytes += BytesOfOthers();
                }

                single.Sort();
                member.Sort();
                (double before, double after) = (At(single, 0.5), At(member, 0.5));
                Console.WriteLine($"  {name} P={pipeline}: {before:F2} us of processor alone, {after:F2} us in the cluster " +
                    $"({(after / before) - 1:+0%;-0%}); {(double)bytes / requests / _options.Rounds:F0} bytes to and from both others for each");
            }
        }
    }

    /// <summary>Lets the runtime compile what runs often.</summary>
    private async Task WarmUpAsync(NodeProcess node)
    {
        foreach (string[] test in (string[][])[Overwrite, Get, Overwrite])
        {
            await LoadAsync(node, test, 16, await RequestsAsync(node, test, 16));
        }

        await LoadAsync(node, Overwrite, 1, EstimatedRequests);
    }

    private long BytesOfOthers() => _network.BytesOf(2) + _network.BytesOf(3);

    /// <summary>A node that has no others, in the last place of the network.</summary>
    private Task<NodeProcess> StartAloneAsync(TemporaryDirectory data) => NodeProcess.StartAsync(new NodeSettings
    {
        DataDirectory = data.Path,
        ShowsLog = false,
        Launcher = _network.LauncherOf(NodesMost),
        Host = _network.AddressOf(NodesMost),
        RespAddress = $"{_network.AddressOf(NodesMost)}:6379",
        Environment = new Dictionary<string, string> { ["MAREKVS_PROTECTED_MODE"] = "false" },
    });

    private async Task ThroughputAsync()
    {
        using var data = new TemporaryDirectory();
        using NodeProcess alone = await StartAloneAsync(data);
        foreach ((string name, string[] test) in (IEnumerable<(string, string[])>)[("set", Overwrite), ("get", Get)])
        {
            int requests = await RequestsAsync(alone, test, 1);
            LoadResult single = await LoadAsync(alone, test, 1, requests);
            LoadResult[] three = await Task.WhenAll(
                _cluster.Nodes.Select(node => LoadAsync(node, test, 1, requests / Nodes)));
            Console.WriteLine($"  {name} P=1: one node alone {single.RequestsPerSecond:F0} a second, three nodes together " +
                $"{three.Sum(load => load.RequestsPerSecond):F0} on {Environment.ProcessorCount} processors");
            await QuietAsync();
        }
    }

    private async Task PropagationAsync()
    {
        int requests = await RequestsAsync(First, Overwrite, 1);
        LoadResult full = await LoadAsync(First, Overwrite, 1, requests);
        int rate = (int)full.RequestsPerSecond / 2;
        using var load = new PacedLoad(First, rate);
        double[] milliseconds = Propagation.Measure(First, _cluster.Nodes[1], TimeSpan.FromSeconds(_options.Seconds * 2));
        Console.WriteLine($"  {milliseconds.Length} writes seen on another node beside {rate} SET a second: " +
            $"p50 {At(milliseconds, 0.5):F2} ms, p99 {At(milliseconds, 0.99):F2} ms, most {milliseconds[^1]:F2} ms");
    }

    private async Task HealAsync()
    {
        var took = new List<double>();
        for (int round = 1; round <= _options.Rounds; round++)
        {
            _network.Isolate(3);
            await PassAsync(_options.Cut);
            foreach (NodeProcess node in _cluster.Nodes)
            {
                ProcessCluster.Ask(node, "SET", $"heal:{round}:{node.ProcessId}", "v");
            }

            long healed = TimeProvider.System.GetTimestamp();
            _network.Heal();
            string[] keys = [.. _cluster.Nodes.Select(node => $"heal:{round}:{node.ProcessId}")];
            await _cluster.WaitAsync("all that was written apart", node => Exists(node, keys) == Nodes);
            took.Add(TimeProvider.System.GetElapsedTime(healed).TotalMilliseconds);
            await PassAsync(TimeSpan.FromSeconds(1));
        }

        took.Sort();
        Console.WriteLine($"  {took.Count} cuts of {_options.Cut.TotalSeconds:F0} s: all agree after {At(took, 0.5):F0} ms (median), " +
            $"{took[^1]:F0} ms (worst)");
    }

    private async Task RestartAsync()
    {
        NodeProcess node = _cluster.Nodes[1];
        await FillAsync();
        node.Kill();
        long killed = TimeProvider.System.GetTimestamp();
        node.BeginRestart();
        await node.WaitForReadyAsync();
        double listens = TimeProvider.System.GetElapsedTime(killed).TotalMilliseconds;
        await _cluster.WaitAsync("serving again", n => ProcessCluster.Ask(n, "PING") == "PONG");
        Console.WriteLine($"  kill -9 and start with {_options.Keys} keys: listens after {listens:F0} ms, serves after " +
            $"{TimeProvider.System.GetElapsedTime(killed).TotalMilliseconds:F0} ms");
        await _cluster.WaitForMembersAsync(Nodes);
    }

    private async Task WipeAsync()
    {
        await FillAsync();
        NodeProcess node = _cluster.Nodes[2];
        node.Kill();
        _cluster.Wipe(node);
        await JoinAsync("a node that lost its disk", 3, async () =>
        {
            await node.RestartAsync();
            return node;
        });
    }

    private async Task BootstrapAsync()
    {
        await FillAsync();
        await JoinAsync("a new node", _cluster.Nodes.Count + 1, () => _cluster.AddAsync());
    }

    /// <summary>More and more nodes share the same data.</summary>
    private async Task ScaleAsync()
    {
        await FillAsync();
        await RestAsync();
        while (_cluster.Nodes.Count < NodesMost)
        {
            await JoinAsync("a new node", _cluster.Nodes.Count + 1, () => _cluster.AddAsync());
            await RestAsync();
        }
    }

    /// <summary>Waits until nothing changes hands any more, and tells what the nodes are left with.</summary>
    private async Task RestAsync()
    {
        int count = _cluster.Nodes.Count;
        await _cluster.WaitForMembersAsync(count);
        await _cluster.WaitAsync("all partitions on their owners", node =>
        {
            string info = ProcessCluster.Ask(node, "INFO", "cluster");
            return !_options.KeepsOwn ||
                Figure(info, "cluster_partitions_owned") == Figure(info, "cluster_partitions_kept");
        });
        await PassAsync(Settled);
        string[] infos = [.. _cluster.Nodes.Select(node => ProcessCluster.Ask(node, "INFO"))];
        IEnumerable<string> data = infos.Select(info => $"{Figure(info, "used_memory_dataset") / 1e6:F0}");
        IEnumerable<string> all = infos.Select(info => $"{Figure(info, "used_memory_rss") / 1e6:F0}");
        Console.WriteLine($"  {count} nodes: {string.Join(", ", data)} MB of data in memory, {string.Join(", ", all)} MB altogether");
    }

    private async Task JoinAsync(string who, int number, Func<Task<NodeProcess>> start)
    {
        long keys = long.Parse(ProcessCluster.Ask(First, "DBSIZE"), CultureInfo.InvariantCulture);
        long before = _network.BytesOf(number);
        long began = TimeProvider.System.GetTimestamp();
        NodeProcess joined = await start();
        double started = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        while (ProcessCluster.Ask(joined, "PING") != "PONG")
        {
            await PassAsync(TimeSpan.FromMilliseconds(50));
        }

        double seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        long has = long.Parse(ProcessCluster.Ask(joined, "DBSIZE"), CultureInfo.InvariantCulture);
        double megabytes = (_network.BytesOf(number) - before) / 1e6;
        Console.WriteLine($"  {who} serves {has} keys ({keys} on the first node) {seconds:F1} s after its start, of which {started:F1} s to " +
            $"listen: {has / seconds:F0} keys/s, {has * 100 / 1e6 / seconds:F1} MB/s of values, {megabytes / seconds:F1} MB/s on the wire");
    }

    private static long Figure(string info, string name)
    {
        string line = info.Split("\r\n").First(line => line.StartsWith(name + ":", StringComparison.Ordinal));
        return long.Parse(line[(name.Length + 1)..], CultureInfo.InvariantCulture);
    }

    private Task<LoadResult> FillAsync() => LoadGenerator.RunAsync(
        First.Resp, () => First.ProcessorTime, ["SET", "fill:__rand_int__", new string('v', 100)], 16,
        _options.Keys, _options.Keys * 10);

    /// <summary>How many requests last about as long as was asked for.</summary>
    private async Task<int> RequestsAsync(NodeProcess node, string[] test, int pipeline)
    {
        LoadResult estimate = await LoadAsync(node, test, pipeline, EstimatedRequests);
        return (int)(estimate.RequestsPerSecond * _options.Seconds);
    }

    private static Task<LoadResult> LoadAsync(NodeProcess node, string[] test, int pipeline, int requests) =>
        LoadGenerator.RunAsync(
            node.Resp, () => node.ProcessorTime, test, pipeline, requests, LoadGenerator.Keys);

    /// <summary>Waits until the others have taken everything in.</summary>
    private async Task QuietAsync()
    {
        using RespClient client = First.Connect();
        client.Call("SET", "quiet", "now");
        if (client.Call("WAIT", $"{Nodes - 1}", "30000").Integer < Nodes - 1)
        {
            throw new InvalidOperationException("the others do not keep up");
        }

        await PassAsync(TimeSpan.FromMilliseconds(500));
    }

    private static long Exists(NodeProcess node, string[] keys)
    {
        using RespClient client = node.Connect();
        return client.Call(["EXISTS", .. keys]).Integer;
    }

    private static double At(IReadOnlyList<double> sorted, double share) => sorted[(int)(share * (sorted.Count - 1))];

    private static Task PassAsync(TimeSpan time) => Task.Delay(time, TimeProvider.System);
}
