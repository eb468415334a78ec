using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;

namespace Marekvs.Host.Cluster;

/// <summary>How many copies there are, compared with how many there should be.</summary>
internal static class ReplicationState
{
    /// <summary>Partitions with fewer copies than there should be.</summary>
    public static int UnderreplicatedPartitions(ICluster cluster) => cluster.Copies?.Underreplicated ??
        (cluster.View.Owners.Width < cluster.View.Replicas ? Limits.Partitions : 0);

    /// <summary>Copies of the partition that has the fewest; placement gives all as many owners.</summary>
    public static int EffectiveReplicasMin(ICluster cluster) => cluster.Copies?.Least ?? cluster.View.Owners.Width;
}
