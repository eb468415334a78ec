using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;

namespace Marekvs.Host.Cluster;

/// <summary>Slots that follow each other and have the same first owner.</summary>
/// <param name="First">The first slot.</param>
/// <param name="Last">The last slot.</param>
/// <param name="Owner">Their first owner.</param>
internal readonly record struct SlotRange(int First, int Last, ClusterMember Owner);

/// <summary>Partitions as clients of Redis Cluster see them: ranges of slots.</summary>
internal static class SlotRanges
{
    private const int SlotsPerPartition = Limits.Slots / Limits.Partitions;

    /// <summary>All slots that have an owner, in as few ranges as can be.</summary>
    public static IEnumerable<SlotRange> Of(ClusterView view)
    {
        Dictionary<ushort, ClusterMember> members = view.Members.ToDictionary(m => m.Origin.Node);
        ushort? current = null;
        int first = 0;
        for (int partition = 0; partition <= Limits.Partitions; partition++)
        {
            ushort? owner = FirstOwner(view, partition);
            if (owner == current)
            {
                continue;
            }

            int slot = partition * SlotsPerPartition;
            if (current is ushort node)
            {
                yield return new SlotRange(first, slot - 1, members[node]);
            }

            (current, first) = (owner, slot);
        }
    }

    /// <summary>Those slots by their first owner.</summary>
    public static ILookup<ushort, SlotRange> ByOwner(ClusterView view) => Of(view).ToLookup(range => range.Owner.Origin.Node);

    private static ushort? FirstOwner(ClusterView view, int partition)
    {
        if (partition == Limits.Partitions)
        {
            return null;
        }

        ReadOnlySpan<ushort> owners = view.Owners.Of((ushort)partition);
        return owners.Length > 0 ? owners[0] : null;
    }
}
