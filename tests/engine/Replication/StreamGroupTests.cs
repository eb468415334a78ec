using System.Buffers.Binary;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Testing;

namespace Marekvs.Storage.Engine.Tests.Replication;

/// <summary>Consumer groups of which several nodes make and read the same.</summary>
[TestClass]
public sealed class StreamGroupTests
{
    private const string New = "XREADGROUP GROUP g c STREAMS s >";
    private const string Pending = "XPENDING s g - + 10";
    private const byte PendingTag = (byte)'p';
    private const byte EntryTag = (byte)'x';

    [TestMethod]
    public async Task Read_EntryComesLate_IsGiven()
    {
        await using var sites = new Sites(2);
        sites.B.Run("XADD s 1-1 f early");
        sites.B.Run("XADD s 2-1 f late");
        BringFrom(sites.A, sites.B, EntrySuffix(sites.B, 2));
        sites.A.Run("XGROUP CREATE s g 0");
        CollectionAssert.AreEqual(new[] { "late" }, Given(sites.A));
        Assert.AreEqual(ApplyOutcome.Applied, Sites.Pull(sites.A, sites.B));
        CollectionAssert.AreEqual(new[] { "early" }, Given(sites.A));
        Assert.IsEmpty(Given(sites.A));
        sites.PullAll();
        Assert.IsEmpty(Given(sites.B));
    }

    [TestMethod]
    public async Task Read_MuchCameBeforeWhatIsMissing_WaitsForIt()
    {
        const int Many = 1005;
        await using var sites = new Sites(2);
        for (int i = 1; i <= Many + 1; i++)
        {
            sites.B.Run($"XADD s {i}-1 f e{i}");
        }

        BringFrom(sites.A, sites.B, EntrySuffix(sites.B, 2));
        sites.A.Run("XGROUP CREATE s g 0");
        HashSet<string> given = [.. Given(sites.A)];
        Assert.HasCount(1000, given);
        Assert.IsEmpty(Given(sites.A));
        Assert.AreEqual(ApplyOutcome.Applied, Sites.Pull(sites.A, sites.B));
        given.UnionWith(Given(sites.A));
        Assert.HasCount(Many + 1, given);
        Assert.IsEmpty(Given(sites.A));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task Create_AtTwoNodes_GivesOnceWhatEitherSideGave(bool byComparison)
    {
        await using Sites sites = Meeting();
        sites.A.Run("XGROUP CREATE s g 0");
        sites.B.Run("XGROUP CREATE s g 0");
        CollectionAssert.AreEqual(new[] { "1", "2" }, Given(sites.A, 2));
        CollectionAssert.AreEqual(new[] { "1", "2", "3" }, Given(sites.B, 3));
        sites.A.Run("XACK s g 1-1");
        Meet(sites, byComparison);
        CollectionAssert.AreEqual(new[] { "4" }, Given(sites.A));
        Meet(sites, byComparison);
        Assert.IsEmpty(Given(sites.B));
        foreach (KeyspaceRunner site in sites.All)
        {
            CollectionAssert.AreEqual(new[] { "2-1", "3-1", "4-1" }, PendingIds(site));
        }

        Meet(sites, byComparison);
        sites.AssertSame();
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public async Task Create_AtTwoNodesFromDifferentIds_GivesEverythingBehindTheEarlier(bool isEarlierFirst)
    {
        await using Sites sites = Meeting();
        (KeyspaceRunner earlier, KeyspaceRunner later) = isEarlierFirst ? (sites.A, sites.B) : (sites.B, sites.A);
        sites.A.Run(earlier == sites.A ? "XGROUP CREATE s g 1-1" : "XGROUP CREATE s g 3-1");
        sites.B.Run(earlier == sites.B ? "XGROUP CREATE s g 1-1" : "XGROUP CREATE s g 3-1");
        CollectionAssert.AreEqual(new[] { "4" }, Given(later));
        Meet(sites, byComparison: false);
        CollectionAssert.AreEqual(new[] { "2", "3" }, Given(earlier));
        Meet(sites, byComparison: false);
        Assert.IsEmpty(Given(later));
    }

    [TestMethod]
    public async Task SetId_WhileAnotherReads_BeginsAnewEverywhere()
    {
        await using Sites sites = Meeting();
        sites.A.Run("XGROUP CREATE s g 0");
        Meet(sites, byComparison: false);
        CollectionAssert.AreEqual(new[] { "1", "2", "3", "4" }, Given(sites.B));
        sites.B.Run("XACK s g 1-1 2-1 3-1 4-1");
        sites.A.Run("XGROUP SETID s g 2-1");
        Meet(sites, byComparison: false);
        CollectionAssert.AreEqual(new[] { "3", "4" }, Given(sites.B));
        Meet(sites, byComparison: false);
        Assert.IsEmpty(Given(sites.A));
    }

    [TestMethod]
    public async Task Destroy_ThenCreateWhileAnotherReads_BeginsAnew()
    {
        await using Sites sites = Meeting();
        sites.A.Run("XGROUP CREATE s g 0");
        Meet(sites, byComparison: false);
        Given(sites.B);
        sites.A.Run("XGROUP DESTROY s g");
        sites.A.Run("XGROUP CREATE s g 0");
        Meet(sites, byComparison: false);
        CollectionAssert.AreEqual(new[] { "1", "2", "3", "4" }, Given(sites.A));
    }

    [TestMethod]
    public async Task Read_AcknowledgementCameAheadOfTheDelivery_DoesNotGiveAgain()
    {
        await using Sites sites = Meeting();
        sites.A.Run("XGROUP CREATE s g 0");
        Given(sites.A, 1);
        Meet(sites, byComparison: false);
        CollectionAssert.AreEqual(new[] { "2" }, Given(sites.A, 1));
        sites.A.Run("XACK s g 2-1");
        BringFrom(sites.B, sites.A, [PendingTag]);
        CollectionAssert.AreEqual(new[] { "3" }, Given(sites.B, 1));
        Meet(sites, byComparison: false);
        CollectionAssert.AreEqual(new[] { "1-1", "3-1" }, PendingIds(sites.A));
        CollectionAssert.AreEqual(new[] { "1-1", "3-1" }, PendingIds(sites.B));
    }

    /// <summary>Two nodes that both have four entries, which a third wrote.</summary>
    private static Sites Meeting()
    {
        var sites = new Sites(3);
        for (int i = 1; i <= 4; i++)
        {
            sites.C.Run($"XADD s {i}-1 f {i}");
        }

        sites.PullAll();
        return sites;
    }

    private static void Meet(Sites sites, bool byComparison)
    {
        if (byComparison)
        {
            sites.ExchangeAll();
            sites.ExchangeAll();
        }
        else
        {
            sites.PullAll();
        }
    }

    /// <summary>Joins a part of a stream, from a record on.</summary>
    private static void BringFrom(KeyspaceRunner to, KeyspaceRunner from, byte[] suffix)
    {
        byte[] name = "s"u8.ToArray();
        ushort partition = KeyAddress.PartitionOf(name);
        IPartitionStore source = Sites.Of(from).Partitions;
        var chunk = new RecordWriter();
        Assert.IsNull(source.ReadChunk(partition, name, suffix, 1 << 20, chunk));
        Assert.AreEqual(
            ApplyOutcome.Applied,
            Sites.Of(to).Partitions.Join(partition, chunk.Written, source.AppliedIn(partition)));
    }

    private static byte[] EntrySuffix(KeyspaceRunner writer, ulong milliseconds)
    {
        byte[] suffix = new byte[13];
        suffix[0] = EntryTag;
        BinaryPrimitives.WriteUInt32BigEndian(suffix.AsSpan(1), writer.Keyspace.Origin.Value);
        BinaryPrimitives.WriteUInt64BigEndian(suffix.AsSpan(5), milliseconds);
        return suffix;
    }

    /// <summary>The values of the entries that a read gives.</summary>
    private static string[] Given(KeyspaceRunner site, int count = 100_000)
    {
        string[] lines = site.Run(New.Replace("STREAMS", $"COUNT {count} STREAMS", StringComparison.Ordinal)).Split("\r\n");
        return [.. lines.Index().Where(line => line.Index >= 2 && lines[line.Index - 2] == "f").Select(line => line.Item)];
    }

    private static string[] PendingIds(KeyspaceRunner site) => [.. site.Run(Pending).Split("\r\n").Where(line => line.Contains("-1", StringComparison.Ordinal) && char.IsDigit(line[0]))];
}
