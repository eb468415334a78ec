using CsCheck;
using Marekvs.Abstractions.Crdt;
using static Marekvs.Abstractions.Tests.Crdt.ReachableStates;

namespace Marekvs.Abstractions.Tests.Crdt;

[TestClass]
public sealed class CellLawTests
{
    private const int Samples = 20_000;

    [TestMethod]
    public void Join_ReachableStates_IsCommutativeAssociativeIdempotent() => Histories.Sample(
        steps =>
        {
            Cell[] cells = Run(steps);
            (Cell a, Cell b, Cell c) = (cells[0], cells[1], cells[2]);
            AssertSame(Join(a, b), Join(b, a), "commutative");
            AssertSame(Join(Join(a, b), c), Join(a, Join(b, c)), "associative");
            AssertSame(Join(a, a), a, "idempotent");
            Cell joined = Join(a, b);
            AssertSame(Join(joined, a), joined, "absorbs what it has");
            AssertSame(Join(joined, b), joined, "absorbs what it has");
        },
        iter: Samples);

    [TestMethod]
    public void Join_ReachableStates_OrderDoesNotShow() => Histories.Sample(
        steps =>
        {
            Cell[] cells = Run(steps);
            Cell first = Join(Join(cells[0], cells[1]), cells[2]);
            Cell last = Join(cells[2], Join(cells[1], cells[0]));
            Assert.AreEqual(first.IsVisible, last.IsVisible);
            Assert.AreEqual(first.EffectiveDeadline, last.EffectiveDeadline);
            Assert.AreEqual(first.CounterWorth, last.CounterWorth);
            Assert.AreEqual(first.TryGetVisible(out CellDot one), last.TryGetVisible(out CellDot other));
            Assert.AreEqual(one.Dot, other.Dot);
        },
        iter: Samples);

    [TestMethod]
    public void Write_ReachableStates_ReadsBackTheSame() => Histories.Sample(
        steps =>
        {
            foreach (Cell cell in Run(steps))
            {
                byte[] bytes = Encode(cell);
                Assert.AreEqual(Convert.ToHexString(bytes), Convert.ToHexString(Encode(CellCodec.Read(bytes))));
                if (CellCodec.TryReadSimple(bytes, out Dot dot, out long deadline, out ReadOnlySpan<byte> payload))
                {
                    var simple = new RecordWriter();
                    CellCodec.WriteSimple(simple, dot, deadline, payload);
                    Assert.AreEqual(Convert.ToHexString(bytes), Convert.ToHexString(simple.Written));
                }
            }
        },
        iter: Samples);

    [TestMethod]
    public void Prune_EverythingCovered_ChangesNothingAReaderSees() => Histories.Sample(
        steps =>
        {
            foreach (Cell cell in Run(steps))
            {
                Cell pruned = cell.Clone();
                pruned.Prune(_ => true, new Stamp(ulong.MaxValue));
                Assert.AreEqual(cell.IsVisible, pruned.IsVisible);
                Assert.AreEqual(cell.HasCounter, pruned.HasCounter);
                Assert.AreEqual(cell.CounterWorth.AsDouble, pruned.CounterWorth.AsDouble);
                Assert.AreEqual(cell.TryGetVisible(out CellDot before), pruned.TryGetVisible(out CellDot after));
                Assert.AreEqual(before.Dot, after.Dot);
                if (cell.IsVisible)
                {
                    Assert.AreEqual(cell.EffectiveDeadline, pruned.EffectiveDeadline);
                }
            }
        },
        iter: Samples);

    [TestMethod]
    public void CausalJoin_WithNothingApplied_IsTheJoin() => Histories.Sample(
        steps =>
        {
            Cell[] cells = Run(steps);
            Cell joined = CausalJoin.Of(cells[0], cells[1], _ => false, _ => false, new Stamp(1));
            AssertSame(Join(cells[0], cells[1]), joined, "no context, no difference");
        },
        iter: Samples);

    private static void AssertSame(Cell expected, Cell found, string law) =>
        Assert.AreEqual(Convert.ToHexString(Encode(expected)), Convert.ToHexString(Encode(found)), law);
}
