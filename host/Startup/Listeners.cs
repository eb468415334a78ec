using System.Net;
using Marekvs.Abstractions.Cluster;
using Marekvs.Host.Builtins;
using Marekvs.Host.Commands;
using Marekvs.Host.Connections;
using Marekvs.Host.Http;
using Marekvs.Host.Routing;
using Marekvs.Host.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Marekvs.Host.Startup;

/// <summary>
/// The two sockets of a node, both served by Kestrel: Redis's protocol on one, HTTP on the other. Kestrel's limits
/// are about HTTP; connections of the first are bounded by the node's own.
/// </summary>
internal sealed class Listeners : IAsyncDisposable
{
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(5);

    private readonly WebApplication _application;
    private readonly ListenOptions _resp;
    private readonly ListenOptions _http;

    private Listeners(WebApplication application, ListenOptions resp, ListenOptions http) =>
        (_application, _resp, _http) = (application, resp, http);

    /// <summary>Where clients connect, once started.</summary>
    public IPEndPoint Resp => _resp.IPEndPoint!;

    /// <summary>Where HTTP is served, once started.</summary>
    public IPEndPoint Http => _http.IPEndPoint!;

    public static Listeners Build(NodeBlueprint blueprint, RoutedExecutor executor)
    {
        NodeSettings settings = blueprint.Settings;
        var server = blueprint.Server;
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(blueprint.Logs);
        builder.Services.AddSingleton<IHostLifetime, NoHostLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopWithin);
        builder.Services.Configure<SocketTransportOptions>(sockets =>
        {
            sockets.UnsafePreferInlineScheduling = true;
            sockets.NoDelay = true;

            // Waiting for data first costs a second system call for every read; this costs 4 KiB an idle connection.
            sockets.WaitForDataBeforeAllocatingBuffer = false;
            sockets.Backlog = settings.Get(SettingTable.Backlog);
        });
        builder.Services.AddSingleton(server.Clients);
        builder.Services.AddSingleton(new Dispatcher(
            server.Keyspace, server.Table, server.Clients, blueprint.Logs.CreateLogger<Dispatcher>())
        {
            Routes = RoutesOf(blueprint, executor),
        });
        builder.Services.AddSingleton<RespConnectionHandler>();

        ListenOptions? resp = null;
        ListenOptions? http = null;
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            Listen(kestrel, settings.Get(SettingTable.RespAddress), listen =>
            {
                resp = listen;
                listen.Use(next => connection => DrainGate.AdmitAsync(server.Lifetime, connection, next));
                listen.UseConnectionHandler<RespConnectionHandler>();
            });
            Listen(kestrel, settings.Get(SettingTable.HttpAddress), listen =>
            {
                http = listen;
                listen.Protocols = HttpProtocols.Http1;
            });
        });
        WebApplication application = builder.Build();
        var endpoints = new NodeEndpoints(server, blueprint.Metrics, blueprint.Logs);
        application.Run(endpoints.HandleAsync);

        // The endpoints above are configured when the options are first read.
        _ = application.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value;
        return new Listeners(application, resp!, http!);
    }

    /// <summary>Binds and listens.</summary>
    /// <exception cref="IOException">An address cannot be bound.</exception>
    public Task StartAsync() => _application.StartAsync();

    /// <summary>Stops listening, lets commands in flight end, closes every connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }

    private static CommandRoutes? RoutesOf(NodeBlueprint blueprint, RoutedExecutor executor)
    {
        (ServerContext server, NodeSettings settings) = (blueprint.Server, blueprint.Settings);
        return server.Cluster is not ICommandRouter router ? null : new CommandRoutes(
            router, (ushort)settings.Get(SettingTable.NodeId),
            executor,
            new RoutingSettings(settings.Get(SettingTable.RoutesDestructive), settings.Get(SettingTable.RoutedCounters)),
            server.Clients, server.Table);
    }

    private static void Listen(KestrelServerOptions kestrel, ListenAddress address, Action<ListenOptions> configure)
    {
        if (address.Address is null)
        {
            kestrel.ListenAnyIP(address.Port, configure);
        }
        else
        {
            kestrel.Listen(address.Address, address.Port, configure);
        }
    }

    /// <summary>Signals are the node's own business.</summary>
    private sealed class NoHostLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
