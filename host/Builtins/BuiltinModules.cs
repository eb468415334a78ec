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
    public static IEnumerable<IModule> All(NodeBlueprint blueprint) =>
    [
        new ConnectionModule(),
        new AclModule(blueprint.Server.Clients),
        new TransactionModule(),
        new SlowLogModule(blueprint.Server.Clients.CallTimes),
        new LatencyModule(blueprint.Server),
        new MemoryModule(blueprint.Server, blueprint.Sampler),
        new ReplicationModule(),
        new DebugModule(blueprint.Server, blueprint.Logs.CreateLogger("debug")),
        new ClusterModule(blueprint.Server),
        new ServerModule(blueprint.Server, blueprint.Sampler, blueprint.Logs.CreateLogger("config")),
    ];
}
