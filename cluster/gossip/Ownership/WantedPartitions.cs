using Marekvs.Abstractions.Cluster;

namespace Marekvs.Cluster.Gossip.Ownership;

/// <summary>What this node wants of the journals of its peers. Each of them filters what it sends by the set it was told,
/// and says by its version which one that was.</summary>
internal sealed class WantedPartitions
{
    /// <summary>Grows with every change.</summary>
    public uint Version { get; private set; } = 1;

    public PartitionSet Partitions { get; private set; } = PartitionSet.All;

    public void Set(PartitionSet partitions)
    {
        if (!partitions.Equals(Partitions))
        {
            Partitions = partitions;
            Version++;
        }
    }
}
