using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Testing;

namespace Marekvs.Storage.Engine.Tests.Replication;

/// <summary>What two nodes find out by comparing, without their journals.</summary>
[TestClass]
public sealed class ExchangeTests
{
    [TestMethod]
    public async Task Join_WhatOnlyOneHas_BothHave()
    {
        await using var sites = new Sites(2);
        sites.A.Run("SET k 1 PX 5000");
        sites.A.Run("INCRBY n 2");
        sites.B.Run("INCRBY n 3");
        for (int i = 0; i < 100; i++)
        {
            sites.A.Run($"BAG.PUT bag a{i} {i}");
            sites.B.Run($"BAG.PUT bag b{i} {i}");
        }

        sites.ExchangeAll();
        sites.ExchangeAll();
        sites.AssertSame();
        sites.AssertAll("$1\r\n5\r\n", "GET n");
        sites.AssertAll(":200\r\n", "BAG.COUNT bag");
        sites.AssertAll(":5000\r\n", "PTTL k");
    }

    [TestMethod]
    public async Task Join_WhatTheOtherDeleted_GoesToo()
    {
        await using var sites = new Sites(2);
        sites.A.Run("SET k 1");
        sites.A.Run("BAG.PUT bag x 1");
        sites.A.Run("BAG.PUT bag y 1");
        sites.PullAll();
        sites.B.Run("DEL k");
        sites.B.Run("BAG.REMOVE bag x");
        sites.A.Run("BAG.PUT bag z 1");
        sites.ExchangeAll();
        sites.ExchangeAll();
        sites.AssertSame();
        sites.AssertAll("$-1\r\n", "GET k");
        sites.AssertAll("*2\r\n$1\r\ny\r\n$1\r\nz\r\n", "BAG.NAMES bag");
    }

    [TestMethod]
    public async Task Stream_BehindAHole_CountsOnlyWhenTheHoleIsClosed()
    {
        await using var sites = new Sites(2);
        sites.A.Run("SET before 1");
        IReplica a = Sites.Of(sites.A);
        IReplica b = Sites.Of(sites.B);
        (long position, Stamp floor) = a.Journal.Jump();
        b.Streams.Begin(a.Origin, a.Journal.End with { Position = position }, floor, StreamFilter.None);
        sites.A.Run("SET after 1");
        Assert.AreEqual(ApplyOutcome.Applied, Sites.Pull(sites.B, sites.A));
        Assert.AreEqual("$1\r\n1\r\n", sites.B.Run("GET after"));
        Assert.AreEqual("$-1\r\n", sites.B.Run("GET before"));
        Assert.AreEqual(Stamp.Zero, b.Applied[a.Origin]);
        sites.ExchangeAll();
        sites.AssertSame();
        Assert.AreEqual("$1\r\n1\r\n", sites.B.Run("GET before"));
        Assert.IsGreaterThanOrEqualTo(floor, b.Applied[a.Origin]);
    }

    [TestMethod]
    public async Task Stream_OfAReleasedJournal_JumpsAndExchangeFillsIn()
    {
        await using var sites = new Sites(2, new RunnerSettings(SegmentBytes: 16 * 1024, RetainBytes: 0));
        for (int round = 0; round < 20; round++)
        {
            for (int i = 0; i < 50; i++)
            {
                sites.A.Run($"SET k{i} {new string('v', 100)}{round}");
            }

            await sites.A.Keyspace.CheckpointAsync();
        }

        Assert.AreEqual(-1, Sites.Of(sites.A).Journal.Resume(default));
        sites.PullAll();
        Assert.AreEqual(":0\r\n", sites.B.Run("DBSIZE"));
        sites.ExchangeAll();
        sites.AssertAll(":50\r\n", "DBSIZE");
        sites.AssertSame();
        await sites.B.CrashAsync();
        sites.AssertSame();
    }

    [TestMethod]
    public async Task Incarnation_AfterALostTail_NothingIsCountedTwice()
    {
        await using var sites = new Sites(2);
        sites.A.Run("INCRBY n 5");
        sites.PullAll();
        byte[] sameData = [.. sites.A.Keyspace.JournalIdentity.ToByteArray()];
        sites.A.Keyspace.TakeIncarnation(2, isComplete: false);
        sites.A.Run("INCRBY n 7");
        sites.PullAll();
        sites.AssertAll("$2\r\n12\r\n", "GET n");
        await sites.A.CrashAsync();
        sites.A.Keyspace.StableThrough = static (_, _) => Stamp.Zero;
        CollectionAssert.AreEqual(sameData, sites.A.Keyspace.JournalIdentity.ToByteArray());
        Assert.AreEqual((ushort)2, sites.A.Keyspace.Origin.Incarnation);
        sites.AssertSame();
    }

    [TestMethod]
    public async Task Join_PagedCollections_InChunks()
    {
        var settings = new RunnerSettings(MemoryMax: 24 * 1024, ResidentElementsMax: 16);
        await using var sites = new Sites(2, settings);
        for (int i = 0; i < 600; i++)
        {
            sites.A.Run($"BAG.PUT bag a{i:000} {new string('v', 60)}");
            if (i % 3 == 0)
            {
                sites.B.Run($"BAG.PUT bag b{i:000} {new string('v', 60)}");
            }

            if (i % 100 == 99)
            {
                await sites.A.Keyspace.CheckpointAsync();
                await sites.B.Keyspace.CheckpointAsync();
            }
        }

        sites.ExchangeAll();
        sites.ExchangeAll();
        sites.AssertAll(":800\r\n", "BAG.COUNT bag");
        sites.AssertSame();
    }
}
