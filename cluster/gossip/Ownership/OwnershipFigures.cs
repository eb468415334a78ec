using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;

namespace Marekvs.Cluster.Gossip.Ownership;

/// <summary>What there is to tell of partitions and their copies.</summary>
internal static class OwnershipFigures
{
    /// <summary>Copies as this node knows of them: its own, and those of peers it is connected with.</summary>
    public static CopyCount Count(PartitionKeeper keeper, ClusterView view)
    {
        int least = int.MaxValue;
        int under = 0;
        for (ushort partition = 0; partition < Limits.Partitions; partition++)
        {
            int copies = keeper.CopiesOf(partition);
            least = Math.Min(least, copies);
            under += copies < view.Replicas ? 1 : 0;
        }

        return new CopyCount(Math.Min(least, view.Replicas), under);
    }

    public static IEnumerable<ClusterFigure> Read(PartitionKeeper keeper, ClusterView view, double stalenessSeconds)
    {
        ushort self = view.Self.Origin.Node;
        int owned = view.Owners.Width == 0 ? 0 : PartitionSet.Where(p => view.Owners.Owns(p, self)).Count;
        Holding holding = keeper.Holding;
        int wanted = keeper.IsPartial ? keeper.Wanted.Count : owned;
        int missing = keeper.IsPartial ? keeper.Wanted.Members.Count(p => !holding.Held.Contains(p)) : 0;
        yield return new("partitions_owned", "Partitions this node is an owner of.", owned);
        yield return new("partitions_held", "Partitions of which this node has a complete copy.", holding.Held.Count);
        yield return new("partitions_kept", "Partitions of which this node has a copy, complete or left over.", holding.Kept.Count);
        yield return new("partitions_missing", "Partitions this node shall keep and has not got yet.", missing);
        yield return new("partitions_detached", "Held partitions with an applied vector of their own.",
            holding.Held.Count - holding.Attached.Count);
        yield return new("partitions_taken_over_total", "Partitions brought in since the start.", keeper.TakenOver);
        yield return new("partitions_dropped_total", "Partitions handed over since the start.", keeper.Dropped);
        yield return new("bootstrap_percent", "How much of what this node shall keep is here.",
            wanted == 0 ? 100 : 100.0 * (wanted - missing) / wanted);
        yield return new("worst_staleness_seconds",
            "Time since the partition that is farthest behind had everything.", stalenessSeconds);
    }
}
