using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Testing;

namespace Marekvs.Storage.Engine.Tests.Replication;

/// <summary>FLUSHALL at a node that has applied more of some partitions than of others.</summary>
[TestClass]
public sealed class FlushTests
{
    [TestMethod]
    public async Task Flush_OfWhatComparisonBrought_RemovesItWhereverItIs()
    {
        await using Sites sites = Uneven();
        sites.A.Run("FLUSHALL");
        Assert.AreEqual(ApplyOutcome.Applied, Sites.Pull(sites.B, sites.A));
        Assert.AreEqual(Resp.Nil, sites.B.Run("GET seen"));
        Assert.AreEqual(ApplyOutcome.Applied, Sites.Pull(sites.C, sites.A));
        Assert.AreEqual(Resp.Nil, sites.C.Run("GET seen"));
    }

    [TestMethod]
    public async Task Flush_OfWhatComparisonBrought_LeavesWhatItDidNot()
    {
        await using Sites sites = Uneven();
        sites.C.Run("SET seen 2");
        sites.C.Run("SET unseen 1");
        sites.A.Run("FLUSHALL");
        sites.PullAll();
        sites.PullAll();
        sites.AssertAll("$1\r\n2\r\n", "GET seen");
        sites.AssertAll("$1\r\n1\r\n", "GET unseen");
        sites.AssertSame();
    }

    [TestMethod]
    public async Task Flush_ToldByComparison_RemovesWhatComparisonHadBrought()
    {
        await using Sites sites = Uneven();
        sites.A.Run("FLUSHALL");
        foreach (byte[] flush in Sites.Of(sites.A).Partitions.ReadFlushes())
        {
            Assert.AreEqual(ApplyOutcome.Applied, Sites.Of(sites.B).Partitions.JoinFlush(flush));
        }

        Assert.AreEqual(Resp.Nil, sites.B.Run("GET seen"));
    }

    [TestMethod]
    public async Task Flush_AfterARestart_StillTurnsAwayWhatItRemoved()
    {
        await using Sites sites = Uneven();
        sites.A.Run("FLUSHALL");
        Assert.AreEqual(ApplyOutcome.Applied, Sites.Pull(sites.B, sites.A));
        await sites.B.ReopenAsync();
        Assert.AreEqual(Resp.Nil, sites.B.Run("GET seen"));
    }

    /// <summary>C wrote; B read that in C's journal, and A heard of it from B alone.</summary>
    private static Sites Uneven()
    {
        var sites = new Sites(3);
        sites.C.Run("SET seen 1");
        Assert.AreEqual(ApplyOutcome.Applied, Sites.Pull(sites.B, sites.C));
        Compare(sites.A, sites.B, "seen"u8);
        Assert.AreEqual("$1\r\n1\r\n", sites.A.Run("GET seen"));
        return sites;
    }

    /// <summary>Takes over the partition of a key that is the only one there, and of no other.</summary>
    private static void Compare(KeyspaceRunner to, KeyspaceRunner from, ReadOnlySpan<byte> key)
    {
        ushort partition = KeyAddress.PartitionOf(key);
        IPartitionStore source = Sites.Of(from).Partitions;
        VersionVector applied = source.Read(partition, new ulong[Limits.DigestBuckets]).Applied;
        var chunk = new RecordWriter();
        source.ReadChunk(partition, key, [], 1 << 20, chunk);
        Assert.AreEqual(ApplyOutcome.Applied, Sites.Of(to).Partitions.Join(partition, chunk.Written, applied));
        Assert.IsTrue(Sites.Of(to).Partitions.Adopt([partition], applied));
    }
}
