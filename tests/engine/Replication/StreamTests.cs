using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Testing;

namespace Marekvs.Storage.Engine.Tests.Replication;

/// <summary>What one node writes, another takes in from its journal.</summary>
[TestClass]
public sealed class StreamTests
{
    [TestMethod]
    public async Task Apply_EveryKindOfWrite_ShowsTheSame()
    {
        await using var sites = new Sites(2);
        sites.A.Run("SET s v PX 1000");
        sites.A.Run("INCRBY n 5");
        sites.A.Run("MSET a 1 b 2");
        sites.A.Run("BAG.PUT bag x 1");
        sites.A.Run("BAG.PUT bag y 2");
        sites.A.Run("BAG.REMOVE bag x");
        sites.A.Run("SET gone 1");
        sites.A.Run("DEL gone");
        sites.A.Run("BAG.PUT old x 1");
        sites.A.Run("DEL old");
        Sites.Pull(sites.B, sites.A);
        sites.AssertAll("$1\r\nv\r\n", "GET s");
        sites.AssertAll(":1000\r\n", "PTTL s");
        sites.AssertAll("$1\r\n5\r\n", "GET n");
        sites.AssertAll("*1\r\n$1\r\ny\r\n", "BAG.NAMES bag");
        sites.AssertAll("$-1\r\n", "GET gone");
        sites.AssertAll(":0\r\n", "BAG.COUNT old");
        sites.AssertAll(":5\r\n", "DBSIZE");
        sites.AssertSame();
    }

    [TestMethod]
    public async Task Apply_TheSameAgain_ChangesNothing()
    {
        await using var sites = new Sites(2);
        sites.A.Run("SET k 1");
        IReplica a = Sites.Of(sites.A);
        IReplica b = Sites.Of(sites.B);
        long start = a.Journal.Resume(default);
        var entries = new RecordWriter();
        JournalRange range = a.Journal.Read(start, 1 << 20, PartitionSet.All, entries);
        JournalCursor begin = a.Journal.End with { Position = start };
        b.Streams.Begin(a.Origin, begin, Stamp.Zero, StreamFilter.None);
        Assert.AreEqual(ApplyOutcome.Applied, b.Streams.Apply(a.Origin, range, entries.Written));
        Assert.AreEqual(ApplyOutcome.OutOfPlace, b.Streams.Apply(a.Origin, range, entries.Written));
        sites.B.Run("DEL k");
        b.Streams.Begin(a.Origin, begin, Stamp.Zero, StreamFilter.None);
        Assert.AreEqual(ApplyOutcome.Applied, b.Streams.Apply(a.Origin, range, entries.Written));
        Assert.AreEqual("$-1\r\n", sites.B.Run("GET k"), "a write that was deleted since does not come back");
    }

    [TestMethod]
    public async Task Apply_DeleteBeforeWhatItDeletes_StaysDeleted()
    {
        await using var sites = new Sites(3);
        sites.A.Run("SET k 1");
        sites.A.Run("BAG.PUT bag x 1");
        Sites.Pull(sites.B, sites.A);
        sites.B.Run("DEL k");
        sites.B.Run("DEL bag");
        Sites.Pull(sites.C, sites.B);
        Sites.Pull(sites.C, sites.A);
        Sites.Pull(sites.A, sites.B);
        sites.AssertAll("$-1\r\n", "GET k");
        sites.AssertAll(":0\r\n", "BAG.COUNT bag");
        await sites.C.Keyspace.TickAsync();
        Assert.AreEqual(0, sites.C.Keyspace.Sweeper.Count, "nothing is left to wait for");
        sites.AssertSame();
    }

    [TestMethod]
    public async Task Apply_ConcurrentCounts_AddUp()
    {
        await using var sites = new Sites(3);
        foreach (KeyspaceRunner site in sites.All)
        {
            for (int i = 0; i < 100; i++)
            {
                site.Run("INCR n");
            }
        }

        sites.PullAll();
        sites.AssertAll("$3\r\n300\r\n", "GET n");
        sites.A.Run("DEL n");
        sites.A.Run("INCR n");
        sites.B.Run("INCRBY n 3");
        sites.PullAll();
        sites.AssertAll("$1\r\n4\r\n", "GET n");
        sites.AssertSame();
    }

    [TestMethod]
    public async Task Apply_FlushBesideAWrite_LeavesTheWrite()
    {
        await using var sites = new Sites(2);
        sites.A.Run("SET old 1");
        sites.PullAll();
        sites.A.Run("FLUSHALL");
        sites.B.Run("SET new 1");
        sites.PullAll();
        sites.AssertAll("$-1\r\n", "GET old");
        sites.AssertAll("$1\r\n1\r\n", "GET new");
        sites.AssertAll(":1\r\n", "DBSIZE");
        sites.AssertSame();
    }

    [TestMethod]
    public async Task Apply_ToAWatchedKey_ChangesIt()
    {
        await using var sites = new Sites(2);
        Resident.Shard shard = sites.B.Keyspace.ShardOf(Abstractions.Records.KeyAddress.PartitionOf("k"u8));
        var watch = new Abstractions.Records.KeyWatch([.. "k"u8], existed: false, Cell.NoDeadline, shard.EndWatch);
        shard.Watches.Add(watch);
        sites.A.Run("SET k 1");
        Sites.Pull(sites.B, sites.A);
        Assert.IsTrue(watch.HasChangedBy(sites.B.Now));
    }

    [TestMethod]
    public async Task Apply_AfterACrash_GoesOnAndLosesNothing()
    {
        await using var sites = new Sites(2);
        for (int i = 0; i < 50; i++)
        {
            sites.A.Run($"SET k{i} {i}");
            sites.A.Run($"BAG.PUT bag x{i} {i}");
            Sites.Pull(sites.B, sites.A, bytesMax: 100);
            if (i % 10 == 3)
            {
                await sites.B.Keyspace.CheckpointAsync();
            }

            if (i % 10 == 7)
            {
                await sites.B.CrashAsync();
            }

            if (i % 25 == 12)
            {
                await sites.A.CrashAsync();
                sites.A.Keyspace.TakeIncarnation((ushort)(sites.A.Keyspace.Origin.Incarnation + 1), isComplete: false);
            }
        }

        Sites.Pull(sites.B, sites.A);
        sites.AssertAll(":50\r\n", "BAG.COUNT bag");
        sites.AssertAll(":51\r\n", "DBSIZE");
        sites.AssertSame();
    }

    [TestMethod]
    public async Task Apply_FromTheFuture_IsPutOff()
    {
        await using var sites = new Sites(2);
        sites.A.Advance(60_000);
        sites.A.Run("SET k 1");
        Assert.AreEqual(ApplyOutcome.TooEarly, Sites.Pull(sites.B, sites.A));
        sites.B.Advance(55_000);
        Assert.AreEqual(ApplyOutcome.Applied, Sites.Pull(sites.B, sites.A));
        sites.AssertAll("$1\r\n1\r\n", "GET k");
    }

    [TestMethod]
    public async Task Apply_WhatDoesNotDecode_ChangesNothing()
    {
        await using var sites = new Sites(2);
        sites.A.Run("SET k value");
        sites.A.Run("BAG.PUT bag name value");
        IReplica a = Sites.Of(sites.A);
        IReplica b = Sites.Of(sites.B);
        long start = a.Journal.Resume(default);
        var entries = new RecordWriter();
        JournalRange range = a.Journal.Read(start, 1 << 20, PartitionSet.All, entries);
        byte[] good = entries.Written.ToArray();
        var random = new Random(1);
        for (int i = 0; i < 2000; i++)
        {
            byte[] bad = [.. good];
            bad[random.Next(bad.Length)] ^= (byte)(1 << random.Next(8));
            if (random.Next(4) == 0)
            {
                bad = bad[..random.Next(bad.Length)];
            }

            b.Streams.Begin(a.Origin, a.Journal.End with { Position = start }, Stamp.Zero, StreamFilter.None);
            try
            {
                b.Streams.Apply(a.Origin, range, bad);
            }
            catch (RecordFormatException)
            {
                // As it should be; whatever else is thrown fails the test.
            }
        }

        await sites.B.CrashAsync();
        Assert.AreEqual(ApplyOutcome.Applied, Sites.Pull(sites.A, sites.B), "what was taken in can be read again");
    }
}
