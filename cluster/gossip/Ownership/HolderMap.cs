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

    /// <summary>Whether an origin writes to a partition only as one that holds it, or writes no more and all agree on
    /// what it wrote there.</summary>
    public bool IsHolder(ushort partition, Origin origin) =>
        (Writers.TryGetValue(origin, out PartitionSet? held) ? held : Attached).Contains(partition);
}
