using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip;
using Marekvs.Cluster.Gossip.Membership;
using Marekvs.Cluster.Gossip.Wire;
using Microsoft.Extensions.Logging.Abstractions;

namespace Marekvs.Cluster.Tests.Membership;

/// <summary>A peer that tells of ever later lives of this node makes it begin ever later ones.</summary>
[TestClass]
public sealed class OwnGenerationsTests
{
    [TestMethod]
    public void Add_MoreThanAreRemembered_TheNewestStay()
    {
        var generations = new OwnGenerations();
        for (ulong generation = 1; generation <= 1000; generation++)
        {
            generations.Add(generation);
        }

        Assert.AreEqual(OwnGenerations.Max, generations.Count);
        Assert.IsTrue(generations.Contains(1000));
        Assert.IsFalse(generations.Contains(1));
    }

    [TestMethod]
    public void Receive_LaterAndLaterLives_TheNodeStaysItself()
    {
        PeerAddress own = new("10.0.0.1", 1);
        PeerAddress foe = new("10.6.6.6", 6);
        var options = new MembershipOptions { Number = 1, ClusterName = "test" };
        var protocol = new MembershipProtocol(
            options, new DatagramSeal(ClusterSecret.None, "test", () => 1), new Random(1), NullLogger.Instance, now: 1000);
        protocol.Publish(MemberKey.Host, "10.0.0.1"u8, 1000);
        protocol.Publish(MemberKey.Ports, [1, 0, 2, 0, 3, 0, 4, 0], 1000);
        var seal = new DatagramSeal(ClusterSecret.None, "test", () => 2);
        List<OutgoingDatagram> outbox = [];
        protocol.Receive(foe, seal.Seal(GossipKind.Syn, own, []), 1000, outbox);
        Assert.AreEqual(DatagramRefusal.None, seal.Open(own, outbox.Single().Bytes, out _));

        ulong first = protocol.Self.Generation;
        for (int i = 0; i < 1000; i++)
        {
            ulong told = protocol.Self.Generation + 1;
            protocol.Receive(foe, seal.Seal(GossipKind.Ack, own, Life(protocol, told)), 1000, outbox);
            Assert.IsGreaterThan(told, protocol.Self.Generation);
        }

        // Its first life, long forgotten, is told again: that is no rival.
        outbox.Clear();
        protocol.Receive(foe, seal.Seal(GossipKind.Ack, own, Life(protocol, first)), 1000, outbox);
        protocol.Tick(2000, outbox);
        Assert.IsNull(protocol.Refusal);
        Assert.IsFalse(outbox.Exists(datagram => datagram.To == own));
    }

    /// <summary>The node as it is, in another life.</summary>
    private static byte[] Life(MembershipProtocol protocol, ulong generation)
    {
        var writer = new RecordWriter();
        GossipCodec.Write(writer, isWhole: false, [], [protocol.Self.DeltaAfter(0) with { Generation = generation }]);
        return writer.Written.ToArray();
    }
}
