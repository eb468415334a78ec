using System.Text;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Cluster.Tests.Hostile;

/// <summary>
/// A peer that is let in and then says anything whatever: it is refused and counted, and the node goes on serving its
/// clients and its other peers.
/// </summary>
[TestClass]
public sealed class MessageFuzzTests
{
    private const int Rounds = 20_000;

    [TestMethod]
    public async Task EveryKind_HasASample_AndIsTaken()
    {
        await using var foe = new Node(2);
        await using var node = new Node(1);
        foe.Site.Run("HSET h:1 f v");
        node.Meet(2);
        var samples = new MessageSamples(foe, node);
        foreach (MessageKind kind in Enum.GetValues<MessageKind>())
        {
            byte[]? sample = samples.Of(kind);
            Assert.IsNotNull(sample, $"no sample of {kind}: what is sent to a peer must be tried damaged");
            Assert.AreEqual((byte)kind, sample[0]);
            string? mistake = node.Conversations.Receive(2, sample, node.Now);

            // A reply is read on only where one lies, and nothing runs here.
            Assert.AreEqual(
                kind == MessageKind.RoutedMore ? "more of a reply is asked for than there is" : null, mistake, $"{kind}");
        }
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public async Task DamagedMessages_OfEveryKind_HarmNothing(int seed)
    {
        var random = new Random(seed);
        await using var foe = new Node(2);
        await using var friend = new Node(3);
        await using var node = new Node(1);
        node.Meet(2, 3);
        node.Site.Run("SET own v");
        var samples = new MessageSamples(foe, node);
        MessageKind[] kinds = Enum.GetValues<MessageKind>();
        long refused = 0;
        long said = 0;
        for (int round = 0; round < Rounds; round++)
        {
            foe.Site.Advance(10);
            foe.Site.Run(Writer.Next(random));
            samples.Round = random.Next(4) == 0 ? (uint)random.Next() : samples.Round;
            byte[] sample = samples.Of(kinds[random.Next(kinds.Length)])!;
            byte[] message = random.Next(4) == 0 ? sample : Mutation.Of(sample, random, from: random.Next(2));
            if (node.Conversations.Receive(2, message, node.Now) is not null)
            {
                refused++;
                node.Conversations.Disconnect(2);
                node.Conversations.Connect(2, node.Now);
            }

            foreach (Outgoing outgoing in node.Tick(10))
            {
                said += outgoing.Bytes.Length;
                if (outgoing.Node == 2)
                {
                    samples.Hear(outgoing.Bytes);
                }
            }
        }

        Assert.AreEqual(refused, node.Conversations.Refused);
        Assert.IsGreaterThan(Rounds / 10, refused, "much of it cannot be");
        Assert.IsLessThan(40_000L * Rounds, said, "answers are bounded");
        await AssertServesAsync(node, friend);
    }

    /// <summary>Entries and records are what is taken over; each is damaged alone, where everything around it is right.
    /// </summary>
    [TestMethod]
    [DataRow(1, false)]
    [DataRow(2, false)]
    [DataRow(1, true)]
    [DataRow(2, true)]
    public async Task DamagedRecords_AreRefused_OrCanBeRead(int seed, bool byExchange)
    {
        var random = new Random(seed);
        await using var foe = new Node(2);
        await using var friend = new Node(3);
        await using var node = new Node(1);
        var samples = new MessageSamples(foe, node);
        string[] keys = [.. Writer.Keys];
        int refused = 0;
        int taken = 0;
        for (int round = 0; round < Rounds / 4; round++)
        {
            foe.Site.Advance(10);
            node.Site.Advance(10);
            JournalCursor from = foe.Replica.Journal.End;
            foe.Site.Run(Writer.Next(random));
            try
            {
                bool isTaken = byExchange
                    ? Exchange(node, foe, samples, keys[random.Next(keys.Length)], random)
                    : Stream(node, foe, from, random);
                taken += isTaken ? 1 : 0;
            }
            catch (RecordFormatException)
            {
                refused++;
            }

            foreach (string read in Writer.ReadsOf(keys[round % keys.Length]))
            {
                Assert.AreNotEqual("", node.Site.Run(read));
            }
        }

        Assert.IsGreaterThan(Rounds / 40, refused);
        Assert.IsGreaterThan(Rounds / 40, taken);
        node.Meet(3);
        await AssertServesAsync(node, friend);
    }

    private static bool Stream(Node node, Node foe, JournalCursor from, Random random)
    {
        foe.Replica.Journal.Beat();
        var entries = new RecordWriter();
        JournalRange range = foe.Replica.Journal.Read(from.Position, 1 << 20, PartitionSet.All, entries);
        node.Replica.Streams.Begin(foe.Replica.Origin, from, Stamp.Zero, StreamFilter.None);
        byte[] damaged = random.Next(4) == 0 || entries.Length == 0
            ? entries.Written.ToArray()
            : Mutation.Of(entries.Written, random, from: random.Next(2) * Math.Min(28, entries.Length - 1));
        return node.Replica.Streams.Apply(foe.Replica.Origin, range, damaged) == ApplyOutcome.Applied;
    }

    private static bool Exchange(Node node, Node foe, MessageSamples samples, string key, Random random)
    {
        byte[] chunk = samples.ChunkOf(key);
        byte[] damaged = random.Next(4) == 0 ? chunk : Mutation.Of(chunk, random);
        ushort partition = KeyAddress.PartitionOf(Encoding.UTF8.GetBytes(key));
        return node.Replica.Partitions.Join(partition, damaged, foe.Replica.Applied) == ApplyOutcome.Applied;
    }

    /// <summary>The node serves clients, takes in what an honest peer wrote, and starts again.</summary>
    private static async Task AssertServesAsync(Node node, Node friend)
    {
        friend.Site.Advance(node.Site.Now - friend.Site.Now);
        friend.Site.Run("SET friends v");
        friend.Replica.Journal.Beat();
        JournalCursor start = friend.Replica.Journal.End with { Position = friend.Replica.Journal.Resume(default) };
        var entries = new RecordWriter();
        JournalRange range = friend.Replica.Journal.Read(start.Position, 1 << 20, PartitionSet.All, entries);
        Assert.IsTrue(node.Replica.Streams.Begin(friend.Replica.Origin, start, Stamp.Zero, StreamFilter.None));
        Assert.AreEqual(
            ApplyOutcome.Applied, node.Replica.Streams.Apply(friend.Replica.Origin, range, entries.Written));
        Assert.AreEqual("$1\r\nv\r\n", node.Site.Run("GET friends"));
        Assert.AreEqual("+OK\r\n", node.Site.Run("SET mine v"));
        await node.Site.Keyspace.CheckpointAsync();
        await node.Site.CrashAsync();
        Assert.AreEqual("$1\r\nv\r\n", node.Site.Run("GET friends"));
        foreach (string read in Writer.Keys.SelectMany(Writer.ReadsOf))
        {
            Assert.AreNotEqual("", node.Site.Run(read));
        }
    }
}
