using Marekvs.Abstractions;
using Marekvs.Abstractions.Crdt;
using Marekvs.Modules.Lists;

namespace Marekvs.Modules.Tests.Lists;

/// <summary>The laws of positions, over lists that several nodes grew at random, and their bytes.</summary>
[TestClass]
public sealed class ListPositionTests
{
    private static readonly Origin Here = new(1, 1);
    private static readonly Origin There = new(2, 1);
    private static readonly Comparer<byte[]> InBytes =
        Comparer<byte[]>.Create((x, y) => x.AsSpan().SequenceCompareTo(y));

    [TestMethod]
    public void Pushed_AtEitherEnd_LieInTheOrderOfTheList()
    {
        byte[][] expected =
        [
            Pushed(ListEnd.Left, 9, index: 1), Pushed(ListEnd.Left, 9), Pushed(ListEnd.Left, 5),
            Pushed(ListEnd.Right, 4), Pushed(ListEnd.Right, 8), Pushed(ListEnd.Right, 8, index: 1),
        ];
        CollectionAssert.AreEqual(expected, expected.Order(InBytes).ToArray());
    }

    [TestMethod]
    public void Pushed_AtOneStampOnTwoNodes_StayTogether()
    {
        byte[][] ours = [.. Enumerable.Range(0, 3).Select(i => Pushed(ListEnd.Right, 7, i, Here))];
        byte[][] theirs = [.. Enumerable.Range(0, 3).Select(i => Pushed(ListEnd.Right, 7, i, There))];
        byte[][] together = [.. theirs.Concat(ours).Order(InBytes)];
        CollectionAssert.AreEqual(ours.Concat(theirs).ToArray(), together);
    }

    [TestMethod]
    public void Between_ConcurrentInsertsAtOneAnchor_BothLieThere()
    {
        byte[] anchor = Pushed(ListEnd.Right, 1);
        byte[] end = Pushed(ListEnd.Right, 2);
        byte[] ours = ListPosition.Between(anchor, end, At(5, Here));
        byte[] theirs = ListPosition.Between(anchor, end, At(6, There));
        ExpectOrder(anchor, theirs, ours, end);
    }

    [TestMethod]
    public void Between_NoNeighbour_IsAPushThere()
    {
        byte[] only = Pushed(ListEnd.Right, 3);
        ExpectOrder(ListPosition.Between([], only, At(4, Here)), only);
        ExpectOrder(only, ListPosition.Between(only, [], At(4, Here)));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void Between_InsertsOfManyNodes_LieBetweenWhatTheirNodeSaw(int seed)
    {
        var random = new Random(seed);
        var clock = 0UL;
        List<byte[]>[] views = [[], [], []];
        for (int step = 0; step < 600; step++)
        {
            int node = random.Next(views.Length);
            List<byte[]> view = views[node];
            Dot dot = At(++clock, new Origin((ushort)(node + 1), 1));
            int at = random.Next(view.Count + 1);
            byte[] position = ListPosition.Between(
                at > 0 ? view[at - 1] : [], at < view.Count ? view[at] : [], dot);
            view.Insert(at, position);
            CollectionAssert.AreEqual(view.Order(InBytes).ToArray(), view, "the new one lies where it was put");
            if (random.Next(10) == 0)
            {
                Exchange(views[random.Next(views.Length)], view);
            }
        }

        byte[][] all = [.. views.SelectMany(view => view).Distinct(BytesComparer.Instance).Order(InBytes)];
        Assert.HasCount(600, all, "no two inserts share a position");
        for (int i = 1; i < all.Length; i++)
        {
            Assert.IsFalse(all[i].AsSpan().StartsWith(all[i - 1]), "no position begins another");
        }
    }

    [TestMethod]
    public void Between_RemovedNeighbours_KeepTheRestInOrder()
    {
        byte[] a = Pushed(ListEnd.Right, 1);
        byte[] b = Pushed(ListEnd.Right, 2);
        byte[] x = ListPosition.Between(a, b, At(3, Here));
        byte[] y = ListPosition.Between(x, b, At(4, Here));

        // x is gone; what is inserted after a now still lies before y.
        ExpectOrder(a, ListPosition.Between(a, y, At(5, Here)), y, b);
    }

    [TestMethod]
    public void Between_AlwaysAtTheSamePlace_StaysShort()
    {
        byte[] left = Pushed(ListEnd.Right, 1);
        byte[] right = Pushed(ListEnd.Right, 2);
        byte[] last = left;
        for (ulong i = 3; i < 1_000; i++)
        {
            last = ListPosition.Between(left, last == left ? right : last, At(i, Here));
        }

        Assert.AreEqual(ListPosition.RootBytes + 13, last.Length, "inserts after one anchor are its children");
    }

    [TestMethod]
    public void Bytes_OfPushesAndInserts_AreFrozen()
    {
        byte[] pushed = Pushed(ListEnd.Right, 0x0102030405060708, index: 9, new Origin(0x0A0B, 0x0C0D));
        Assert.AreEqual("52" + "0102030405060708" + "0A0B0C0D" + "0009" + "80", Convert.ToHexString(pushed));
        Assert.AreEqual(
            "4C" + "FEFDFCFBFAF9F8F7" + "F5F4F3F2" + "FFF6" + "80",
            Convert.ToHexString(Pushed(ListEnd.Left, 0x0102030405060708, index: 9, new Origin(0x0A0B, 0x0C0D))));
        byte[] next = Pushed(ListEnd.Right, 0x0102030405060709, index: 0, new Origin(1, 1));
        Assert.AreEqual(
            "52" + "0102030405060708" + "0A0B0C0D" + "0009" + "C0" + "FFFFFFFFFFFFFFEF" + "FFFEFFFE" + "80",
            Convert.ToHexString(ListPosition.Between(pushed, next, At(0x10, Here))));
        byte[] child = ListPosition.Between(pushed, next, At(0x10, Here));
        Assert.AreEqual(
            "52" + "0102030405060709" + "00010001" + "0000" + "40" + "0000000000000011" + "00010001" + "80",
            Convert.ToHexString(ListPosition.Between(child, next, At(0x11, Here))));
    }

    private static void Exchange(List<byte[]> into, List<byte[]> from)
    {
        byte[][] joined = [.. into.Concat(from).Distinct(BytesComparer.Instance).Order(InBytes)];
        into.Clear();
        into.AddRange(joined);
    }

    private static void ExpectOrder(params byte[][] positions) =>
        CollectionAssert.AreEqual(positions, positions.Order(InBytes).ToArray());

    private static byte[] Pushed(ListEnd end, ulong stamp, int index = 0, Origin origin = default)
    {
        byte[] position = new byte[ListPosition.RootBytes];
        ListPosition.WritePushed(position, end, At(stamp, origin == default ? Here : origin), (ushort)index);
        return position;
    }

    private static Dot At(ulong stamp, Origin origin) => new(new Stamp(stamp), origin);
}
