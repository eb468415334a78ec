using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Cluster.Gossip.Placement;

namespace Marekvs.Cluster.Tests.Placement;

[TestClass]
public sealed class RendezvousTests
{
    [TestMethod]
    [DataRow(3)]
    [DataRow(5)]
    [DataRow(50)]
    public void Place_ManyNodes_SpreadsEvenly(int count)
    {
        OwnerTable table = Rendezvous.Place(Nodes(count), 3);
        Dictionary<ushort, int> owned = [];
        Dictionary<ushort, int> first = [];
        for (ushort partition = 0; partition < Limits.Partitions; partition++)
        {
            foreach (ushort node in table.Of(partition))
            {
                owned[node] = owned.GetValueOrDefault(node) + 1;
            }

            first[table.Of(partition)[0]] = first.GetValueOrDefault(table.Of(partition)[0]) + 1;
        }

        AssertNear(owned, Limits.Partitions * 3.0 / count);
        AssertNear(first, (double)Limits.Partitions / count);
    }

    [TestMethod]
    public void Place_Owners_AreDifferentNodes()
    {
        OwnerTable table = Rendezvous.Place(Nodes(5), 3);
        for (ushort partition = 0; partition < Limits.Partitions; partition++)
        {
            Assert.HasCount(3, table.Of(partition).ToArray().Distinct());
        }
    }

    [TestMethod]
    public void Place_FewerNodesThanReplicas_UsesAll()
    {
        Assert.AreEqual(2, Rendezvous.Place(Nodes(2), 3).Width);
        Assert.AreEqual(0, Rendezvous.Place([], 3).Width);
        Assert.AreEqual(0, Rendezvous.Place([], 3).Of(7).Length);
    }

    [TestMethod]
    public void Place_ANodeComes_OnlyWhatItGetsMoves()
    {
        OwnerTable before = Rendezvous.Place(Nodes(9), 3);
        OwnerTable after = Rendezvous.Place(Nodes(10), 3);
        int moved = 0;
        for (ushort partition = 0; partition < Limits.Partitions; partition++)
        {
            ushort[] came = [.. after.Of(partition).ToArray().Except(before.Of(partition).ToArray())];
            Assert.IsTrue(came.All(node => node == 10));
            moved += came.Length;
        }

        Assert.AreEqual(Limits.Partitions * 3 / 10.0, moved, 150);
    }

    [TestMethod]
    public void Place_ANodeGoes_TheOthersKeepWhatTheyHave()
    {
        OwnerTable before = Rendezvous.Place(Nodes(9), 3);
        OwnerTable after = Rendezvous.Place(Nodes(9).Where(n => n.Number != 4).ToArray(), 3);
        for (ushort partition = 0; partition < Limits.Partitions; partition++)
        {
            ushort[] kept = [.. before.Of(partition).ToArray().Where(node => node != 4)];
            Assert.IsEmpty(kept.Except(after.Of(partition).ToArray()));
        }
    }

    [TestMethod]
    [DataRow(3, 3, 3)]
    [DataRow(2, 3, 2)]
    [DataRow(2, 4, 2)]
    public void Place_Zones_AreSpreadOverFirst(int zones, int replicas, int zonesUsed)
    {
        PlacementNode[] nodes = [.. Nodes(12).Select(n => n with { Zone = $"z{n.Number % zones}" })];
        OwnerTable table = Rendezvous.Place(nodes, replicas);
        for (ushort partition = 0; partition < Limits.Partitions; partition++)
        {
            int[] used = [.. table.Of(partition).ToArray().GroupBy(n => n % zones).Select(g => g.Count())];
            Assert.HasCount(zonesUsed, used);
            Assert.IsLessThanOrEqualTo(1, used.Max() - used.Min());
        }
    }

    [TestMethod]
    public void Place_Order_DoesNotDependOnTheOrderOfNodes()
    {
        OwnerTable one = Rendezvous.Place(Nodes(7), 3);
        OwnerTable two = Rendezvous.Place(Nodes(7).Reverse().ToArray(), 3);
        for (ushort partition = 0; partition < Limits.Partitions; partition++)
        {
            CollectionAssert.AreEqual(one.Of(partition).ToArray(), two.Of(partition).ToArray());
        }
    }

    /// <summary>All nodes of a cluster must place alike, whatever version they run.</summary>
    [TestMethod]
    public void Place_FiveNodes_IsFrozen()
    {
        OwnerTable table = Rendezvous.Place(Nodes(5), 3);
        string[] shown = [.. new ushort[] { 0, 1, 2, 1000, 4095 }.Select(p => string.Join(' ', table.Of(p).ToArray()))];
        Assert.AreEqual("1 3 5, 5 4 2, 2 3 4, 4 1 3, 4 5 2", string.Join(", ", shown));
    }

    private static PlacementNode[] Nodes(int count) =>
        [.. Enumerable.Range(1, count).Select(n => new PlacementNode((ushort)n, ""))];

    /// <summary>Within six standard deviations of an even draw.</summary>
    private static void AssertNear(Dictionary<ushort, int> counts, double expected)
    {
        foreach ((ushort node, int count) in counts)
        {
            Assert.AreEqual(expected, count, 6 * Math.Sqrt(expected), $"node {node}");
        }
    }
}
