using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Storage;
using Marekvs.Modules.Strings;
using Marekvs.Storage.Engine.Checkpoints;
using Marekvs.Storage.Engine.Replication;
using Marekvs.Testing;

namespace Marekvs.Storage.Engine.Tests;

/// <summary>The bytes a checkpoint leaves in the store are frozen: a change here is a new format version.</summary>
[TestClass]
public sealed class StoredFormatTests
{
    [TestMethod]
    public void CheckpointState_HasTheseBytes()
    {
        var state = new CheckpointState(
            new Guid("00112233-4455-6677-8899-aabbccddeeff"), new Origin(1, 3), 0x1122334455667788, IsClean: true, [0xAB]);
        var writer = new RecordWriter();
        state.Write(writer);
        Assert.AreEqual(
            "03000000" + "33221100554477668899AABBCCDDEEFF" + "03000100" + "8877665544332211" + "01" + "AB",
            Convert.ToHexString(writer.Written));
        CheckpointState read = CheckpointState.Read(writer.Written);
        Assert.AreEqual(state.Identity, read.Identity);
        Assert.AreEqual(state.HashSeed, read.HashSeed);
        Assert.IsTrue(read.IsClean);
        CollectionAssert.AreEqual(new byte[] { 0xAB }, read.Replication);
    }

    [TestMethod]
    public void CheckpointState_AnotherVersionOrCutShort_Stops()
    {
        Assert.ThrowsExactly<JournalException>(() => CheckpointState.Read([1, 0, 0, 0]));
        Assert.ThrowsExactly<JournalException>(() => CheckpointState.Read([3, 0, 0, 0, 9]));
    }

    [TestMethod]
    public void ReplicationState_HasTheseBytes()
    {
        var applied = new AppliedTable();
        applied.RaiseStream(new Origin(1, 2), new Stamp(0x0A));
        applied.OpenGap(new Origin(2, 1), new Stamp(0x0B));
        applied.RaiseStream(new Origin(2, 1), new Stamp(0x0C));
        var ahead = new VersionVector();
        ahead.Raise(new Origin(3, 1), new Stamp(0x0D));
        applied.RaisePartition(7, ahead);
        applied.Mention(8, new Dot(new Stamp(0x0E), new Origin(1, 2)));
        var clears = new PendingClears();
        clears.Add(new PendingClear(9, [.. "k"u8], new ClearVector(ahead), new Stamp(0x0F)));
        var flushed = new ClearVector(new VersionVector());
        flushed.Put(13, ahead);
        flushed.Put(15, ahead);
        clears.Add(new PendingClear(ushort.MaxValue, [], flushed, new Stamp(0x0F)));
        var cursors = new StreamCursors();
        cursors.Set(2, new JournalCursor(new Guid("00112233-4455-6677-8899-aabbccddeeff"), 1, 0x80));
        var starts = new IncarnationStarts();
        starts.Add(2, 0x90);
        applied.Detach(11, new Dot(new Stamp(0x11), new Origin(9, 1)));
        var held = new HeldPartitions();
        held.Set(PartitionSet.All.Members, isHeld: false);
        held.AddDropped(12, new Stamp(0x12));
        var markers = new MarkerList([(0x0A, [0x6B], [0x73])]);
        byte[] bytes = new ReplicationState(applied, clears, cursors, starts, held, markers)
            .Write(new Dot(new Stamp(0x10), new Origin(9, 1)));
        Assert.AreEqual(
            "0200" + "02000100" + "0A00000000000000" + "01000900" + "1000000000000000" +
            "0100" + "01000200" + "0B00000000000000" + "0C00000000000000" +
            "0100" + "0700" + "0100" + "01000300" + "0D00000000000000" +
            "0100" + "0800" + "0100" + "02000100" + "0E00000000000000" +
            "0100" + "0B00" + "0200" + "02000100" + "0A00000000000000" + "01000900" + "1100000000000000" +
            "02000000" + "0900" + "01" + "6B" + "0F00000000000000" + "0100" + "01000300" + "0D00000000000000" + "0000" +
            "FFFF" + "00" + "0F00000000000000" + "0000" +
            "0100" + "0100" + "01000300" + "0D00000000000000" + "0200" + "0D00" + "0F00" +
            "0100" + "0200" + "33221100554477668899AABBCCDDEEFF" + "0100" + "8000000000000000" +
            "0100" + "0200" + "9000000000000000" +
            "00" + "0100" + "0C00" + "1200000000000000" +
            "01000000" + "0A00" + "01" + "6B" + "01" + "73",
            Convert.ToHexString(bytes));
        ReplicationState read = ReplicationState.Read(bytes);
        Assert.AreEqual(Convert.ToHexString(bytes), Convert.ToHexString(read.Write(default)));
    }

    [TestMethod]
    public async Task Rows_OfAStringAndABag_HaveTheseBytes()
    {
        var store = new SortedStore();
        await using var runner = new KeyspaceRunner(store, new StringsModule(), new BagModule());
        runner.Run("SET k v PX 1000");
        runner.Run("BAG.PUT bag name value");
        await runner.Keyspace.CheckpointAsync();

        // The clock stands at 1735689600000 ms = 0x01941F297C00; "k" is in partition 0x0773, "bag" in 0x0454.
        const string FirstStamp = "0000007C291F9401";
        const string SecondStamp = "0100007C291F9401";
        const string Self = "01000100";
        AssertRow(
            store, [1, 0x07, 0x73], "010773" + "016B" + "73", "04" + FirstStamp + Self + "E87F291F94010000" + "76");
        AssertRow(
            store, [1, 0x04, 0x54], "010454" + "03626167" + "C8" + "6E616D65", "00" + SecondStamp + Self + "76616C7565");
        AssertRow(store, [4], "04" + "000001941F297FE8" + "0773" + "6B", "");
        Dictionary<string, string> keyRows = Rows(store, 2);
        Assert.AreEqual("0773" + "01" + "E87F291F94010000" + "00", keyRows["6B"]);
        StringAssert.StartsWith(keyRows["626167"], "0454" + "C8" + "FFFFFFFFFFFFFF7F" + "01" + "C801", StringComparison.Ordinal);
        Assert.AreEqual(28 + 16 + 2, keyRows["626167"].Length, "the collection's digest sum and flags follow");
        Assert.EndsWith("00", keyRows["626167"], "nothing in it counts");
        runner.Run("BAG.ADD bag number 1");
        await runner.Keyspace.CheckpointAsync();
        Assert.EndsWith("01", Rows(store, 2)["626167"], "something in it counts");
        Assert.HasCount(2, Rows(store, 3));
    }

    [TestMethod]
    public async Task Rows_OfABagOrderedByHash_HaveTheseBytes()
    {
        var store = new SortedStore();
        await using var runner = new KeyspaceRunner(store, new BagModule(order: ElementOrder.ByHash));
        runner.Run("BAG.PUT bag name value");
        await runner.Keyspace.CheckpointAsync();
        AssertRow(
            store,
            [1, 0x04, 0x54],
            "010454" + "03626167" + "C8" + "C24A77D5" + "6E616D65",
            "00" + "0000007C291F9401" + "01000100" + "76616C7565");
    }

    private static void AssertRow(SortedStore store, byte[] prefix, string key, string value)
    {
        using IStoreScan scan = store.Scan(prefix, [.. prefix, 0xFF, 0xFF]);
        Assert.IsTrue(scan.MoveNext());
        Assert.AreEqual(key, Convert.ToHexString(scan.Key));
        Assert.AreEqual(value, Convert.ToHexString(scan.Value));
        Assert.IsFalse(scan.MoveNext());
    }

    /// <summary>The rows of a space by what follows the hash in their keys.</summary>
    private static Dictionary<string, string> Rows(SortedStore store, byte space)
    {
        var rows = new Dictionary<string, string>();
        using IStoreScan scan = store.Scan([space], [(byte)(space + 1)]);
        while (scan.MoveNext())
        {
            int nameAt = space == 2 ? 9 : 1;
            rows[Convert.ToHexString(scan.Key[nameAt..])] = Convert.ToHexString(scan.Value);
        }

        return rows;
    }
}
