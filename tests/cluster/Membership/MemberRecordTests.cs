using Marekvs.Cluster.Gossip.Membership;

namespace Marekvs.Cluster.Tests.Membership;

[TestClass]
public sealed class MemberRecordTests
{
    private static readonly MemberKey Some = MemberKey.FirstFree;

    private readonly MemberRecord _owner = new(1, 1);
    private readonly MemberRecord _copy = new(1, 1);

    [TestMethod]
    public void Set_SameValue_IsNoChange()
    {
        Assert.IsTrue(_owner.Set(Some, [1]));
        Assert.IsFalse(_owner.Set(Some, [1]));
        Assert.AreEqual(1UL, _owner.Version);
    }

    [TestMethod]
    public void Delta_HoldsOnlyWhatIsNewer()
    {
        _owner.Set(Some, [1]);
        _owner.Set(Some + 1, [2]);
        _copy.Apply(_owner.DeltaAfter(0));
        _owner.Set(Some, [3]);

        MemberDelta delta = _owner.DeltaAfter(_copy.Version);

        Assert.HasCount(1, delta.Entries);
        Assert.IsTrue(_copy.Apply(delta));
        CollectionAssert.AreEqual(new byte[] { 3 }, _copy.Read(Some));
        CollectionAssert.AreEqual(new byte[] { 2 }, _copy.Read(Some + 1));
    }

    [TestMethod]
    public void Apply_TwiceOrOutOfOrder_ChangesNothing()
    {
        _owner.Set(Some, [1]);
        MemberDelta first = _owner.DeltaAfter(0);
        _owner.Set(Some, [2]);
        MemberDelta second = _owner.DeltaAfter(1);

        Assert.IsFalse(_copy.Apply(second), "leaves a gap");
        Assert.IsTrue(_copy.Apply(first));
        Assert.IsTrue(_copy.Apply(second));
        Assert.IsFalse(_copy.Apply(first));
        CollectionAssert.AreEqual(new byte[] { 2 }, _copy.Read(Some));
    }

    [TestMethod]
    public void Retract_IsTold_AndCollectedLater()
    {
        _owner.Set(Some, [1]);
        _copy.Apply(_owner.DeltaAfter(0));
        _owner.Retract(Some);
        Assert.IsTrue(_owner.HasTombstones);

        _copy.Apply(_owner.DeltaAfter(_copy.Version));
        Assert.IsNull(_copy.Read(Some));
        _owner.Collect();
        _owner.Set(Some + 1, [2]);
        _copy.Apply(_owner.DeltaAfter(_copy.Version));
        Assert.IsFalse(_owner.HasTombstones);
        Assert.IsFalse(_copy.HasTombstones);
    }

    [TestMethod]
    public void Retract_ACopyThatMissedIt_GetsTheWholeMapAndForgets()
    {
        _owner.Set(Some, [1]);
        _owner.Set(Some + 1, [2]);
        _copy.Apply(_owner.DeltaAfter(0));
        _owner.Retract(Some);
        _owner.Collect();
        _owner.Set(Some + 1, [3]);

        MemberDelta delta = _owner.DeltaAfter(_copy.Version);

        Assert.AreEqual(0UL, delta.After);
        Assert.IsTrue(_copy.Apply(delta));
        Assert.IsNull(_copy.Read(Some));
        CollectionAssert.AreEqual(new byte[] { 3 }, _copy.Read(Some + 1));
    }

    /// <summary>However changes, losses and collections interleave, a copy that is not behind is the same.</summary>
    [TestMethod]
    public void Copies_RandomHistories_AgreeWhenUpToDate()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var owner = new MemberRecord(1, 1);
            MemberRecord[] copies = [new(1, 1), new(1, 1), new(1, 1)];
            for (int step = 0; step < 200; step++)
            {
                MemberKey key = Key(random.Next(5));
                switch (random.Next(6))
                {
                    case 0:
                        owner.Retract(key);
                        break;
                    case 1 when random.Next(5) == 0:
                        owner.Collect();
                        break;
                    case 2 or 3:
                        owner.Set(key, [(byte)random.Next(256)]);
                        break;
                    default:
                        MemberRecord copy = copies[random.Next(3)];
                        MemberRecord source = random.Next(2) == 0 ? owner : copies[random.Next(3)];
                        copy.Apply(source.DeltaAfter(copy.Version));
                        break;
                }
            }

            foreach (MemberRecord copy in copies)
            {
                copy.Apply(owner.DeltaAfter(copy.Version));
                for (int key = 0; key < 5; key++)
                {
                    CollectionAssert.AreEqual(owner.Read(Key(key)), copy.Read(Key(key)), $"seed {seed}");
                }
            }
        }
    }

    private static MemberKey Key(int index) => (MemberKey)((int)Some + index);
}
