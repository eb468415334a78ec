using Marekvs.Abstractions.Cluster;
using Marekvs.Cluster.Gossip.Placement;

namespace Marekvs.Cluster.Gossip.Ownership;

/// <summary>What the members mean for this node: what it shall keep, and who may have it.</summary>
internal static class OwnershipPlan
{
    /// <summary>The partitions this node shall keep. One that joins keeps what will be its own once all that join now have
    /// joined.</summary>
    public static PartitionSet Wanted(ClusterView view)
    {
        ClusterMember self = view.Self;
        if (self.State == MemberState.Active)
        {
            return OwnedBy(view.Owners, self.Origin.Node);
        }

        if (self.State != MemberState.Joining)
        {
            return PartitionSet.None;
        }

        PlacementNode[] nodes =
        [
            .. view.Members
                .Where(m => m.State is MemberState.Active or MemberState.Joining && m.RecordFingerprint == self.RecordFingerprint)
                .Select(m => new PlacementNode(m.Origin.Node, m.Zone)),
        ];
        return OwnedBy(Rendezvous.Place(nodes, view.Replicas), self.Origin.Node);
    }

    /// <summary>The other members that shall keep a partition.</summary>
    public static IEnumerable<ushort> OtherOwners(ClusterView view, ushort partition)
    {
        ushort self = view.Self.Origin.Node;
        return view.Owners.Width == 0 ? [] : view.Owners.Of(partition).ToArray().Where(node => node != self);
    }

    private static PartitionSet OwnedBy(OwnerTable owners, ushort node) => owners.Width == 0
        ? PartitionSet.None
        : PartitionSet.Where(partition => owners.Owns(partition, node));
}
