using Marekvs.Abstractions.Cluster;
using Marekvs.Cluster.Gossip;

namespace Marekvs.Cluster.Tests.Membership;

/// <summary>Two live processes with one number.</summary>
[TestClass]
public sealed class DuplicateNumberTests
{
    private static readonly PeerAddress Elsewhere = new("10.0.1.3", 7946);

    [TestMethod]
    [DataRow(3)]
    [DataRow(15)]
    public void Younger_RefusesToServeAndSaysWhy_TheOlderGoesOn(int count)
    {
        var cluster = new SimulatedCluster(seed: count);
        cluster.Form(count);
        SimulatedNode older = cluster.Node(3);

        SimulatedNode younger = cluster.Start(3, Elsewhere);
        long noticed = cluster.RunUntil(() => younger.Protocol.Refusal is not null, within: 5_000);

        Assert.IsLessThan(2_500, noticed);
        Assert.Contains("the number 3", younger.Protocol.Refusal!);
        Assert.Contains("10.0.0.3:7946", younger.Protocol.Refusal!);
        cluster.Run(60_000);
        Assert.IsNull(older.Protocol.Refusal);
        Assert.IsNotNull(younger.Protocol.Refusal);
        foreach (SimulatedNode node in cluster.Nodes.Where(n => n != younger))
        {
            Assert.AreEqual(MemberState.Active, node.Sees(3));
            Assert.AreEqual("10.0.0.3", node.Protocol.View.Find(3)!.Host);
        }
    }

    [TestMethod]
    public void Younger_IsRefusedBeforeItSettles()
    {
        var cluster = new SimulatedCluster(seed: 4);
        cluster.Form(9);
        SimulatedNode younger = cluster.Start(3, Elsewhere);
        cluster.RunUntil(() => younger.Protocol.IsSettled(cluster.Now) || younger.Protocol.Refusal is not null, 5_000);

        Assert.IsNotNull(younger.Protocol.Refusal);
    }

    [TestMethod]
    public void OlderStops_TheYoungerTakesOver()
    {
        var cluster = new SimulatedCluster(seed: 5);
        cluster.Form(4);
        SimulatedNode younger = cluster.Start(3, Elsewhere);
        cluster.RunUntil(() => younger.Protocol.Refusal is not null, within: 5_000);
        cluster.Crash(cluster.Nodes.First(n => n.Number == 3));

        cluster.RunUntil(() => younger.Protocol.Refusal is null, within: 40_000);
        younger.Protocol.Enter(MemberState.Active, cluster.Now);
        cluster.RunUntil(
            () => cluster.Nodes.All(n => n.Sees(3) == MemberState.Active && n.Protocol.View.Find(3)!.Host == "10.0.1.3"),
            within: 10_000);
    }

    [TestMethod]
    public void BothStartedWhileCutOff_TheOlderWinsAfterTheHeal()
    {
        var cluster = new SimulatedCluster(seed: 6);
        cluster.Form(4);
        cluster.IsCut = (from, to) => from == Elsewhere != (to == Elsewhere);
        SimulatedNode younger = cluster.Start(3, Elsewhere);
        younger.Protocol.Enter(MemberState.Active, cluster.Now);
        cluster.Run(20_000);
        Assert.IsNull(younger.Protocol.Refusal);
        cluster.IsCut = (_, _) => false;

        cluster.RunUntil(() => younger.Protocol.Refusal is not null, within: 5_000);
        cluster.RunUntil(
            () => cluster.Nodes.Where(n => n != younger).All(n =>
                n.Sees(3) == MemberState.Active && n.Protocol.View.Find(3)!.Host == "10.0.0.3"),
            within: 5_000);
    }

    [TestMethod]
    public void RestartAtAnotherAddress_IsNoRival()
    {
        var cluster = new SimulatedCluster(seed: 7);
        cluster.Form(4);
        cluster.Crash(cluster.Node(3));
        SimulatedNode fresh = cluster.Start(3, Elsewhere);
        fresh.Protocol.Enter(MemberState.Active, cluster.Now);
        cluster.Run(30_000);

        Assert.IsNull(fresh.Protocol.Refusal);
        Assert.IsTrue(cluster.Nodes.All(n => n.Protocol.View.Find(3)!.Host == "10.0.1.3"));
    }
}
