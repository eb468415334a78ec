using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Testing;

namespace Marekvs.Storage.Engine.Tests.Replication;

/// <summary>Whole keyspaces that keep only some partitions.</summary>
[TestClass]
public sealed class HoldingTests
{
    private static readonly ushort OfK = KeyAddress.PartitionOf("k"u8);
    private static readonly ushort OfBag = KeyAddress.PartitionOf("bag"u8);

    [TestMethod]
    public async Task Read_OfSomePartitions_LeavesTheOthersOut_AndAUnitStaysOne()
    {
        await using var sites = new Sites(2);
        sites.A.Run("MSET k 1 other 2");
        sites.A.Run("SET other 3");
        IReplica a = Sites.Of(sites.A);
        var all = new RecordWriter();
        JournalRange whole = a.Journal.Read(a.Journal.Resume(default), 1 << 20, PartitionSet.All, all);
        var some = new RecordWriter();
        JournalRange part = a.Journal.Read(a.Journal.Resume(default), 1 << 20, PartitionSet.Of([OfK]), some);
        Assert.AreEqual(whole.To, part.To, "what is left out is read past");
        Assert.AreEqual(whole.Closed, part.Closed);
        Assert.IsLessThan(all.Length, some.Length);

        IReplica b = Sites.Of(sites.B);
        b.Holdings.Detach([.. PartitionSet.Where(p => p != OfK).Members]);
        var filter = new StreamFilter(PartitionSet.Of([OfK]), Stamp.Zero);
        Assert.IsTrue(b.Streams.Begin(a.Origin, a.Journal.End with { Position = part.From }, Stamp.Zero, filter));
        Assert.AreEqual(ApplyOutcome.Applied, b.Streams.Apply(a.Origin, part, some.Written));
        Assert.AreEqual("$1\r\n1\r\n", sites.B.Run("GET k"));
        Assert.AreEqual("$-1\r\n", sites.B.Run("GET other"));
    }

    [TestMethod]
    public async Task Read_OfSomePartitions_HasWhatConcernsAll()
    {
        await using var sites = new Sites(2);
        sites.A.Run("SET k 1");
        sites.PullAll();
        sites.A.Run("FLUSHALL");
        IReplica a = Sites.Of(sites.A);
        var entries = new RecordWriter();
        a.Journal.Read(Sites.Of(sites.B).Streams.CursorOf(1).Position, 1 << 20, PartitionSet.None, entries);
        Assert.IsGreaterThan(0, entries.Length);
    }

    [TestMethod]
    public async Task Begin_OfAStreamThatLacksWhatIsAttached_IsRefused()
    {
        await using var sites = new Sites(2);
        IReplica a = Sites.Of(sites.A);
        IReplica b = Sites.Of(sites.B);
        JournalCursor at = a.Journal.End with { Position = a.Journal.Resume(default) };
        Assert.IsFalse(b.Streams.Begin(a.Origin, at, Stamp.Zero, new StreamFilter(PartitionSet.None, Stamp.Zero)));
        Assert.AreEqual(default, b.Streams.CursorOf(1));
        Assert.IsTrue(b.Streams.Begin(a.Origin, at, Stamp.Zero, StreamFilter.None));
    }

    [TestMethod]
    public async Task Drop_OfAPartition_ForgetsItsKeysAndNoOthers_AlsoAfterACrash()
    {
        await using var sites = new Sites(1);
        for (int i = 0; i < 200; i++)
        {
            sites.A.Run($"SET {{k}}{i} {i} PX 100000");
            sites.A.Run($"BAG.PUT {{k}}bag n{i} {i}");
        }

        sites.A.Run("SET other 1");
        await sites.A.Keyspace.CheckpointAsync();
        IPartitionHoldings holdings = Sites.Of(sites.A).Holdings;
        Assert.IsTrue(holdings.Detach([OfK]));
        Assert.IsFalse(holdings.IsHeld(OfK));
        Assert.IsTrue(holdings.Drop([OfK], Sites.Of(sites.A).Partitions.AppliedIn(OfK)[sites.A.Keyspace.Origin]));
        await sites.A.Keyspace.TickAsync();
        Assert.AreEqual(":1\r\n", sites.A.Run("DBSIZE"));
        AssertEmpty(sites.A);
        await sites.A.CrashAsync();
        AssertEmpty(sites.A);
        Assert.AreEqual(":1\r\n", sites.A.Run("DBSIZE"));
        await sites.A.ReopenAsync();
        AssertEmpty(sites.A);
        Assert.AreEqual("$1\r\n1\r\n", sites.A.Run("GET other"));
        Assert.IsFalse(Sites.Of(sites.A).Holdings.IsHeld(OfK));
        Assert.IsFalse(Sites.Of(sites.A).Holdings.Attached.Contains(OfK));
    }

    [TestMethod]
    public async Task Drop_CrashedBeforeAnythingIsGone_ClaimsNothing()
    {
        await using var sites = new Sites(2);
        sites.A.Run("SET k 1");
        sites.PullAll();
        await sites.A.Keyspace.CheckpointAsync();
        IPartitionHoldings holdings = Sites.Of(sites.A).Holdings;
        holdings.Detach([OfK]);
        holdings.Drop([OfK], Stamp.Latest);
        await sites.A.CrashAsync();
        sites.A.Keyspace.StableThrough = static (_, _) => Stamp.Zero;
        Assert.AreEqual(0, Sites.Of(sites.A).Partitions.AppliedIn(OfK).Count, "not even what it wrote itself");
        Sites.Exchange(sites.B, sites.A);
        Assert.AreEqual("$1\r\n1\r\n", sites.B.Run("GET k"), "what is not there was not deleted");
    }

    [TestMethod]
    public async Task Drop_KeepsWhatWasWrittenHereSince()
    {
        await using var sites = new Sites(1);
        sites.A.Run("SET k 1");
        sites.A.Run("SET {k}b 1");
        IPartitionHoldings holdings = Sites.Of(sites.A).Holdings;
        holdings.Detach([OfK]);
        Stamp written = Sites.Of(sites.A).Partitions.AppliedIn(OfK)[sites.A.Keyspace.Origin];
        sites.A.Run("SET k 2");
        holdings.Drop([OfK], written);
        await sites.A.Keyspace.TickAsync();
        Assert.AreEqual("$1\r\n2\r\n", sites.A.Run("GET k"));
        Assert.AreEqual("$-1\r\n", sites.A.Run("GET {k}b"));
    }

    [TestMethod]
    public async Task Return_AfterADrop_BringsAllBackAndNothingThatWasDeleted()
    {
        await using var sites = new Sites(2);
        sites.A.Run("SET k 1");
        sites.B.Run("BAG.PUT {k}bag x 1");
        sites.A.Run("BAG.PUT {k}bag y 1");
        sites.A.Run("INCRBY {k}n 5");
        sites.PullAll();
        IPartitionHoldings holdings = Sites.Of(sites.A).Holdings;
        holdings.Detach([OfK]);
        holdings.Drop([OfK], Stamp.Latest);
        await sites.A.Keyspace.TickAsync();
        sites.B.Run("BAG.REMOVE {k}bag x");
        sites.B.Run("BAG.PUT {k}bag z 1");
        sites.B.Run("INCRBY {k}n 1");
        Assert.AreEqual(":0\r\n", sites.A.Run("DBSIZE"));

        // Its journal is wanted again, with a hole before.
        IReplica a = Sites.Of(sites.A);
        IReplica b = Sites.Of(sites.B);
        long position = b.Journal.Resume(a.Streams.CursorOf(2));
        a.Streams.Begin(
            b.Origin, b.Journal.End with { Position = position }, Stamp.Zero,
            new StreamFilter(PartitionSet.All, b.Journal.FloorAt(position)));
        Assert.IsFalse(a.Holdings.IsWhole(OfK, [b.Origin]));
        Sites.Exchange(sites.A, sites.B);
        sites.PullAll();
        Sites.Exchange(sites.A, sites.B);
        Assert.IsTrue(a.Holdings.IsWhole(OfK, [b.Origin]), "both its own writes and the other's count");
        Assert.IsTrue(a.Holdings.Hold([OfK]));
        Assert.IsTrue(a.Holdings.TryAttach(OfK));
        sites.ExchangeAll();
        sites.AssertSame();
        sites.AssertAll("*2\r\n$1\r\ny\r\n$1\r\nz\r\n", "BAG.NAMES {k}bag");
        sites.AssertAll("$1\r\n6\r\n", "GET {k}n");
        sites.AssertAll("$1\r\n1\r\n", "GET k");
        Assert.AreNotEqual(OfK, OfBag);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public async Task Removal_OfWhatHasNotCome_IsKept_WhileThePartitionComesOrGoes(bool comes)
    {
        await using var sites = new Sites(3);
        IReplica a = Sites.Of(sites.A);
        IReplica c = Sites.Of(sites.C);
        sites.B.Run("BAG.PUT {k}bag x 1");
        Sites.Pull(sites.C, sites.B);
        sites.C.Run("BAG.REMOVE {k}bag x");
        if (comes)
        {
            _ = new FakeLeases(sites.A, sites.B);
            long position = c.Journal.Resume(default);
            var entries = new RecordWriter();
            JournalRange range = c.Journal.Read(position, 1 << 20, PartitionSet.Of([OfK]), entries);
            Assert.IsTrue(a.Streams.Begin(
                c.Origin, c.Journal.End with { Position = position }, Stamp.Zero, new StreamFilter(PartitionSet.Of([OfK]), Stamp.Zero)));
            Assert.AreEqual(ApplyOutcome.Applied, a.Streams.Apply(c.Origin, range, entries.Written));
        }
        else
        {
            Sites.Pull(sites.A, sites.C);
            Assert.IsTrue(a.Holdings.Detach([OfK]));
            _ = new FakeLeases(sites.A, sites.B, isHolding: true);
        }

        for (int i = 0; i < 3; i++)
        {
            await sites.A.Keyspace.TickAsync();
        }

        PartitionContext context = a.Partitions.Read(OfK, new ulong[Marekvs.Abstractions.Limits.DigestBuckets]);
        Assert.HasCount(1, context.Removals);
    }

    private static void AssertEmpty(KeyspaceRunner site)
    {
        Span<ulong> sums = stackalloc ulong[Marekvs.Abstractions.Limits.DigestBuckets];
        Sites.Of(site).ReadDigest(OfK, sums);
        Assert.AreEqual(-1, sums.IndexOfAnyExcept(0ul));
        Assert.AreEqual(0, Sites.Of(site).Holdings.KeysIn(OfK));
    }
}
