using Marekvs.Abstractions.Cluster;

namespace Marekvs.Cluster.Gossip.Routing;

/// <summary>Who runs what has to run in one place, as this node sees it: the first owner of each partition that is
/// there. A value that never changes.</summary>
/// <param name="owners">The owners of the partitions.</param>
/// <param name="ready">The nodes that are connected and in step, this one among them when it is.</param>
/// <param name="self">This node.</param>
internal sealed class SoftOwners(OwnerTable owners, IReadOnlySet<ushort> ready, ushort self)
{
    public static SoftOwners None { get; } = new(OwnerTable.Empty, new HashSet<ushort>(), self: 0);

    /// <summary>The node that runs the commands of a partition; 0 for none.</summary>
    /// <param name="partition">0 to 4095.</param>
    /// <param name="except">A node that does not, whatever is known of it.</param>
    public ushort Of(ushort partition, ushort except = 0)
    {
        foreach (ushort node in owners.Of(partition))
        {
            if (node != except && ready.Contains(node))
            {
                return node;
            }
        }

        return owners.Owns(partition, self) ? self : (ushort)0;
    }

    public bool IsSame(OwnerTable others, IReadOnlySet<ushort> otherReady) =>
        ReferenceEquals(owners, others) && ready.SetEquals(otherReady);
}
