using Marekvs.Abstractions.Crdt;
using Marekvs.Modules.Streams;

namespace Marekvs.Modules.Tests.Streams;

/// <summary>The laws of the two payloads of streams that are joined, and their bytes.</summary>
[TestClass]
public sealed class StreamMergeTests
{
    [TestMethod]
    public void Head_AnyTwo_JoinInAnyOrder()
    {
        var random = new Random(5);
        byte[][] heads = [.. Enumerable.Range(0, 60).Select(_ => Head(random))];
        CheckLaws(heads, StreamHead.Merge);
    }

    [TestMethod]
    public void Cursor_AnyTwo_JoinInAnyOrder()
    {
        var random = new Random(7);
        byte[][] cursors = [.. Enumerable.Range(0, 60).Select(_ => Cursor(random))];
        CheckLaws(cursors, StreamCursor.Merge);
    }

    [TestMethod]
    public void Head_OlderGenerationWithLargerId_IsForgotten()
    {
        byte[] before = new StreamHead(1, new StreamId(9, 9), new StreamId(3, 3), 5).ToPayload();
        byte[] after = new StreamHead(2, new StreamId(1, 1), StreamId.Zero, 0).ToPayload();
        CollectionAssert.AreEqual(after, Join(StreamHead.Merge, before, after));
    }

    [TestMethod]
    public void Payloads_Known_HaveTheirBytes()
    {
        Assert.AreEqual(
            "0100000000000000" + "0200000000000000" + "0300000000000000" + "0400000000000000" + "0500000000000000" +
            "0600000000000000",
            Convert.ToHexString(new StreamHead(1, new StreamId(2, 3), new StreamId(4, 5), 6).ToPayload()));
        Assert.AreEqual(
            "0200000000000000" + "0300000000000000" + "0200000000000000" + "0300000000000000" + "FFFFFFFFFFFFFFFF" + "00",
            Convert.ToHexString(new StreamCursor(new StreamId(2, 3)).ToPayload()));
        var beyond = new StreamCursor(new StreamId(1, 0)) { Read = 4 };
        beyond.MoveTo(new StreamId(2, 3));
        beyond.Add(new StreamId(200, 1));
        beyond.Add(new StreamId(2, 5));
        Assert.AreEqual(
            "0100000000000000" + "0000000000000000" + "0200000000000000" + "0300000000000000" + "0400000000000000" +
            "02" + "0005" + "C601" + "01",
            Convert.ToHexString(beyond.ToPayload()));
        Assert.AreEqual(
            "0100000000000000" + "03000200" + "0400000000000000" + "0500000000000000" + "0600000000000000",
            Convert.ToHexString(
                new GroupBeginning(new Dot(new Stamp(1), new Origin(2, 3)), new StreamId(4, 5), 6).ToPayload()));
        Assert.AreEqual(
            "00000001" + "67" + "00000007" + "0000000000000001" + "00020003",
            Convert.ToHexString(StreamRecords.CursorName(
                StreamRecords.GroupPrefix("g"u8), 7, new Dot(new Stamp(1), new Origin(2, 3)))));
        Assert.AreEqual("0100000000000000" + "05" + "616263", Convert.ToHexString(new PendingEntry(1, 5).ToPayload("abc"u8)));
        Assert.AreEqual(
            "00010002" + "0000000000000003" + "0000000000000004",
            Convert.ToHexString(StreamRecords.EntryName(new byte[20], new Origin(1, 2).Value, new StreamId(3, 4))));
    }

    private static byte[] Head(Random random) => new StreamHead(
        (ulong)random.Next(3), Id(random), Id(random), random.Next(3)).ToPayload();

    private static byte[] Cursor(Random random)
    {
        var cursor = new StreamCursor(Id(random)) { Read = random.Next(-1, 3) };
        cursor.MoveTo(Id(random));
        for (int n = random.Next(4); n > 0; n--)
        {
            cursor.Add(Id(random));
        }

        return cursor.ToPayload();
    }

    private static StreamId Id(Random random) => new((ulong)random.Next(3), (ulong)random.Next(3));

    private static void CheckLaws(byte[][] values, MergeFunction merge)
    {
        foreach (byte[] a in values)
        {
            CollectionAssert.AreEqual(a, Join(merge, a, a));
            foreach (byte[] b in values)
            {
                CollectionAssert.AreEqual(Join(merge, a, b), Join(merge, b, a));
                byte[] c = values[(a[0] + b[8]) % values.Length];
                CollectionAssert.AreEqual(Join(merge, Join(merge, a, b), c), Join(merge, a, Join(merge, b, c)));
            }
        }
    }

    private static byte[] Join(MergeFunction merge, byte[] left, byte[] right)
    {
        var joined = new RecordWriter();
        merge(left, right, joined);
        return joined.Written.ToArray();
    }
}
