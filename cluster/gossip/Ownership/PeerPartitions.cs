using Marekvs.Abstractions.Cluster;

namespace Marekvs.Cluster.Gossip.Ownership;

/// <summary>What comparisons with one peer are about: only who has a copy of a partition can tell what was deleted there.
/// </summary>
internal sealed class PeerPartitions(
    PeerHoldings peer, PartitionKeeper keeper, TakeOver takeOver, HandOver handOver, IPartitionHoldings holdings)
{
    /// <summary>Whether the peer's copy of a partition is compared with this node's.</summary>
    public bool IsShared(ushort partition) => holdings.IsHeld(partition)
        ? peer.Keeps(partition)
        : takeOver.DonorOf(partition) == peer.Node;

    /// <summary>Whether this node answers the peer's questions about a partition.</summary>
    public bool Serves(ushort partition) => keeper.Holding.Kept.Contains(partition);

    /// <summary>Whether this node gives a partition up, and the peer, which keeps it, has not got all of it.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="version">The version this node's has.</param>
    public bool Owes(ushort partition, long version) =>
        peer.Holds(partition) && handOver.Keeps(partition) && !handOver.IsConfirmed(peer.Node, partition, version);

    /// <summary>Whether the peer gives a partition up: nobody will hear later what it knows of it now.</summary>
    public bool IsGivenUp(ushort partition) => peer.Keeps(partition) && !peer.Holds(partition);

    /// <summary>Whether a partition is not complete without the peer.</summary>
    public bool IsUrgent(ushort partition) => takeOver.Contains(partition);

    /// <summary>Whether a hole is open that the peer's applied vector may close.</summary>
    public bool IsHollow(ushort partition) => takeOver.Contains(partition)
        ? !takeOver.IsWhole(partition, keeper.Peers)
        : !keeper.Holding.Whole.Contains(partition);

    /// <summary>How often this node has dropped a partition.</summary>
    public int EraOf(ushort partition) => handOver.EraOf(partition);

    /// <summary>A partition was found to be like the peer's, or was made so.</summary>
    public void Agree(ushort partition)
    {
        if (peer.Holds(partition))
        {
            takeOver.Compared(partition);
        }
    }

    /// <summary>The peer compared a partition with this node's and found it the same, or joined all of it.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="version">The version this node's had, or an earlier one.</param>
    public void Confirm(ushort partition, long version)
    {
        if (peer.Holds(partition))
        {
            handOver.Confirm(peer.Node, partition, version);
        }
    }
}
