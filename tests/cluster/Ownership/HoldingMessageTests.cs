using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.Ownership;
using Marekvs.Cluster.Gossip.Placement;

namespace Marekvs.Cluster.Tests.Ownership;

/// <summary>What nodes tell each other of their partitions.</summary>
[TestClass]
public sealed class HoldingMessageTests
{
    [TestMethod]
    public void Set_OfSomePartitions_ComesBackAsItWas()
    {
        foreach (PartitionSet set in (PartitionSet[])
            [PartitionSet.None, PartitionSet.All, PartitionSet.Of([0, 7, 8, 4095]), PartitionSet.Where(p => p % 3 == 0)])
        {
            var writer = new RecordWriter();
            set.Write(writer);
            Assert.AreEqual(set.Count == 0 || set.IsAll ? 1 : 513, writer.Length);
            var reader = new RecordReader(writer.Written);
            PartitionSet read = PartitionSet.Read(ref reader);
            Assert.AreEqual(set, read);
            CollectionAssert.AreEqual(set.Members.ToArray(), read.Members.ToArray());
        }
    }

    [TestMethod]
    public void Set_HasTheseBytes()
    {
        var writer = new RecordWriter();
        PartitionSet.Of([0, 9]).Write(writer);
        Assert.AreEqual("020102" + new string('0', 1020), Convert.ToHexString(writer.Written));
    }

    [TestMethod]
    public void Message_HasTheseBytes()
    {
        var writer = new RecordWriter();
        new HoldingMessage(7, new Holding(PartitionSet.All, PartitionSet.All, PartitionSet.None, PartitionSet.None)).Write(writer);
        Assert.AreEqual("14" + "07000000" + "01010000", Convert.ToHexString(writer.Written));
    }

    [TestMethod]
    public void Message_ThatIsDamaged_IsRefused()
    {
        var writer = new RecordWriter();
        new HoldingMessage(7, Holding.Everything).Write(writer);
        byte[] bytes = writer.Written.ToArray();
        Refuse(bytes[1..^1]);
        Refuse([.. bytes[1..], 0]);
        Refuse([.. bytes[1..5], 3, 1, 1, 1]);
        Refuse([.. bytes[1..5], 2, 0xFF]);
    }

    [TestMethod]
    public void Budget_SpentForNow_ComesBackWithTime()
    {
        var budget = new BulkBudget(1000);
        Assert.IsTrue(budget.HasRoom(10_000));
        budget.Spend(1500);
        Assert.IsFalse(budget.HasRoom(10_000));
        Assert.IsFalse(budget.HasRoom(10_400));
        Assert.IsTrue(budget.HasRoom(10_600));
        Assert.IsTrue(budget.HasRoom(99_000));
        budget.Spend(1001);
        Assert.IsFalse(budget.HasRoom(99_000), "no more than a second's worth is saved");
        Assert.IsTrue(new BulkBudget(0).HasRoom(0), "0 is no bound");
    }

    [TestMethod]
    public void Plan_OfANodeThatJoins_IsWhatItWillOwnWithAllThatJoin()
    {
        ClusterView view = ViewOf(self: 4, (1, MemberState.Active), (2, MemberState.Active), (3, MemberState.Leaving), (4, MemberState.Joining));
        PartitionSet wanted = OwnershipPlan.Wanted(view);
        Assert.IsTrue(wanted.Count is > Limits.Partitions / 2 and < Limits.Partitions * 4 / 5, "two of three nodes keep a partition");
        Assert.AreEqual(
            wanted, OwnershipPlan.Wanted(ViewOf(self: 4, (1, MemberState.Active), (2, MemberState.Active), (3, MemberState.Down), (4, MemberState.Active))));
        Assert.AreEqual(PartitionSet.None, OwnershipPlan.Wanted(ViewOf(self: 3, (1, MemberState.Active), (3, MemberState.Leaving))));
    }

    private static void Refuse(byte[] bytes) => Assert.ThrowsExactly<RecordFormatException>(() =>
    {
        var reader = new RecordReader(bytes);
        HoldingMessage.Read(ref reader);
    });

    private static ClusterView ViewOf(ushort self, params (ushort Node, MemberState State)[] members)
    {
        PlacementNode[] active =
            [.. members.Where(m => m.State == MemberState.Active).Select(m => new PlacementNode(m.Node, ""))];
        OwnerTable owners = Rendezvous.Place(active, 2);
        return new ClusterView(
            1, [.. members.Select(m => new ClusterMember(new Origin(m.Node, 1), m.Node == self, m.State))], 2, owners, owners);
    }
}
