using System.Text;
using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Cluster.Tests.Hostile;

/// <summary>A peer that makes up lives of nodes: vectors must not grow with what it says, for none is ever forgotten.
/// </summary>
[TestClass]
public sealed class OriginTests
{
    private static readonly ushort Partition = KeyAddress.PartitionOf("h"u8);

    [TestMethod]
    public async Task Report_OfTooManyOrigins_IsRefused()
    {
        await using var node = new Node(1);
        node.Meet(2);
        var applied = MakeUp(Limits.VectorEntriesMax + 1, node);
        var message = new RecordWriter();
        new StatusMessage(new Origin(2, 3), default, Holding: 1, applied).Write(message);
        Assert.IsNotNull(node.Conversations.Receive(2, message.Written, node.Now));
    }

    [TestMethod]
    public async Task Vectors_AdoptedOneAfterTheOther_AreBoundedTogether()
    {
        await using var node = new Node(1);
        const int Each = 1000;
        int refused = 0;
        for (int first = 0; first < 2 * Limits.OriginsMax; first += Each)
        {
            VersionVector theirs = MakeUp(Each, node, first);
            try
            {
                Assert.IsTrue(node.Replica.Partitions.Adopt([Partition], theirs));
            }
            catch (RecordFormatException)
            {
                refused++;
            }
        }

        Assert.IsGreaterThan(10, refused);
        await AssertServes(node);
        Assert.IsLessThanOrEqualTo(Limits.OriginsMax + 2, node.Replica.Partitions.AppliedIn(Partition).Count);
    }

    [TestMethod]
    public async Task Removals_OfWhatNobodyWrote_AreBoundedTogether()
    {
        await using var node = new Node(1);
        int refused = 0;
        for (uint number = 1; number <= Limits.OriginsMax + 100; number++)
        {
            byte[] name = Encoding.Latin1.GetBytes($"k{number}");
            try
            {
                Assert.AreEqual(ApplyOutcome.Applied, node.Replica.Partitions.Join(
                    KeyAddress.PartitionOf(name), Removal(name, new Dot(Today(node), OriginOf(number))), new VersionVector()));
            }
            catch (RecordFormatException)
            {
                refused++;
            }
        }

        Assert.IsGreaterThan(90, refused);
        await AssertServes(node);
    }

    [TestMethod]
    public async Task ALifeThatIsKnown_IsTakenInHoweverManyThereAre()
    {
        await using var node = new Node(1);
        await using var peer = new Node(2);
        Assert.IsTrue(node.Replica.Streams.Begin(peer.Replica.Origin, peer.Replica.Journal.End, Stamp.Zero, StreamFilter.None));
        Assert.ThrowsExactly<RecordFormatException>(
            () => node.Replica.Partitions.Adopt([Partition], MakeUp(Limits.OriginsMax + 1, node)));
        Assert.IsTrue(node.Replica.Streams.Begin(peer.Replica.Origin, peer.Replica.Journal.End, Stamp.Zero, StreamFilter.None));
        Assert.ThrowsExactly<RecordFormatException>(() => node.Replica.Streams.Begin(
            new Origin(9, 9), peer.Replica.Journal.End, Stamp.Zero, StreamFilter.None));

        // Its own lives are no peer's to refuse.
        Origin before = node.Replica.Origin;
        node.Replica.TakeIncarnation((ushort)(before.Incarnation + 1), isComplete: true);
        await AssertServes(node);
    }

    /// <summary>Whatever was refused, the node answers, and starts again from its disk.</summary>
    private static async Task AssertServes(Node node)
    {
        Assert.AreEqual("+OK\r\n", node.Site.Run("SET mine v"));
        Assert.IsLessThanOrEqualTo(Limits.OriginsMax + 2, node.Site.Keyspace.Statistics.KnownOrigins);
        await node.Site.Keyspace.CheckpointAsync();
        await node.Site.ReopenAsync();
        Assert.AreEqual("$1\r\nv\r\n", node.Site.Run("GET mine"));
        Assert.IsLessThanOrEqualTo(Limits.OriginsMax + 2, node.Site.Keyspace.Statistics.KnownOrigins);
    }

    private static VersionVector MakeUp(int count, Node node, int first = 0)
    {
        var vector = new VersionVector();
        for (int i = 0; i < count; i++)
        {
            vector.Raise(OriginOf((uint)(first + i + 1)), Today(node));
        }

        return vector;
    }

    /// <summary>A chunk (see KeyChunk) of a string of which a dot was removed.</summary>
    private static byte[] Removal(ReadOnlySpan<byte> name, Dot dot)
    {
        var cell = new Cell();
        cell.AddDot(new CellDot(dot.Origin, dot.Stamp, DotState.Dead, default));
        var record = new RecordWriter();
        cell.Write(record);
        var chunk = new RecordWriter();
        chunk.WriteLength(name.Length);
        chunk.WriteBytes(name);
        chunk.WriteBytes([0, 1, 1, 1, (byte)'s']);
        chunk.WriteLength(record.Length);
        chunk.WriteBytes(record.Written);
        return chunk.Written.ToArray();
    }

    /// <summary>Lives of nodes 100 and up.</summary>
    private static Origin OriginOf(uint number) => new((ushort)(100 + (number >> 10)), (ushort)((number & 1023) + 1));

    private static Stamp Today(Node node) => Stamp.FromUnixMilliseconds(node.Site.Now);
}
