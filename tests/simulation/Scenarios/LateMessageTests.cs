using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Simulation.Tests.Scenarios;

/// <summary>Messages of the past.</summary>
[TestClass]
public sealed class LateMessageTests
{
    private const int Toggles = 1000;

    /// <summary>What one live dot takes (see CellCodec).</summary>
    private const int SimpleBytes = 13;

    private static readonly ushort Partition = KeyAddress.PartitionOf("s"u8);

    /// <summary>A set as it was is told again when the element is long gone, and so is every trace of it.</summary>
    [TestMethod]
    [DataRow(Delivery.Stream)]
    [DataRow(Delivery.Exchange)]
    [DataRow(Delivery.Unreliable)]
    public void Addition_ToldAgainAfterAThousandRemovals_BringsNothingBack(Delivery delivery)
    {
        using var cluster = new ScenarioCluster(delivery);
        Origin origin = cluster.A.Keyspace.Origin;
        JournalCursor begin = cluster.A.Replica.Journal.End;
        cluster.Run(cluster.A, "SADD s m");
        cluster.Agree();
        var entries = new RecordWriter();
        JournalRange range = cluster.A.Replica.Journal.Read(begin.Position, 1 << 20, PartitionSet.All, entries);
        var chunk = new RecordWriter();
        VersionVector then = cluster.B.Replica.Partitions.AppliedIn(Partition);
        cluster.B.Replica.Partitions.ReadChunk(Partition, "s"u8, [], 1 << 20, chunk);

        for (int i = 0; i < Toggles; i++)
        {
            cluster.A.Run("SREM", "s", "m");
            cluster.A.Run("SADD", "s", "m");
        }

        cluster.Meet();
        cluster.Agree();
        foreach (SimulatedNode node in cluster.Nodes)
        {
            Assert.IsLessThanOrEqualTo(SimpleBytes, NodeChecks.LargestRecord(node, "s"));
        }

        cluster.Run(cluster.A, "SREM s m");
        cluster.Agree();
        JournalCursor now = cluster.B.Replica.Streams.CursorOf(cluster.A.Number);
        Assert.IsTrue(cluster.B.Replica.Streams.Begin(origin, begin, Stamp.Zero, StreamFilter.None));
        Assert.AreEqual(ApplyOutcome.Applied, cluster.B.Replica.Streams.Apply(origin, range, entries.Written));
        Assert.IsTrue(cluster.B.Replica.Streams.Begin(origin, now, Stamp.Zero, StreamFilter.None));
        Assert.AreEqual(ApplyOutcome.Applied, cluster.A.Replica.Partitions.Join(Partition, chunk.Written, then));
        cluster.Expect("EXISTS s", "0");
        cluster.Agree();
        cluster.Expect("EXISTS s", "0");
        Assert.AreEqual(0, cluster.Nodes.Max(node => NodeChecks.LargestRecord(node, "s")));
        cluster.Check();
    }

    /// <summary>What B says of a set is under way while A removes an element, and forgets that it did.</summary>
    [TestMethod]
    [DataRow(Delivery.Stream)]
    [DataRow(Delivery.Exchange)]
    [DataRow(Delivery.Unreliable)]
    public void Records_ReadBeforeARemoval_BringNothingBack(Delivery delivery)
    {
        using var cluster = new ScenarioCluster(delivery);
        cluster.Run(cluster.A, "SADD s m");
        cluster.Agree();

        // A has to compare to learn what is new: neither writer nor C can tell it otherwise.
        cluster.Cut(cluster.C);
        cluster.Network.Holds = (from, to, message) => from == cluster.B.Number && to == cluster.A.Number &&
            (MessageKind)message[0] is MessageKind.Batch or MessageKind.Records;
        cluster.Run(cluster.B, "SADD s n");
        cluster.WaitUntil(() => cluster.Network.HasHeld((byte)MessageKind.Records), "B sends its records");
        cluster.Run(cluster.A, "SREM s m");
        Assert.IsEmpty(cluster.A.Keyspace.Sweeper.All(), "A remembers nothing of the removal");
        cluster.Release();
        cluster.WaitUntil(() => ScenarioCluster.Answer(cluster.A, "SMEMBERS s") == "n", "A takes in what B said, and no more");
        cluster.Meet();
        cluster.Agree();
        cluster.Expect("SMEMBERS s", "n");
        cluster.Check();
    }

    /// <summary>An entry comes when a group has read past its id.</summary>
    [TestMethod]
    [DataRow(Delivery.Stream)]
    [DataRow(Delivery.Exchange)]
    [DataRow(Delivery.Unreliable)]
    public void Entry_ThatComesLateWithASmallerId_IsDelivered(Delivery delivery)
    {
        using var cluster = new ScenarioCluster(delivery);
        cluster.Run(cluster.A, "XGROUP CREATE s g 0 MKSTREAM");
        cluster.Agree();
        cluster.Part();
        cluster.Run(cluster.B, "XADD s * f late");
        cluster.Run(cluster.A, "XADD s * f early");
        Assert.Contains("early", ScenarioCluster.Answer(cluster.A, "XREADGROUP GROUP g c STREAMS s >"));
        cluster.Meet();
        cluster.Agree();
        Assert.AreEqual("late early", string.Join(' ', Values(ScenarioCluster.Answer(cluster.A, "XRANGE s - +"))));
        Assert.AreEqual("late", string.Join(' ', Values(ScenarioCluster.Answer(cluster.A, "XREADGROUP GROUP g c STREAMS s >"))));
        cluster.Agree();
        Assert.AreEqual("", ScenarioCluster.Answer(cluster.B, "XREADGROUP GROUP g c STREAMS s >"));
        cluster.Check();
    }

    private static IEnumerable<string> Values(string answer) => answer.Split(' ').Where(word => word is "late" or "early");
}
