using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Records;

namespace Marekvs.Host.Cluster;

/// <summary>Slots that follow each other and belong to the same members.</summary>
/// <param name="First">The first slot.</param>
/// <param name="Last">The last slot.</param>
/// <param name="Owners">The members, the first owner first.</param>
internal readonly record struct SlotRange(int First, int Last, IReadOnlyList<ClusterMember> Owners);

/// <summary>Partitions as clients of Redis Cluster see them: ranges of slots.</summary>
internal static class SlotRanges
{
    private const int SlotsPerPartition = Limits.Slots / Limits.Partitions;

    /// <summary>All slots that have an owner, in as few ranges as can be.</summary>
    public static IEnumerable<SlotRange> Of(ClusterView view)
    {
        Dictionary<ushort, ClusterMember> members = view.Members.ToDictionary(m => m.Origin.Node);
        ushort[] current = [];
        int first = 0;
        for (int partition = 0; partition <= Limits.Partitions; partition++)
        {
            ushort[] owners = partition < Limits.Partitions ? view.Owners.Of((ushort)partition).ToArray() : [];
            if (owners.AsSpan().SequenceEqual(current))
            {
                continue;
            }

            int slot = partition * SlotsPerPartition;
            if (current.Length > 0)
            {
                yield return new SlotRange(first, slot - 1, [.. current.Select(node => members[node])]);
            }

            (current, first) = (owners, slot);
        }
    }

    /// <summary>The slots a member is the first owner of.</summary>
    public static IEnumerable<(int First, int Last)> Of(ClusterView view, ushort node)
    {
        int first = -1;
        for (int slot = 0; slot <= Limits.Slots; slot++)
        {
            bool isOwned = slot < Limits.Slots && IsFirstOwner(view, (ushort)slot, node);
            if (isOwned && first < 0)
            {
                first = slot;
            }
            else if (!isOwned && first >= 0)
            {
                yield return (first, slot - 1);
                first = -1;
            }
        }
    }

    private static bool IsFirstOwner(ClusterView view, ushort slot, ushort node)
    {
        ReadOnlySpan<ushort> owners = view.Owners.Of(KeyAddress.PartitionOfSlot(slot));
        return owners.Length > 0 && owners[0] == node;
    }
}
