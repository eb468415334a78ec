using Marekvs.Abstractions.Crdt;
using static Marekvs.Abstractions.Tests.Crdt.ReachableStates;

namespace Marekvs.Abstractions.Tests.Crdt;

/// <summary>A removal that wins over what it has not seen.</summary>
[TestClass]
public sealed class FinalRemovalTests
{
    private static readonly Dot First = At(10, node: 1);
    private static readonly Dot Removal = At(20, node: 1);
    private static readonly Dot Concurrent = At(30, node: 2);
    private static readonly Stamp Everything = new(ulong.MaxValue);

    private readonly Cell _start = CellDelta.Put(null, First, new byte[] { 1 });

    [TestMethod]
    public void Final_BesideALaterConcurrentWrite_HidesIt()
    {
        Cell both = Both();
        Assert.IsFalse(both.IsVisible);
        Assert.IsFalse(both.TryGetVisible(out _));
        Assert.IsTrue(both.HasMarkers);
        Assert.IsEmpty(Digest(both), "who has forgotten all of it has the same digest");
    }

    [TestMethod]
    public void Final_ThenAWriteThatKnowsIt_ShowsTheWrite()
    {
        Cell both = Both();
        both.Join(CellDelta.Put(both, At(40, node: 3), new byte[] { 3 }));
        Assert.IsTrue(both.TryGetVisible(out CellDot visible));
        Assert.AreEqual(At(40, node: 3), visible.Dot);
    }

    [TestMethod]
    public void Prune_NotYetEverywhere_KeepsHiding()
    {
        Cell both = Both();
        both.Prune(_ => true, Removal.Stamp);
        Assert.IsFalse(both.IsVisible);
        Assert.IsTrue(both.HasMarkers, "a node may still add to what is hidden until all have seen that too");
    }

    [TestMethod]
    public void Prune_Everywhere_TakesWhatIsHiddenWithIt()
    {
        Cell both = Both();
        both.Prune(_ => true, Everything);
        Assert.IsTrue(both.IsEmpty);
    }

    [TestMethod]
    public void DropApplied_RemovalThatWasForgotten_HidesNothingNew()
    {
        Cell removal = CellDelta.Put(_start, Removal, default, DotState.Final);
        Cell after = CellDelta.Put(null, At(50, node: 2), new byte[] { 5 });
        removal.DropApplied(dot => dot.Stamp <= Removal.Stamp);
        after.Join(removal);
        Assert.IsTrue(after.IsVisible);
    }

    [TestMethod]
    public void CausalJoin_OtherSideForgotIt_ForgetsItToo()
    {
        Cell joined = CausalJoin.Of(Both(), null, _ => true, _ => true, new Stamp(99));
        Assert.IsFalse(joined.IsVisible);
        Assert.IsTrue(joined.Dots.All(dot => dot.State == DotState.Dead));
    }

    [TestMethod]
    public void CausalJoin_OtherSideHasTheConcurrentWrite_HidesItThereToo()
    {
        Cell mine = Join(_start, CellDelta.Put(_start, Removal, default, DotState.Final));
        Cell theirs = Join(_start, CellDelta.Put(_start, Concurrent, new byte[] { 2 }));
        bool isMine(Dot dot) => dot.Origin == First.Origin;
        bool isTheirs(Dot dot) => dot == First || dot == Concurrent;
        Assert.IsFalse(CausalJoin.Of(mine, theirs, isMine, isTheirs, new Stamp(99)).IsVisible);
        Assert.IsFalse(CausalJoin.Of(theirs, mine, isTheirs, isMine, new Stamp(99)).IsVisible);
    }

    private Cell Both()
    {
        Cell removed = Join(_start, CellDelta.Put(_start, Removal, default, DotState.Final));
        return Join(removed, Join(_start, CellDelta.Put(_start, Concurrent, new byte[] { 2 })));
    }

    private static byte[] Digest(Cell cell)
    {
        var writer = new RecordWriter();
        cell.WriteDigestInput(writer);
        return writer.Written.ToArray();
    }

    private static Dot At(ulong stamp, ushort node) => new(new Stamp(stamp), new Origin(node, 1));
}
