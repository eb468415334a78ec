using System.Globalization;
using System.Net;

namespace Marekvs.Testing.Processes;

/// <summary>
/// Real nodes that find each other through the first one: on loopback, or each in its own part of a network.
/// </summary>
public sealed class ProcessCluster : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Dictionary<NodeProcess, TemporaryDirectory> _directories = [];
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly NodeNetwork? _network;
    private readonly ReservedPorts _ports = new();
    private readonly int _seedPort;
    private readonly bool _showsLogs;

    private ProcessCluster(IReadOnlyDictionary<string, string> settings, NodeNetwork? network, bool showsLogs) =>
        (_settings, _network, _seedPort, _showsLogs) = (settings, network, _ports.Next(), showsLogs);

    public List<NodeProcess> Nodes { get; } = [];

    public IEnumerable<NodeProcess> Running => Nodes.Where(node => !node.HasExited);

    private string Seed => _network is null ? $"127.0.0.1:{_seedPort}" : $"{_network.AddressOf(1)}";

    /// <summary>Starts nodes and waits until all are active.</summary>
    /// <param name="count">How many.</param>
    /// <param name="secret">What they all know.</param>
    /// <param name="settings">Further variables of every node.</param>
    /// <param name="network">Where they live; null: on loopback.</param>
    /// <param name="showsLogs">Whether their logs are shown in the end.</param>
    public static async Task<ProcessCluster> StartAsync(
        int count, string secret = "", Dictionary<string, string>? settings = null, NodeNetwork? network = null,
        bool showsLogs = true)
    {
        var cluster = new ProcessCluster(
            new Dictionary<string, string>(settings ?? []) { ["MAREKVS_CLUSTER_SECRET"] = secret }, network,
            showsLogs);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, count).Select(_ => cluster.AddAsync()));
            await cluster.WaitForMembersAsync(count);
            return cluster;
        }
        catch
        {
            cluster.Dispose();
            throw;
        }
    }

    /// <summary>Starts one more node and waits until it listens.</summary>
    /// <param name="settings">Variables of this node only.</param>
    public async Task<NodeProcess> AddAsync(IReadOnlyDictionary<string, string>? settings = null)
    {
        var data = new TemporaryDirectory();
        var node = NodeProcess.Begin(SettingsOf(Nodes.Count + 1, data, settings ?? new Dictionary<string, string>()));
        _directories.Add(node, data);
        Nodes.Add(node);
        await node.WaitForReadyAsync();
        return node;
    }

    /// <summary>A node that does not run loses its disk.</summary>
    public void Wipe(NodeProcess node)
    {
        foreach (string directory in Directory.GetDirectories(_directories[node].Path))
        {
            Directory.Delete(directory, recursive: true);
        }

        foreach (string file in Directory.GetFiles(_directories[node].Path))
        {
            File.Delete(file);
        }
    }

    /// <summary>Waits until every running node sees as many active members.</summary>
    public Task WaitForMembersAsync(int active) => WaitAsync(
        $"{active} active members", node => Ask(node, "CLUSTER", "INFO").Contains($"cluster_size:{active}\r\n", StringComparison.Ordinal));

    /// <summary>Waits until something holds of every running node.</summary>
    public async Task WaitAsync(string what, Func<NodeProcess, bool> holds)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!Running.All(holds))
        {
            try
            {
                await ticks.WaitForNextTickAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"not within {Patience}: {what}\n" +
                    string.Join('\n', Running.Select(MembersOf)));
            }
        }
    }

    /// <summary>The members as a node sees them.</summary>
    private static string MembersOf(NodeProcess node) => string.Join('\n', Ask(node, "INFO", "replication")
        .Split("\r\n")
        .Where(line => line.StartsWith("member", StringComparison.Ordinal)));

    /// <summary>The text of a node's answer.</summary>
    public static string Ask(NodeProcess node, params string[] command)
    {
        using RespClient client = node.Connect();
        return client.Call(command).Text;
    }

    /// <summary>The time of day on a node, in seconds.</summary>
    public static long SecondsOf(NodeProcess node)
    {
        using RespClient client = node.Connect();
        return long.Parse(client.Call("TIME").Items[0].Text, CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        Nodes.ForEach(node => node.Dispose());
        foreach (TemporaryDirectory directory in _directories.Values)
        {
            directory.Dispose();
        }

        _ports.Dispose();
    }

    private NodeSettings SettingsOf(
        int number, TemporaryDirectory data, IReadOnlyDictionary<string, string> ownSettings)
    {
        var variables = new Dictionary<string, string>(_settings)
        {
            ["MAREKVS_CLUSTER"] = "gossip",
            ["MAREKVS_NODE_ID"] = number.ToString(CultureInfo.InvariantCulture),
            ["MAREKVS_SEEDS"] = Seed,
        };
        foreach ((string name, string value) in ownSettings)
        {
            variables[name] = value;
        }

        var settings = new NodeSettings
        {
            DataDirectory = data.Path,
            Environment = variables,
            ShowsLog = _showsLogs,
        };
        return _network is null ? OnLoopback(settings, number) : InNetwork(settings, number, _network);
    }

    private NodeSettings OnLoopback(NodeSettings settings, int number)
    {
        int gossip = number == 1 ? _seedPort : _ports.Next();
        return settings with
        {
            RespAddress = $"127.0.0.1:{_ports.Next()}",
            Environment = new Dictionary<string, string>(settings.Environment)
            {
                ["MAREKVS_GOSSIP_ADDR"] = $"127.0.0.1:{gossip}",
                ["MAREKVS_MESH_ADDR"] = $"127.0.0.1:{_ports.Next()}",
            },
        };
    }

    private static NodeSettings InNetwork(NodeSettings settings, int number, NodeNetwork network)
    {
        IPAddress address = network.AddressOf(number);
        return settings with
        {
            Launcher = network.LauncherOf(number),
            Host = address,
            RespAddress = $"{address}:6379",
            HttpAddress = $"{address}:9121",
            Environment = new Dictionary<string, string>(settings.Environment)
            {
                ["MAREKVS_GOSSIP_ADDR"] = $"{address}:7946",
                ["MAREKVS_MESH_ADDR"] = $"{address}:7373",
                ["MAREKVS_PROTECTED_MODE"] = "false",
            },
        };
    }
}
