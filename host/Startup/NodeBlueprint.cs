using Marekvs.Abstractions;
using Marekvs.Abstractions.Messaging;
using Marekvs.Abstractions.Modules;
using Marekvs.Host.Builtins;
using Marekvs.Host.Commands;
using Marekvs.Host.Connections;
using Marekvs.Host.Diagnostics;
using Marekvs.Host.Plugins;
using Marekvs.Host.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Prometheus;

namespace Marekvs.Host.Startup;

/// <summary>
/// Everything of a node that can be put together and checked before its data is touched: plugins, what they register,
/// the command table.
/// </summary>
internal sealed class NodeBlueprint : IAsyncDisposable
{
    private NodeBlueprint(
        NodeSettings settings, ILoggerFactory logs, ServerContext server, LoadedPlugins plugins,
        CollectorRegistry metrics)
    {
        Settings = settings;
        Logs = logs;
        Server = server;
        Plugins = plugins;
        Metrics = metrics;
        Sampler = new RateSampler(server);
    }

    public NodeSettings Settings { get; }

    public ILoggerFactory Logs { get; }

    public ServerContext Server { get; }

    public LoadedPlugins Plugins { get; }

    public ModuleRegistry Registry { get; } = new();

    public CollectorRegistry Metrics { get; }

    /// <summary>Brings messages to the connections that listen.</summary>
    public MessageHub Messages => Server.Clients.Messages;

    public RateSampler Sampler { get; }

    /// <summary>The storage provider's settings, checked.</summary>
    public ProviderSettings? StorageSettings { get; private set; }

    /// <summary>The cluster provider's settings, checked.</summary>
    public ProviderSettings? ClusterSettings { get; private set; }

    /// <summary>Loads the plugins and lets them register.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="logs">Loggers for all parts.</param>
    /// <param name="time">The clock.</param>
    /// <param name="mistakes">Receives what is wrong; the blueprint is of no use then.</param>
    public static NodeBlueprint Draw(
        NodeSettings settings, ILoggerFactory logs, TimeProvider time, List<string> mistakes)
    {
        CollectorRegistry metrics = Prometheus.Metrics.NewCustomRegistry();
        var services = new ServiceCollection();
        services.AddSingleton(time);
        services.AddSingleton(logs);
        var messages = new MessageHub();
        services.AddSingleton(messages);
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddSingleton(new StorageMeters(Prometheus.Metrics.WithCustomRegistry(metrics), time));
        var selection = new PluginSelection(
            settings.Get(SettingTable.Modules), settings.Storage.Name, settings.Cluster.Name);
        LoadedPlugins plugins = PluginCatalog.Load(settings.PluginsDirectory, selection, services, mistakes);

        var live = new LiveSettings
        {
            MaxClients = settings.Get(SettingTable.ClientsMax),
            TimeoutSeconds = settings.Get(SettingTable.IdleSeconds),
            ProtoMaxBulkLength = settings.Get(SettingTable.BulkBytesMax),
            QueryBufferLimit = settings.Get(SettingTable.QueryBufferMax),
            ProtectedMode = settings.Get(SettingTable.ProtectedMode),
            RequirePass = settings.Get(SettingTable.Password),
            AclLogLength = settings.Get(SettingTable.AclLogLength),
            OutputLimits = settings.Get(SettingTable.OutputBytesMax),
            LogFrom = settings.Get(SettingTable.LogFrom),
        };
        var server = new ServerContext
        {
            Settings = settings,
            Live = live,
            Clients = new ClientRegistry(live, new ServerStatistics(), time, logs.CreateLogger<ClientRegistry>())
            {
                Messages = messages,
            },
            Lifetime = new NodeLifetime(),
            Modules = plugins.Modules,
            Time = time,
            RunId = ServerContext.NewId(),
            StartedAt = time.GetUtcNow(),
        };
        server.Clients.Users.AllowsChannelsAtFirst = settings.Get(SettingTable.AllowsChannelsAtFirst);
        CallTimes times = server.Clients.CallTimes;
        times.SlowMicroseconds = settings.Get(SettingTable.SlowMicroseconds);
        times.Slow.LengthMax = settings.Get(SettingTable.SlowLogLength);
        times.LongMilliseconds = settings.Get(SettingTable.LongMilliseconds);
        times.CountsDurations = settings.Get(SettingTable.CountsDurations);
        times.Percentiles = settings.Get(SettingTable.Percentiles);
        var blueprint = new NodeBlueprint(settings, logs, server, plugins, metrics);
        blueprint.Register(mistakes);
        return blueprint;
    }

    public async ValueTask DisposeAsync()
    {
        Sampler.Dispose();
        Server.Lifetime.Dispose();
        Server.Clients.Dispose();
        await Plugins.DisposeAsync();
    }

    private void Register(List<string> mistakes)
    {
        foreach (IModule module in BuiltinModules.All(this).Concat(Plugins.Modules))
        {
            try
            {
                Registry.Register(module);
            }
#pragma warning disable CA1031 // A module is foreign code: whatever it throws is one more mistake to report.
            catch (Exception e)
            {
                string file = module.GetType().Assembly.Location;
                mistakes.Add($"module '{module.Name}' ({file}) cannot register: {e.Message}");
            }
#pragma warning restore CA1031
        }

        mistakes.AddRange(Registry.Collisions);
        Server.Table = Registry.ToTable();
        Server.Clients.Users.Open(
            Server.Table, Settings.Get(SettingTable.Users), Settings.AclFile, mistakes);
        var providers = new ProviderVariables(Settings, mistakes);
        StorageSettings = providers.Check(Settings.Storage, Plugins.Storage?.Settings);
        ClusterSettings = providers.Check(Settings.Cluster, Plugins.Cluster?.Settings);
        providers.ReportUnknown();
    }
}
