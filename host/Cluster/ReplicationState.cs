using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;

namespace Marekvs.Host.Cluster;

/// <summary>How many copies there are, compared with how many there should be.</summary>
internal static class ReplicationState
{
    /// <summary>Partitions with fewer owners than there should be.</summary>
    public static int UnderreplicatedPartitions(ClusterView view) =>
        EffectiveReplicasMin(view) < view.Replicas ? Limits.Partitions : 0;

    /// <summary>Owners of the partition that has the fewest; placement gives all as many.</summary>
    public static int EffectiveReplicasMin(ClusterView view) => view.Owners.Width;
}
