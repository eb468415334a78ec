using Marekvs.Abstractions.Cluster;
using Marekvs.Cluster.Gossip;
using Marekvs.Cluster.Gossip.Membership;
using Marekvs.Cluster.Gossip.Wire;

namespace Marekvs.Cluster.Tests.Membership;

/// <summary>The protocol of membership among many nodes, in virtual time.</summary>
[TestClass]
public sealed class MembershipTests
{
    [TestMethod]
    [DataRow(3, 4_000)]
    [DataRow(20, 6_000)]
    [DataRow(50, 8_000)]
    public void Form_FromOneSeed_AllSeeAll(int count, int within)
    {
        var cluster = new SimulatedCluster(seed: count);
        for (ushort number = 1; number <= count; number++)
        {
            cluster.Start(number);
        }

        cluster.RunUntil(() => cluster.Nodes.All(n => n.Protocol.View.Members.Count == count), within);
        cluster.RunUntil(() => cluster.Nodes.All(n => n.Protocol.IsSettled(cluster.Now)), within);
    }

    [TestMethod]
    [DataRow(3)]
    [DataRow(10)]
    [DataRow(50)]
    public void Crash_OfOneNode_IsDownForAllInAboutFiveSeconds(int count)
    {
        var cluster = new SimulatedCluster(seed: count);
        cluster.Form(count);
        cluster.Run(60_000);
        cluster.Crash(cluster.Node(2));

        long first = cluster.RunUntil(() => cluster.Nodes.Any(n => n.Sees(2) == MemberState.Down), within: 10_000);
        long last = first + cluster.RunUntil(() => cluster.Nodes.All(n => n.Sees(2) == MemberState.Down), 10_000);

        Assert.IsGreaterThan(3_000, first);
        Assert.IsLessThan(8_500, last);
    }

    [TestMethod]
    public void Restart_SameAddress_IsBackAtOnceAndNoRivalIsSuspected()
    {
        var cluster = new SimulatedCluster(seed: 1);
        cluster.Form(5);
        SimulatedNode old = cluster.Node(3);
        PeerMemory memory = old.Protocol.Memory;
        cluster.Crash(old);
        cluster.RunUntil(() => cluster.Nodes.All(n => n.Sees(3) == MemberState.Down), within: 10_000);

        SimulatedNode fresh = cluster.Start(3, memory: memory);
        fresh.Protocol.Enter(MemberState.Active, cluster.Now);

        cluster.RunUntil(() => cluster.Nodes.All(n => n.Sees(3) == MemberState.Active), within: 3_000);
        Assert.IsNull(fresh.Protocol.Refusal);
    }

    [TestMethod]
    public void Leave_IsToldToEverybodyAtOnce()
    {
        var cluster = new SimulatedCluster(seed: 2);
        cluster.Form(20);
        cluster.Run(5_000);
        cluster.Node(7).Protocol.Enter(MemberState.Left, cluster.Now);

        cluster.RunUntil(() => cluster.Nodes.All(n => n.Sees(7) == MemberState.Left), within: 1_500);
        cluster.Crash(cluster.Node(7));
        cluster.Run(20_000);

        Assert.IsTrue(cluster.Nodes.All(n => n.Sees(7) == MemberState.Left));
    }

    [TestMethod]
    [DataRow(6)]
    [DataRow(30)]
    public void Cut_IntoHalves_EachGoesOnAndBothMeetAgain(int count)
    {
        var cluster = new SimulatedCluster(seed: count);
        cluster.Form(count);
        cluster.IsCut = (from, to) => IsInFirstHalf(from) != IsInFirstHalf(to);

        cluster.RunUntil(
            () => cluster.Nodes.All(n => n.Protocol.View.Members.Count(m => m.State == MemberState.Down) == count / 2),
            within: 12_000);
        cluster.Run(60_000);
        cluster.IsCut = (_, _) => false;
        long healed = cluster.RunUntil(
            () => cluster.Nodes.All(n => n.Protocol.View.Members.All(m => m.State == MemberState.Active)), within: 5_000);

        Assert.IsLessThan(4_000, healed);
        Assert.HasCount(1, cluster.Nodes.Select(n => n.Describe()).Distinct());

        bool IsInFirstHalf(PeerAddress address) => int.Parse(address.Host.Split('.')[3]) <= count / 2;
    }

    [TestMethod]
    public void Cut_OneWay_TheDeafNodeIsStillHeard()
    {
        var cluster = new SimulatedCluster(seed: 5);
        cluster.Form(5);
        PeerAddress deaf = SimulatedCluster.AddressOf(4);
        cluster.IsCut = (_, to) => to == deaf;
        cluster.Run(30_000);

        // Nothing it says can be answered to, so to the others it is as good as gone, and they are to it.
        Assert.IsTrue(cluster.Nodes.Where(n => n.Number != 4).All(n => n.Sees(4) is MemberState.Down or MemberState.Active));
        cluster.IsCut = (_, _) => false;
        cluster.RunUntil(() => cluster.Nodes.All(n => n.Sees(4) == MemberState.Active), within: 5_000);
    }

    [TestMethod]
    public void Loss_OfAThird_TakesNobodyForDown()
    {
        var cluster = new SimulatedCluster(seed: 6) { Loss = 0.3, Doubling = 0.1, DelayMax = 300 };
        cluster.Form(20);
        int falseAlarms = 0;
        for (int second = 0; second < 600; second++)
        {
            cluster.Run(1_000);
            falseAlarms += cluster.Nodes.Sum(n => n.Protocol.View.Members.Count(m => m.State == MemberState.Down));
        }

        // 600 s x 400 pairs were looked at.
        Assert.IsLessThanOrEqualTo(2, falseAlarms);
    }

    [TestMethod]
    public void Standstill_OfOneNode_ItDoesNotBlameTheOthers()
    {
        var cluster = new SimulatedCluster(seed: 7);
        cluster.Form(5);
        SimulatedNode stopped = cluster.Node(2);
        stopped.IsStopped = true;
        cluster.Run(30_000);
        Assert.IsTrue(cluster.Nodes.Where(n => n != stopped).All(n => n.Sees(2) == MemberState.Down));

        stopped.IsStopped = false;
        for (int i = 0; i < 100; i++)
        {
            cluster.Run(100);
            Assert.DoesNotContain(m => m.State == MemberState.Down, stopped.Protocol.View.Members);
        }

        Assert.IsTrue(cluster.Nodes.All(n => n.Sees(2) == MemberState.Active));
    }

    [TestMethod]
    public void Seeds_AllMoved_RememberedPeersAreFound()
    {
        var cluster = new SimulatedCluster(seed: 8);
        cluster.Form(4);
        SimulatedNode old = cluster.Node(4);
        PeerMemory memory = PeerMemory.Parse(old.Protocol.Memory.Format());
        cluster.Crash(old);
        cluster.Run(10_000);

        SimulatedNode fresh = cluster.Start(4, seeds: [new PeerAddress("10.9.9.9", 1)], memory: memory);

        cluster.RunUntil(() => fresh.Protocol.View.Members.Count(m => m.State == MemberState.Active) == 3, within: 4_000);
    }

    [TestMethod]
    public void Alone_WithSeedsThatAreSilent_SettlesAfterAWhile()
    {
        var cluster = new SimulatedCluster(seed: 9);
        SimulatedNode alone = cluster.Start(2, seeds: [new PeerAddress("10.9.9.9", 1)]);
        cluster.Run(1_000);
        Assert.IsFalse(alone.Protocol.IsSettled(cluster.Now));
        cluster.Run(3_000);
        Assert.IsTrue(alone.Protocol.IsSettled(cluster.Now));
    }

    [TestMethod]
    public void Idle_FiftyNodes_SpeakLittleAndInSmallDatagrams()
    {
        var cluster = new SimulatedCluster(seed: 10);
        cluster.Form(50);
        cluster.OnSend = (_, datagram) =>
            Assert.IsLessThanOrEqualTo(DatagramSeal.DatagramBytesMax, datagram.Bytes.Length);
        long before = cluster.BytesSent;
        cluster.Run(60_000);

        Assert.IsLessThan(25_000, (cluster.BytesSent - before) / 60 / 50, "bytes a second and node");
    }

    [TestMethod]
    [DataRow("right", "wrong", "test")]
    [DataRow("right", "", "test")]
    [DataRow("", "wrong", "test")]
    [DataRow("right", "right", "other")]
    public void Stranger_WithoutTheSecretOrOfAnotherCluster_IsNotLetIn(string secret, string theirs, string theirCluster)
    {
        var cluster = new SimulatedCluster(seed: 11);
        SimulatedNode first = cluster.Start(1, secret: secret);
        SimulatedNode second = cluster.Start(2, secret: secret);
        cluster.RunUntil(() => first.Protocol.View.Members.Count == 2, within: 5_000);
        SimulatedNode stranger = cluster.Start(3, secret: theirs, cluster: theirCluster);
        cluster.Run(20_000);

        Assert.HasCount(2, first.Protocol.View.Members);
        Assert.HasCount(2, second.Protocol.View.Members);
        Assert.HasCount(1, stranger.Protocol.View.Members);
        DatagramRefusal why = theirCluster == "test" ? DatagramRefusal.Unproven : DatagramRefusal.OtherCluster;
        Assert.IsGreaterThan(0, first.Protocol.Tally.RefusedFor(why));
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("secret")]
    public void Replay_OfAllThatWasEverSaid_ChangesNothing(string secret)
    {
        var cluster = new SimulatedCluster(seed: 12);
        List<(PeerAddress From, OutgoingDatagram Datagram)> recorded = [];
        cluster.OnSend = (from, datagram) => recorded.Add((from, datagram));
        SimulatedNode first = cluster.Start(1, secret: secret);
        SimulatedNode second = cluster.Start(2, secret: secret);
        SimulatedNode third = cluster.Start(3, secret: secret);
        cluster.Run(10_000);
        cluster.Crash(third);
        cluster.RunUntil(() => first.Sees(3) == MemberState.Down && second.Sees(3) == MemberState.Down, 10_000);
        PeerMemory memory = first.Protocol.Memory;
        cluster.Crash(first);
        cluster.OnSend = (_, _) => { };
        SimulatedNode reborn = cluster.Start(1, secret: secret, memory: memory);
        cluster.RunUntil(() => reborn.Sees(2) == MemberState.Joining, within: 5_000);
        cluster.Run(2_000);
        string before = second.Describe();

        foreach ((PeerAddress from, OutgoingDatagram datagram) in recorded)
        {
            cluster.Deliver(from, datagram.To, datagram.Bytes);
        }

        Assert.AreEqual(before, second.Describe());
        Assert.IsGreaterThan(0, second.Protocol.Tally.RefusedFor(DatagramRefusal.Replayed));
        cluster.Run(3_000);
        Assert.AreEqual(MemberState.Down, reborn.Sees(3));
        Assert.AreEqual(MemberState.Down, second.Sees(3));
        Assert.AreEqual(MemberState.Joining, second.Sees(1));
    }

    [TestMethod]
    public void Chaos_OfCrashesCutsAndLoss_EndsInOneView()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            RunChaos(seed);
        }
    }

    private static void RunChaos(int seed)
    {
        var random = new Random(seed);
        int count = random.Next(3, 16);
        var cluster = new SimulatedCluster(seed) { Loss = random.NextDouble() / 4, Doubling = 0.1, DelayMax = 200 };
        cluster.Form(count);
        Dictionary<ushort, PeerMemory> crashed = [];
        for (int round = 0; round < 30; round++)
        {
            Disturb(cluster, crashed, random, count);
            cluster.Run(random.Next(200, 4_000));
        }

        cluster.IsCut = (_, _) => false;
        cluster.Loss = 0;
        foreach ((ushort number, PeerMemory memory) in crashed)
        {
            cluster.Start(number, memory: memory);
        }

        cluster.Nodes.ForEach(n => n.Protocol.Enter(MemberState.Active, cluster.Now));
        cluster.RunUntil(
            () => cluster.Nodes.All(n =>
                n.Protocol.View.Members.Count == count &&
                n.Protocol.View.Members.All(m => m.State == MemberState.Active)),
            within: 8_000);
        Assert.HasCount(1, cluster.Nodes.Select(n => n.Describe()).Distinct(), $"seed {seed}");
        Assert.IsTrue(cluster.Nodes.All(n => n.Protocol.Refusal is null), $"seed {seed}");
    }

    private static void Disturb(
        SimulatedCluster cluster, Dictionary<ushort, PeerMemory> crashed, Random random, int count)
    {
        switch (random.Next(4))
        {
            case 0 when cluster.Nodes.Count > 1:
                SimulatedNode victim = cluster.Nodes[random.Next(cluster.Nodes.Count)];
                crashed[victim.Number] = random.Next(2) == 0 ? victim.Protocol.Memory : PeerMemory.Empty;
                cluster.Crash(victim);
                break;
            case 1 when crashed.Count > 0:
                ushort number = crashed.Keys.First();
                crashed.Remove(number, out PeerMemory? memory);
                cluster.Start(number, memory: memory).Protocol.Enter(MemberState.Active, cluster.Now);
                break;
            case 2:
                int side = random.Next(1, count);
                bool isOneWay = random.Next(2) == 0;
                cluster.IsCut = (from, to) =>
                    NumberOf(from) <= side ? NumberOf(to) > side : !isOneWay && NumberOf(to) <= side;
                break;
            default:
                cluster.IsCut = (_, _) => false;
                break;
        }
    }

    private static int NumberOf(PeerAddress address) => int.Parse(address.Host.Split('.')[3]);
}
