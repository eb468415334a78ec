using System.Collections.Concurrent;
using Marekvs.Abstractions.Cluster;
using Marekvs.Host.Access;
using Marekvs.Host.Builtins;
using Marekvs.Host.Commands;
using Marekvs.Host.Connections;
using Marekvs.Host.Diagnostics;
using Marekvs.Host.Routing;
using Marekvs.Host.Settings;
using Marekvs.Storage.Engine;
using Marekvs.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Marekvs.Host.Tests;

/// <summary>The wire side of a node over a real keyspace, with connections in memory and a clock that stands still.
/// </summary>
internal sealed class NodeRunner : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly KeyspaceRunner _runner;
    private readonly ConcurrentDictionary<MemoryConnection, Task> _served = new();
    private readonly RespConnectionHandler _handler;

    /// <param name="router">The way to other nodes; this one has the number 1.</param>
    public NodeRunner(ICommandRouter? router = null)
    {
        Probe = new ProbeModule();
        var bags = new BagModule();
        _runner = new KeyspaceRunner(bags, Probe);
        ModuleRegistry registry = new();
        registry.Register(new ConnectionModule());
        registry.Register(new TransactionModule());
        registry.Register(bags);
        registry.Register(Probe);
        Clients = new ClientRegistry(
            Settings, new ServerStatistics(), _runner.Time, NullLogger<ClientRegistry>.Instance);
        _runner.Keyspace.Observer = Clients.Tracking;
        registry.Register(new AclModule(Clients));
        registry.Register(new TransactionModule());
        registry.Register(new SlowLogModule(Clients.CallTimes));
        Probe.Clock = _runner.Time;
        Table = registry.ToTable();
        Clients.Users.Open(Table, [], "", []);
        Dispatcher = new Dispatcher(_runner.Keyspace, Table, Clients, NullLogger<Dispatcher>.Instance)
        {
            Routes = router is null
                ? null
                : new CommandRoutes(
                    router, self: 1, new RoutedExecutor(_runner.Keyspace, Table, NullLogger.Instance),
                    new RoutingSettings(true, []), Clients, Table),
        };
        _handler = new RespConnectionHandler(Clients, Dispatcher, NullLogger<RespConnectionHandler>.Instance);
    }

    public ProbeModule Probe { get; }

    public LiveSettings Settings { get; } = new();

    public CommandTable Table { get; }

    public ClientRegistry Clients { get; }

    public Dispatcher Dispatcher { get; }

    public Keyspace Keyspace => _runner.Keyspace;

    public FakeTimeProvider Time => _runner.Time;

    public ServerStatistics Statistics => Clients.Statistics;

    /// <summary>Connects a client.</summary>
    public MemoryConnection Connect(MemoryConnection? connection = null)
    {
        connection ??= new MemoryConnection();
        _served[connection] = ServeAsync(connection);
        return connection;
    }

    /// <summary>Waits until the node has let go of a connection.</summary>
    public Task EndOf(MemoryConnection connection) =>
        _served[connection].WaitAsync(Patience);

    /// <summary>Sends inline text on a new connection, ends it, and returns all that came back.</summary>
    public async Task<string> ConverseAsync(string text)
    {
        MemoryConnection client = Connect();
        await client.SendAsync(text);
        client.FinishSending();
        string answer = await client.ReceiveToEndAsync();
        await EndOf(client);
        return answer;
    }

    public async ValueTask DisposeAsync()
    {
        foreach ((MemoryConnection connection, Task served) in _served)
        {
            if (!served.IsCompleted)
            {
                connection.Leave();
            }

            await served.WaitAsync(Patience);
        }

        Clients.Dispose();
        await _runner.DisposeAsync();
    }

    private async Task ServeAsync(MemoryConnection connection)
    {
        await _handler.OnConnectedAsync(connection);
        connection.EndOutput();
    }
}
