using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Cluster.Gossip.Ownership;

/// <summary>What the active members hold, as a value that other threads read: what may be forgotten depends on it.</summary>
/// <param name="Even">Partitions that this node holds, and in which everybody who holds them has applied whatever its
/// applied vector says. In others what all nodes have in common says nothing.</param>
/// <param name="Attached">Partitions of which that is true for origins that write no more, too.</param>
/// <param name="Writers">What each origin that writes now holds.</param>
internal sealed record HolderMap(
    PartitionSet Even, PartitionSet Attached, IReadOnlyDictionary<Origin, PartitionSet> Writers)
{
    /// <summary>Everybody holds everything.</summary>
    public static HolderMap Everything { get; } =
        new(PartitionSet.All, PartitionSet.All, new Dictionary<Origin, PartitionSet>());

    /// <summary>Nothing may be forgotten.</summary>
    public static HolderMap Unknown { get; } =
        new(PartitionSet.None, PartitionSet.None, new Dictionary<Origin, PartitionSet>());

    /// <summary>What follows from what this node and its peers say they hold.</summary>
    public static HolderMap Of(Holding own, Origin self, IEnumerable<PeerHoldings> all, ClusterView view)
    {
        // Who was never heard of holds back what all have in common anyway, until it is given up.
        PeerHoldings[] peers = [.. all.Where(peer => peer.IsConnected || peer.Holding is not null)];
        if (Array.Exists(peers, peer => peer.Holding is null))
        {
            return Unknown;
        }

        var writers = new Dictionary<Origin, PartitionSet> { [self] = own.Held };
        foreach (PeerHoldings peer in peers)
        {
            if ((peer.Origin ?? view.Find(peer.Node)?.Origin) is { } origin)
            {
                writers[origin] = peer.Holding!.Held;
            }
        }

        Holding[] others = [.. peers.Select(peer => peer.Holding!)];
        return new HolderMap(
            PartitionSet.Where(partition => own.Whole.Contains(partition) && Array.TrueForAll(
                others, other => !other.Held.Contains(partition) || other.Whole.Contains(partition))),
            PartitionSet.Where(partition => own.Attached.Contains(partition) && Array.TrueForAll(
                others, other => !other.Held.Contains(partition) || other.Attached.Contains(partition))),
            writers);
    }

    /// <summary>Whether an origin writes to a partition only as one that holds it, or writes no more and all agree on
    /// what it wrote there.</summary>
    public bool IsHolder(ushort partition, Origin origin) =>
        (Writers.TryGetValue(origin, out PartitionSet? held) ? held : Attached).Contains(partition);
}
