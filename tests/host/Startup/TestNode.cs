using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Marekvs.Host.Settings;
using Marekvs.Host.Startup;
using Marekvs.Host.Tests.Plugins;
using Marekvs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Marekvs.Host.Tests.Startup;

/// <summary>A whole node inside the test, with plugins loaded from a directory and sockets on free ports.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TemporaryDirectory _directory = new();
    private readonly PluginRoot _plugins;
    private readonly NodeBlueprint _blueprint;
    private Node? _node;

    private TestNode(PluginRoot plugins, IReadOnlyList<string> modules, (string Name, string Value)[] environment)
    {
        _plugins = plugins;
        File.WriteAllText(ConfigFile, JsonSerializer.Serialize(new { modules }));
        var variables = new Dictionary<string, string>
        {
            ["MAREKVS_PLUGINS"] = plugins.Path,
            ["MAREKVS_DATA_DIR"] = _directory.Combine("data"),
            ["MAREKVS_STORAGE"] = "memory",
            ["MAREKVS_RESP_ADDR"] = "127.0.0.1:0",
            ["MAREKVS_HTTP_ADDR"] = "127.0.0.1:0",
            ["MAREKVS_SEGMENT"] = "1mb",
        };
        foreach ((string name, string value) in environment)
        {
            variables[name] = value;
        }

        NodeSettings settings = SettingsReader.Read(ConfigFile, variables, Mistakes);
        _blueprint = NodeBlueprint.Draw(settings, NullLoggerFactory.Instance, TimeProvider.System, Mistakes);
    }

    public List<string> Mistakes { get; } = [];

    public NodeLifetime Lifetime => _blueprint.Server.Lifetime;

    public string ConfigFile => _directory.Combine("modules.json");

    public string DataDirectory => _blueprint.Settings.DataDirectory;

    public HttpClient Http { get; private set; } = new();

    /// <summary>Puts a node together without starting it.</summary>
    public static TestNode Draw(
        PluginRoot plugins, IReadOnlyList<string> modules, params (string Name, string Value)[] environment) =>
        new(plugins, modules, environment);

    /// <summary>Starts a node.</summary>
    public static async Task<TestNode> StartAsync(
        PluginRoot plugins, IReadOnlyList<string> modules, params (string Name, string Value)[] environment)
    {
        var node = new TestNode(plugins, modules, environment);
        Assert.IsEmpty(node.Mistakes, string.Join('\n', node.Mistakes));
        await node.StartAsync();
        return node;
    }

    public async Task StartAsync()
    {
        _node = await Node.StartAsync(_blueprint, repairJournal: false);
        Http = new HttpClient { BaseAddress = new Uri($"http://{_node.HttpEndPoint}"), Timeout = Patience };
    }

    /// <summary>Stops in order, as a signal would.</summary>
    public async Task StopAsync()
    {
        if (_node is not null)
        {
            Lifetime.RequestStop();
            await _node.RunAsync().WaitAsync(Patience);
            await _node.DisposeAsync().AsTask().WaitAsync(Patience);
            _node = null;
        }
    }

    public RedisConnection Connect()
    {
        IPEndPoint address = _node!.RespEndPoint;
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(address);
        socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        return new RedisConnection(new NetworkStream(socket, ownsSocket: true));
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _blueprint.DisposeAsync();
        Http.Dispose();
        _plugins.Dispose();
        _directory.Dispose();
    }
}
