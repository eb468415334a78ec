using System.Text;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Storage;
using Marekvs.Modules.Lists;
using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Lists;

/// <summary>The laws of what elements hold, and how they lie in the store.</summary>
[TestClass]
public sealed class ListValueTests
{
    [TestMethod]
    public void Merge_AnyThree_IsAJoin()
    {
        // One push has one value; every LSET has a dot of its own.
        byte[][] payloads =
        [
            Pushed("a"),
            .. from stamp in Enumerable.Range(1, 4)
               from node in Enumerable.Range(1, 3)
               select Landed(stamp, node, $"{stamp}/{node}"),
        ];
        foreach (byte[] a in payloads)
        {
            CollectionAssert.AreEqual(a, Join(a, a));
            foreach (byte[] b in payloads)
            {
                CollectionAssert.AreEqual(Join(a, b), Join(b, a));
                foreach (byte[] c in payloads)
                {
                    CollectionAssert.AreEqual(Join(Join(a, b), c), Join(a, Join(b, c)));
                }
            }
        }
    }

    [TestMethod]
    public void Merge_AmendmentOnItsWay_EndsAsIfItHadAlwaysBeenThere()
    {
        byte[] amendment = ListValue.Amendment(At(7, 2), "new"u8);
        Assert.IsTrue(ListValue.IsAmendment(amendment));
        byte[] joined = Join(Pushed("old"), amendment);
        Assert.IsFalse(ListValue.IsAmendment(joined));
        Assert.AreEqual("new", Encoding.UTF8.GetString(ListValue.Of(joined)));
        CollectionAssert.AreEqual(joined, Join(joined, amendment), "again");
    }

    [TestMethod]
    public void Merge_UnknownForm_IsRefused()
    {
        Assert.ThrowsExactly<RecordFormatException>(() => Join([9, 1, 2], Pushed("a")));
        Assert.ThrowsExactly<RecordFormatException>(() => Join([1, 2], Pushed("a")));
    }

    [TestMethod]
    public async Task Row_OfAnElement_HasTheseBytes()
    {
        var store = new SortedStore();
        await using var runner = new KeyspaceRunner(store, new ListsModule());
        runner.Run("RPUSH bag value");
        await runner.Keyspace.CheckpointAsync();

        // "bag" is in partition 0x0454; the clock stands at 1735689600000 ms = 0x01941F297C00.
        using IStoreScan scan = store.Scan([1, 0x04, 0x54], [1, 0x04, 0x55]);
        Assert.IsTrue(scan.MoveNext());
        Assert.AreEqual(
            "010454" + "03626167" + "71" + "52" + "01941F297C000000" + "00010001" + "0000" + "80",
            Convert.ToHexString(scan.Key));
        Assert.AreEqual("00" + "0000007C291F9401" + "01000100" + "00" + "76616C7565", Convert.ToHexString(scan.Value));
        Assert.IsFalse(scan.MoveNext());
    }

    private static byte[] Pushed(string value)
    {
        byte[] payload = new byte[value.Length + 1];
        ListValue.WritePushed(payload, Encoding.UTF8.GetBytes(value));
        return payload;
    }

    /// <summary>What LSET leaves once it has come to its element.</summary>
    private static byte[] Landed(int stamp, int node, string value) =>
        Join(Pushed("a"), ListValue.Amendment(At((ulong)stamp, node), Encoding.UTF8.GetBytes(value)));

    private static Dot At(ulong stamp, int node) => new(new Stamp(stamp), new Origin((ushort)node, 1));

    private static byte[] Join(byte[] left, byte[] right)
    {
        var joined = new RecordWriter();
        ListValue.Merge(left, right, joined);
        return joined.Written.ToArray();
    }
}
