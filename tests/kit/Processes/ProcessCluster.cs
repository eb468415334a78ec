using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Marekvs.Testing.Processes;

/// <summary>Real nodes on loopback that find each other through the first one.</summary>
public sealed class ProcessCluster : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<TemporaryDirectory> _directories = [];
    private readonly string _secret;
    private readonly Dictionary<string, string> _settings;

    private ProcessCluster(string secret, Dictionary<string, string> settings) =>
        (_secret, _settings) = (secret, settings);

    public List<NodeProcess> Nodes { get; } = [];

    /// <summary>The gossip port of the first node, which all others have for a seed.</summary>
    private int SeedPort { get; } = FreePort(SocketType.Dgram, ProtocolType.Udp);

    /// <summary>Starts nodes and waits until all are active.</summary>
    /// <param name="count">How many.</param>
    /// <param name="secret">What they all know.</param>
    /// <param name="settings">Further variables of every node.</param>
    public static async Task<ProcessCluster> StartAsync(
        int count, string secret = "", Dictionary<string, string>? settings = null)
    {
        var cluster = new ProcessCluster(secret, settings ?? []);
        for (int i = 0; i < count; i++)
        {
            await cluster.AddAsync();
        }

        await cluster.WaitForMembersAsync(count);
        return cluster;
    }

    /// <summary>Starts one more node.</summary>
    public async Task<NodeProcess> AddAsync()
    {
        int number = Nodes.Count + 1;
        var data = new TemporaryDirectory();
        _directories.Add(data);
        int gossip = number == 1 ? SeedPort : FreePort(SocketType.Dgram, ProtocolType.Udp);
        NodeProcess node = await NodeProcess.StartAsync(new NodeSettings
        {
            DataDirectory = data.Path,
            RespAddress = $"127.0.0.1:{FreePort(SocketType.Stream, ProtocolType.Tcp)}",
            Environment = new Dictionary<string, string>(_settings)
            {
                ["MAREKVS_CLUSTER"] = "gossip",
                ["MAREKVS_NODE_ID"] = number.ToString(CultureInfo.InvariantCulture),
                ["MAREKVS_SEEDS"] = $"127.0.0.1:{SeedPort}",
                ["MAREKVS_GOSSIP_ADDR"] = $"127.0.0.1:{gossip}",
                ["MAREKVS_MESH_ADDR"] = $"127.0.0.1:{FreePort(SocketType.Stream, ProtocolType.Tcp)}",
                ["MAREKVS_CLUSTER_SECRET"] = _secret,
            },
        });
        Nodes.Add(node);
        return node;
    }

    /// <summary>Takes all data of a node that is not running: its disk was replaced.</summary>
    /// <param name="node">The node.</param>
    public void Wipe(NodeProcess node)
    {
        string path = _directories[Nodes.IndexOf(node)].Path;
        Directory.Delete(path, recursive: true);
        Directory.CreateDirectory(path);
    }

    /// <summary>Waits until every running node sees as many active members.</summary>
    public Task WaitForMembersAsync(int active) => WaitAsync(
        $"{active} active members", node => Ask(node, "CLUSTER", "INFO").Contains($"cluster_size:{active}\r\n", StringComparison.Ordinal));

    /// <summary>Waits until something holds of every running node.</summary>
    public async Task WaitAsync(string what, Func<NodeProcess, bool> holds)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!Nodes.Where(n => !n.HasExited).All(holds))
        {
            try
            {
                await ticks.WaitForNextTickAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"not within {Patience}: {what}\n" + string.Join('\n', Nodes.Where(n => !n.HasExited)
                    .Select(n => Ask(n, "CLUSTER", "NODES"))));
            }
        }
    }

    public static string Ask(NodeProcess node, params string[] command)
    {
        using RespClient client = node.Connect();
        RespReply reply = client.Call(command);
        return reply.Text;
    }

    public void Dispose()
    {
        Nodes.ForEach(node => node.Dispose());
        _directories.ForEach(directory => directory.Dispose());
    }

    /// <summary>A port that is free now; a node must keep its port when it starts again.</summary>
    private static int FreePort(SocketType type, ProtocolType protocol)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
