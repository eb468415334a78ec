using System.Buffers.Binary;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Cluster.Tests.Hostile;

/// <summary>A peer from the year 2100: nothing it stamped gets in, and this node's clock stays where it is.</summary>
[TestClass]
public sealed class ClockTests
{
    private const int Years = 75;

    [TestMethod]
    public async Task Entries_FromTheFuture_WaitOutside()
    {
        await using Node foe = Future();
        await using var node = new Node(1);
        foe.Site.Run("SET k v");
        Assert.AreEqual(ApplyOutcome.TooEarly, Apply(node, foe, _ => { }));

        // The entry says it is of today, and brings a record of 2100.
        Stamp today = Stamp.FromUnixMilliseconds(node.Site.Now);
        Assert.AreEqual(ApplyOutcome.TooEarly, Apply(node, foe, entry =>
        {
            BinaryPrimitives.WriteUInt64LittleEndian(entry.AsSpan(4), today.Value);
            BinaryPrimitives.WriteUInt64LittleEndian(entry.AsSpan(12), today.Value);
        }));
        Assert.AreEqual("$-1\r\n", node.Site.Run("GET k"));
        Assert.IsTrue(node.Replica.Applied.Entries.All(entry => entry.Value <= node.Replica.LatestAcceptable));
    }

    [TestMethod]
    public async Task Records_OfARepair_WaitOutside()
    {
        await using Node foe = Future();
        await using var node = new Node(1);
        foe.Site.Run("HSET h:1 f v");
        byte[] chunk = new MessageSamples(foe, node).ChunkOf("h:1");
        ushort partition = Abstractions.Records.KeyAddress.PartitionOf("h:1"u8);
        Assert.AreEqual(ApplyOutcome.TooEarly, node.Replica.Partitions.Join(partition, chunk, new VersionVector()));
        Assert.AreEqual("*0\r\n", node.Site.Run("HGETALL h:1"));
    }

    [TestMethod]
    public async Task Reports_FromTheFuture_AreNotBelieved()
    {
        await using Node foe = Future();
        await using var node = new Node(1);
        node.Meet(2);
        foe.Site.Run("SET k v");
        Assert.IsNull(node.Conversations.Receive(2, new MessageSamples(foe, node).Of(MessageKind.Status)!, node.Now));
        Assert.IsFalse(node.Tick(5000).Any(said => said.Bytes.Length > 100_000));
        Assert.AreEqual("+OK\r\n", node.Site.Run("SET mine v"));
    }

    /// <summary>Whoever could push a node through all its incarnations could stop it for good.</summary>
    [TestMethod]
    public async Task Reports_OfIncarnationsThatNeverWere_AreRefused()
    {
        await using var node = new Node(1);
        node.Meet(2);
        Origin before = node.Replica.Origin;
        var applied = new VersionVector();
        applied.Raise(new Origin(1, ushort.MaxValue), Stamp.FromUnixMilliseconds(node.Site.Now));
        var message = new RecordWriter();
        new StatusMessage(new Origin(2, 3), default, Holding: 1, applied).Write(message);
        Assert.IsNotNull(node.Conversations.Receive(2, message.Written, node.Now));
        Assert.AreEqual(before, node.Replica.Origin);
    }

    /// <summary>A stream is deleted on one node while another adds to it: what is left has no head.</summary>
    [TestMethod]
    public async Task Stream_WithoutAHead_IsAStream()
    {
        await using var one = new Node(1);
        await using var two = new Node(2);
        one.Site.Run("XADD x 1-1 f v");
        Apply(two, one, _ => { });
        one.Site.Run("DEL x");
        two.Site.Run("XADD x 2-1 f v");
        Apply(one, two, _ => { });
        Assert.AreEqual("+stream\r\n", one.Site.Run("TYPE x"));
        Assert.AreEqual(":1\r\n", one.Site.Run("XLEN x"));
        await one.Site.Keyspace.CheckpointAsync();
        await one.Site.ReopenAsync();
        Assert.AreEqual("+stream\r\n", one.Site.Run("TYPE x"));
        Assert.AreEqual(":1\r\n", one.Site.Run("XLEN x"));
        Assert.AreEqual("$3\r\n3-1\r\n", one.Site.Run("XADD x 3-1 f v"));
    }

    private static Node Future()
    {
        var foe = new Node(2);
        foe.Site.Advance((long)TimeSpan.FromDays(Years * 365).TotalMilliseconds);
        return foe;
    }

    private static ApplyOutcome Apply(Node node, Node foe, Action<byte[]> change)
    {
        foe.Replica.Journal.Beat();
        JournalCursor start = foe.Replica.Journal.End with { Position = foe.Replica.Journal.Resume(default) };
        var entries = new RecordWriter();
        JournalRange range = foe.Replica.Journal.Read(start.Position, 1 << 20, PartitionSet.All, entries);
        byte[] bytes = entries.Written.ToArray();
        change(bytes);
        Stamp closed = range.Closed > node.Replica.LatestAcceptable ? Stamp.Zero : range.Closed;
        Assert.IsTrue(node.Replica.Streams.Begin(foe.Replica.Origin, start, Stamp.Zero, StreamFilter.None));
        return node.Replica.Streams.Apply(foe.Replica.Origin, range with { Closed = closed }, bytes);
    }
}
