using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip;
using Marekvs.Cluster.Gossip.Membership;
using Marekvs.Cluster.Gossip.Wire;
using Microsoft.Extensions.Logging.Abstractions;

namespace Marekvs.Cluster.Tests.Wire;

[TestClass]
public sealed class GossipCodecTests
{
    private static readonly DigestLine[] Digest = [new(1, 1_700_000_000_000, 300, 7), new(513, 5, 0, 0)];

    private static readonly MemberDelta[] Deltas =
    [
        new(2, 9, After: 3, Version: 6, CollectedThrough: 2,
        [
            new(MemberKey.State, new MemberEntry(4, [1])),
            new(MemberKey.Zone, new MemberEntry(5, null)),
            new(MemberKey.Host, new MemberEntry(6, [])),
        ]),
    ];

    [TestMethod]
    public void Write_DigestAndDeltas_AreFrozen()
    {
        string hex = Convert.ToHexString(Encode());

        Assert.AreEqual(
            "01" + "02" + "010080D095FFBC31AC0207" + "0102050000" +
            "01" + "02000903060203" + "0100040201" + "06000500" + "02000601",
            hex);
    }

    [TestMethod]
    public void Read_WhatWasWritten_GivesTheSame()
    {
        GossipBody body = GossipCodec.Read(Encode());

        Assert.IsTrue(body.IsWhole);
        CollectionAssert.AreEqual(Digest, body.Digest.ToArray());
        MemberDelta delta = body.Deltas.Single();
        Assert.AreEqual(Deltas[0] with { Entries = delta.Entries }, delta);
        Assert.AreEqual(3, delta.Entries.Count);
        Assert.IsNull(delta.Entries[1].Value.Value);
        Assert.IsEmpty(delta.Entries[2].Value.Value!);
    }

    [TestMethod]
    public void Read_Truncated_Throws()
    {
        byte[] whole = Encode();
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.ThrowsExactly<RecordFormatException>(() => GossipCodec.Read(whole.AsSpan(0, length)), $"{length}");
        }
    }

    [TestMethod]
    [DataRow("02000000")]
    [DataRow("00FFFFFFFF0F00")]
    [DataRow("0000FFFF7F")]
    [DataRow("000100000101010000")]
    [DataRow("0001010080808080808080808080800101010000")]
    [DataRow("000000FF")]
    [DataRow("0000010200090906020000")]
    public void Read_AbsurdNumbers_Throws(string hex) =>
        Assert.ThrowsExactly<RecordFormatException>(() => GossipCodec.Read(Convert.FromHexString(hex)));

    /// <summary>Whatever arrives, the protocol neither fails nor grows beyond its bounds.</summary>
    [TestMethod]
    public void Receive_HostileBodies_AreRefusedOrHarmless()
    {
        var random = new Random(20);
        PeerAddress own = new("10.0.0.1", 1);
        PeerAddress foe = new("10.6.6.6", 6);
        ulong session = 100;
        var options = new MembershipOptions { Number = 1, ClusterName = "test" };
        var protocol = new MembershipProtocol(
            options, new DatagramSeal(ClusterSecret.None, "test", () => 1), random, NullLogger.Instance, now: 1000);
        var seal = new DatagramSeal(ClusterSecret.None, "test", () => session++);
        List<OutgoingDatagram> outbox = [];
        protocol.Receive(foe, seal.Seal(GossipKind.Syn, own, []), 1000, outbox);
        Assert.AreEqual(DatagramRefusal.None, seal.Open(own, outbox.Single().Bytes, out _));

        for (int round = 0; round < 100_000; round++)
        {
            outbox.Clear();
            byte[] body = Mutate(Encode(), random);
            byte[] datagram = seal.Seal((GossipKind)random.Next(1, 9), own, body);
            if (random.Next(4) == 0)
            {
                datagram = Mutate(datagram, random);
            }

            protocol.Receive(foe, datagram, 1000 + round, outbox);
            Assert.IsLessThanOrEqualTo(2, outbox.Count);
            Assert.IsLessThanOrEqualTo(DatagramSeal.DatagramBytesMax, outbox.Sum(d => d.Bytes.Length));
        }

        Assert.IsLessThanOrEqualTo(MemberMap.MembersMax, protocol.View.Members.Count);
        Assert.IsGreaterThan(1000, protocol.Tally.RefusedFor(DatagramRefusal.Malformed));
        Assert.AreEqual(1, protocol.Self.Number);
    }

    [TestMethod]
    public void Memory_WhatDoesNotRead_IsPassedOver()
    {
        PeerMemory memory = PeerMemory.Parse("generation 12\npeer 10.0.0.1:7\nrubbish\npeer \npeer [::1]:8\ngeneration x\n");

        Assert.AreEqual(12UL, memory.Generation);
        CollectionAssert.AreEqual(
            new[] { new PeerAddress("10.0.0.1", 7), new PeerAddress("::1", 8) }, memory.Peers.ToArray());
        Assert.AreEqual("generation 12\npeer 10.0.0.1:7\npeer [::1]:8\n", memory.Format());
    }

    private static byte[] Encode()
    {
        var writer = new RecordWriter();
        GossipCodec.Write(writer, isWhole: true, Digest, Deltas);
        return writer.Written.ToArray();
    }

    private static byte[] Mutate(byte[] bytes, Random random)
    {
        for (int i = random.Next(4); i > 0; i--)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return random.Next(4) == 0 ? bytes[..random.Next(1, bytes.Length)] : bytes;
    }
}
