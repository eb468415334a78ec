using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Cluster.Gossip.AntiEntropy;
using Marekvs.Cluster.Gossip.Ownership;
using Marekvs.Cluster.Gossip.Replication;
using Marekvs.Cluster.Tests.Reads;

namespace Marekvs.Cluster.Tests.Ownership;

/// <summary>
/// A node alone knows of a removal whose element has not come, and gives the partition up: the owner, whose data are the
/// same without it, has to be told before the copy goes. The test speaks for the peer.
/// </summary>
[TestClass]
public sealed class LastCopyTests
{
    private const ushort Peer = 4;

    private static readonly ushort Partition = KeyAddress.PartitionOf("s"u8);

    [TestMethod]
    public async Task Copy_WithARemovalTheOwnerLacks_IsKeptUntilThatIsTold()
    {
        await using var sites = new Sites();
        KnowOfARemoval(sites);
        Introduce(sites, PartitionSet.All);
        sites.Follow(Peer);
        sites.Advance(2000);
        Assert.IsFalse(sites.First.Holdings.IsHeld(Partition));

        Say(sites, new RootsMessage(1, WantsVectors: false, [Row(sites, looksCloser: false)]).Write);
        sites.Advance(200);
        Assert.AreEqual(0, sites.First.Keeper.Dropped, "equal roots do not tell of the removal");
        Assert.Contains(Partition, Heard(sites, MessageKind.Verdict, VerdictMessage.Read).Differing);

        Say(sites, new RootsMessage(2, WantsVectors: false, [Row(sites, looksCloser: true)]).Write);
        sites.Advance(50);
        Assert.IsTrue(Heard(sites, MessageKind.Buckets, BucketsMessage.Read).HasRemovals);
        Say(sites, new KeysMessage(2, Partition, new byte[Limits.DigestBuckets / 8], []).Write);
        sites.Advance(50);
        Assert.AreEqual(1, sites.Sent.Count(sent => IsForPeer(sent.From, sent.Message, MessageKind.Records)));
        Assert.AreEqual(0, sites.First.Keeper.Dropped);
        Say(sites, new JoinedMessage(2, Partition, IsLast: true).Write);
        sites.Advance(200);
        Assert.AreEqual(1, sites.First.Keeper.Dropped);
    }

    [TestMethod]
    public async Task Owner_WhoseDataAreTheSame_AsksForRemovals_WhenTheCopyGoes()
    {
        await using var sites = new Sites();
        Introduce(sites, PartitionSet.None);
        sites.Advance(3000);
        RootsMessage asked = Heard(sites, MessageKind.Roots, ReadRoots);
        Say(sites, new VerdictMessage(asked.Round, [], [Partition], [], []).Write);
        sites.Advance(1500);
        asked = Heard(sites, MessageKind.Roots, ReadRoots);
        Assert.Contains(new RootRow(Partition, RootOf(sites), LooksCloser: true), asked.Rows);
        Say(sites, new VerdictMessage(asked.Round, [], [Partition], [], []).Write);
        Say(sites, new BucketsMessage(
            asked.Round, Partition, HasRemovals: true, new VersionVector(), new ulong[Limits.DigestBuckets]).Write);
        sites.Advance(50);
        Assert.AreEqual(1, sites.Sent.Count(sent => IsForPeer(sent.From, sent.Message, MessageKind.Keys)));
    }

    /// <summary>The first node hears of a removal, and of nothing else.</summary>
    private static void KnowOfARemoval(Sites sites)
    {
        sites.Part(sites.First, sites.Second);
        sites.Part(sites.First, sites.Copier);
        sites.Second.Runner.Run("SADD s a");
        Assert.AreEqual(":1\r\n", sites.Run("SREM s a"));
        sites.Rejoin(sites.First, sites.Copier);
        sites.Advance(300);
        sites.Part(sites.First, sites.Copier);
        Assert.AreNotEqual(0, ContextOf(sites).Removals.Count);
    }

    private static PartitionContext ContextOf(Sites sites) =>
        ((IReplica)sites.First.Keyspace).Partitions.Read(Partition, new ulong[Limits.DigestBuckets]);

    private static ulong RootOf(Sites sites) => ((IReplica)sites.First.Keyspace).Partitions.RootOf(Partition);

    private static RootRow Row(Sites sites, bool looksCloser) => new(Partition, RootOf(sites), looksCloser);

    /// <summary>The first node meets the peer, which keeps everything and holds some of it.</summary>
    private static void Introduce(Sites sites, PartitionSet held)
    {
        sites.Loses = static (_, message) => message.Node == Peer;
        sites.First.Conversations.Connect(Peer, sites.Now);
        Say(sites, new HoldingMessage(1, new Holding(held, PartitionSet.All, held, held)).Write);
        Say(sites, new StatusMessage(
            new Origin(Peer, 2), new JournalCursor(new Guid(1, 2, 3, [4, 5, 6, 7, 8, 9, 10, 11]), 2, 0), 1, new VersionVector()).Write);
    }

    private static void Say(Sites sites, Action<RecordWriter> write)
    {
        var writer = new RecordWriter();
        write(writer);
        Assert.IsNull(sites.First.Conversations.Receive(Peer, writer.Written, sites.Now));
    }

    private delegate TMessage Reading<TMessage>(ref RecordReader reader, ReadOnlySpan<byte> message);

    /// <summary>What the peer was told last.</summary>
    private static TMessage Heard<TMessage>(Sites sites, MessageKind kind, Reading<TMessage> read)
    {
        byte[] bytes = sites.Sent.Last(sent => IsForPeer(sent.From, sent.Message, kind)).Message.Bytes;
        var reader = new RecordReader(bytes);
        reader.ReadByte();
        return read(ref reader, bytes);
    }

    private static RootsMessage ReadRoots(ref RecordReader reader, ReadOnlySpan<byte> message) => RootsMessage.Read(ref reader);

    private static bool IsForPeer(ushort from, Outgoing message, MessageKind kind) =>
        from == 1 && message.Node == Peer && message.Bytes[0] == (byte)kind;
}
