namespace Marekvs.Cluster.Gossip.Ownership;

/// <summary>What a comparison with one peer is about.</summary>
internal sealed class PeerPartitions(ushort node, PartitionKeeper keeper)
{
    /// <summary>Whether the peer's copy of a partition is compared with this node's.</summary>
    public bool IsShared(ushort partition) => keeper.IsShared(node, partition);

    /// <summary>Whether this node answers the peer's questions about a partition.</summary>
    public bool Serves(ushort partition) => keeper.Serves(partition);

    /// <summary>Whether a partition is not complete without the peer.</summary>
    public bool IsUrgent(ushort partition) => keeper.IsUrgent(partition);

    /// <summary>Whether the peer's applied vector may close a hole.</summary>
    public bool IsHollow(ushort partition) => keeper.IsHollow(partition);

    /// <summary>How often this node has dropped a partition.</summary>
    public int EraOf(ushort partition) => keeper.EraOf(partition);

    /// <summary>A partition was found to be like the peer's, or was made so.</summary>
    public void Agree(ushort partition) => keeper.Agree(node, partition);

    /// <summary>The peer found a partition to be like its own.</summary>
    public void Confirm(ushort partition) => keeper.Confirm(node, partition);
}
