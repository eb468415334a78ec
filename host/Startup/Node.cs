using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Messaging;
using Marekvs.Abstractions.Storage;
using Marekvs.Host.Builtins;
using Marekvs.Host.Connections;
using Marekvs.Host.Routing;
using Marekvs.Host.Settings;
using Marekvs.Storage.Engine;
using Microsoft.Extensions.Logging;

namespace Marekvs.Host.Startup;

/// <summary>A running node: data, cluster and sockets, opened in this order and closed in the other.</summary>
internal sealed class Node : IAsyncDisposable
{
    private readonly NodeBlueprint _blueprint;
    private readonly DataDirectory _data;
    private readonly Keyspace _keyspace;
    private readonly ICluster _cluster;
    private readonly Listeners _listeners;
    private readonly ILogger _logger;

    private Node(
        NodeBlueprint blueprint, DataDirectory data, Keyspace keyspace, ICluster cluster, Listeners listeners)
    {
        _blueprint = blueprint;
        _data = data;
        _keyspace = keyspace;
        _cluster = cluster;
        _listeners = listeners;
        _logger = blueprint.Logs.CreateLogger("Marekvs");
    }

    /// <summary>Where clients connect.</summary>
    public IPEndPoint RespEndPoint => _listeners.Resp;

    /// <summary>Where HTTP is served.</summary>
    public IPEndPoint HttpEndPoint => _listeners.Http;

    private ServerContext Server => _blueprint.Server;

    /// <summary>Opens a node and listens.</summary>
    /// <param name="blueprint">A blueprint without mistakes.</param>
    /// <param name="repairJournal">Cut the journal where it is damaged.</param>
    /// <exception cref="StartException">It cannot start; the message says what to do.</exception>
    public static async Task<Node> StartAsync(NodeBlueprint blueprint, bool repairJournal)
    {
        NodeSettings settings = blueprint.Settings;
        DataDirectory data = DataDirectory.Hold(settings.DataDirectory);
        try
        {
            Keyspace keyspace = OpenKeyspace(blueprint, data, repairJournal);
            var executor = new RoutedExecutor(
                keyspace, blueprint.Server.Table, blueprint.Logs.CreateLogger("routing"));
            ICluster cluster = await OpenClusterAsync(blueprint, data, keyspace, executor);
            keyspace.StableThrough = cluster.StableThrough;
            keyspace.IsActive = cluster.IsActive;
            keyspace.Leases = cluster.Leases;
            keyspace.IsAlone = !cluster.IsDistributed;
            keyspace.IsSeenElsewhere = (_, _) => cluster.IsDistributed;
            keyspace.Observer = blueprint.Server.Clients.Tracking;
            blueprint.Messages.Relay = cluster as IMessageRelay;
            keyspace.EnabledEvents = settings.Get(SettingTable.Events);
            keyspace.NotifiesRemote = settings.Get(SettingTable.RemoteEvents);
            blueprint.Server.Open(keyspace, cluster);
            cluster.OnChange(blueprint.Server.FollowCluster);
            blueprint.Server.FollowCluster();
            blueprint.Sampler.Start();
            Listeners listeners = Listeners.Build(blueprint, executor);
            var node = new Node(blueprint, data, keyspace, cluster, listeners);
            await node.ListenAsync();
            return node;
        }
        catch (Exception e) when (
            e is StorageException or JournalException or ClusterException or IOException or SocketException)
        {
            data.Dispose();
            throw new StartException(e.Message, e);
        }
    }

    /// <summary>Serves until somebody asks to stop, then finishes what is in flight and brings the store up to date.
    /// </summary>
    public Task RunAsync() => Server.Lifetime.WhenStopRequested;

    public async ValueTask DisposeAsync()
    {
        await Server.LeaveClusterAsync();
        _logger.LogInformation("Stopping: no new commands, then a last checkpoint");
        await _listeners.DisposeAsync();
        _blueprint.Sampler.Dispose();
        await _cluster.DisposeAsync();
        await _keyspace.DisposeAsync();
        _data.Dispose();
        _logger.LogInformation("Stopped");
    }

    private static Keyspace OpenKeyspace(NodeBlueprint blueprint, DataDirectory data, bool repairJournal)
    {
        NodeSettings settings = blueprint.Settings;
        IStorageProvider provider = blueprint.Plugins.Storage!;
        IStore store = provider.Open(new StorageContext(
            data.StoreOf(provider.Name), blueprint.StorageSettings!, blueprint.Logs.CreateLogger("storage")));
        var options = new KeyspaceOptions
        {
            JournalDirectory = data.Journal,
            Node = (ushort)settings.Get(SettingTable.NodeId),
            Shards = settings.Shards,
            MemoryMax = settings.MemoryMax,
            Sync = settings.Get(SettingTable.Sync),
            SyncInterval = TimeSpan.FromMilliseconds(settings.Get(SettingTable.SyncIntervalMs)),
            SegmentBytes = (int)settings.Get(SettingTable.SegmentBytes),
            CheckpointInterval = TimeSpan.FromSeconds(settings.Get(SettingTable.CheckpointSeconds)),
            CheckpointBytes = settings.Get(SettingTable.CheckpointBytes),
            ResidentElementsMax = settings.Get(SettingTable.ResidentElements),
            ReaderThreads = settings.Get(SettingTable.ReaderThreads),
            ScrubRecordsPerSecond = settings.Get(SettingTable.ScrubRecords),
            Repair = repairJournal,
            EventSink = (_, eventName, key) => KeyspaceEventChannels.Publish(
                blueprint.Messages, blueprint.Server.Keyspace.EnabledEvents, eventName, key),
        };
        try
        {
            return Keyspace.Open(
                options, store, blueprint.Registry.Types, blueprint.Server.Time,
                NewRandom(), blueprint.Logs.CreateLogger("keyspace"));
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    private static async Task<ICluster> OpenClusterAsync(
        NodeBlueprint blueprint, DataDirectory data, Keyspace keyspace, RoutedExecutor executor)
    {
        IClusterProvider provider = blueprint.Plugins.Cluster!;
        try
        {
            return provider.Open(new ClusterContext(
                keyspace, blueprint.ClusterSettings!, data.ClusterOf(provider.Name), blueprint.Server.Time, NewRandom(),
                blueprint.Logs.CreateLogger("cluster"))
            {
                Messages = blueprint.Messages,
                Executor = executor,
            });
        }
        catch
        {
            await keyspace.DisposeAsync();
            throw;
        }
    }

    private static Random NewRandom() => new(RandomNumberGenerator.GetInt32(int.MaxValue));

    private async Task ListenAsync()
    {
        try
        {
            await _listeners.StartAsync();
        }
        catch
        {
            await _listeners.DisposeAsync();
            await _cluster.DisposeAsync();
            await _keyspace.DisposeAsync();
            throw;
        }

        Server.RespEndPoint = _listeners.Resp;
        _cluster.Announce(_listeners.Resp.Port, _listeners.Http.Port);
        Server.Lifetime.BeginServing();
        StartBanner.Show(_logger, _blueprint, _listeners);
    }
}
