using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Modules;
using Marekvs.Cluster.Gossip;

[assembly: MarekvsPlugin(typeof(GossipProvider))]

namespace Marekvs.Cluster.Gossip;

/// <summary>Nodes that find each other by gossip, and share the partitions among them.</summary>
public sealed class GossipProvider : IClusterProvider
{
    public string Name => "gossip";

    public IReadOnlyList<ProviderSetting> Settings => GossipSettings.Declared;

    public ICluster Open(ClusterContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new GossipCluster(context, GossipSettings.Read(context.Settings));
    }
}
