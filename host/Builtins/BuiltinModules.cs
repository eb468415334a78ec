using Marekvs.Abstractions.Modules;
using Marekvs.Host.Access;
using Marekvs.Host.Cluster;
using Marekvs.Host.Debugging;
using Marekvs.Host.Diagnostics;
using Marekvs.Host.Startup;

namespace Marekvs.Host.Builtins;

/// <summary>The command families that come with the host, because they are about connections and the node itself.
/// </summary>
internal static class BuiltinModules
{
    public static IEnumerable<IModule> All(NodeBlueprint blueprint)
    {
        ServerContext server = blueprint.Server;
        IReadOnlyList<ConfigParameter> parameters = ConfigTable.Build(server);
        var rewrite = new ConfigRewrite(server, parameters, blueprint.Logs.CreateLogger("config"));
        return
        [
            new ConnectionModule(),
            new AclModule(server.Clients),
            new TransactionModule(),
            new SlowLogModule(server.Clients.CallTimes),
            new LatencyModule(server),
            new MemoryModule(server, blueprint.Sampler),
            new ReplicationModule(),
            new DebugModule(server, rewrite, blueprint.Logs.CreateLogger("debug")),
            new ClusterModule(server),
            new ServerModule(server, blueprint.Sampler, parameters, rewrite),
        ];
    }
}
