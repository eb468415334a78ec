using System.Buffers.Binary;
using System.IO.Hashing;
using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;

namespace Marekvs.Cluster.Gossip.Placement;

/// <summary>A node that partitions can be placed on.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Zone">What fails together with it; empty: nothing else.</param>
internal readonly record struct PlacementNode(ushort Number, string Zone);

/// <summary>
/// Who keeps which partition: the nodes with the highest scores <c>xxh3(node u16 | partition u16)</c>, little-endian.
/// Every node computes the same from the same view and nobody has to agree; when a node comes or goes, only what it
/// gets or had moves. Of equally many owners chosen in their zones, the one with the higher score is next, so zones
/// are spread over before any is used again.
/// </summary>
internal static class Rendezvous
{
    /// <summary>Places all partitions.</summary>
    /// <param name="nodes">The nodes there are.</param>
    /// <param name="replicas">Owners of each partition, fewer when there are fewer nodes.</param>
    public static OwnerTable Place(IReadOnlyCollection<PlacementNode> nodes, int replicas)
    {
        PlacementNode[] candidates = [.. nodes.OrderBy(n => n.Number)];
        int width = Math.Min(replicas, candidates.Length);
        int[] zones = ZonesOf(candidates);
        ushort[] owners = new ushort[width * Limits.Partitions];
        ulong[] scores = new ulong[candidates.Length];
        int[] taken = new int[candidates.Length];
        for (int partition = 0; partition < Limits.Partitions; partition++)
        {
            for (int i = 0; i < scores.Length; i++)
            {
                scores[i] = Score(candidates[i].Number, (ushort)partition);
            }

            Array.Clear(taken);
            for (int place = 0; place < width; place++)
            {
                int best = Best(scores, zones, taken);
                owners[(partition * width) + place] = candidates[best].Number;
                scores[best] = 0;
                taken[zones[best]]++;
            }
        }

        return new OwnerTable(width, owners);
    }

    /// <summary>The score of a node for a partition; 1 at least, since 0 marks what is taken.</summary>
    public static ulong Score(ushort node, ushort partition)
    {
        Span<byte> input = stackalloc byte[4];
        BinaryPrimitives.WriteUInt16LittleEndian(input, node);
        BinaryPrimitives.WriteUInt16LittleEndian(input[2..], partition);
        return Math.Max(1, XxHash3.HashToUInt64(input));
    }

    /// <summary>Numbers the zones; a node without one is a zone of its own.</summary>
    private static int[] ZonesOf(PlacementNode[] nodes)
    {
        Dictionary<string, int> numbers = new(StringComparer.Ordinal);
        int[] zones = new int[nodes.Length];
        for (int i = 0; i < nodes.Length; i++)
        {
            string name = nodes[i].Zone.Length > 0 ? "zone " + nodes[i].Zone : $"node {nodes[i].Number}";
            numbers.TryAdd(name, numbers.Count);
            zones[i] = numbers[name];
        }

        return zones;
    }

    private static int Best(ulong[] scores, int[] zones, int[] taken)
    {
        int best = -1;
        for (int i = 0; i < scores.Length; i++)
        {
            if (scores[i] == 0)
            {
                continue;
            }

            bool isBetter = best < 0 || taken[zones[i]] < taken[zones[best]] ||
                (taken[zones[i]] == taken[zones[best]] && scores[i] > scores[best]);
            best = isBetter ? i : best;
        }

        return best;
    }
}
