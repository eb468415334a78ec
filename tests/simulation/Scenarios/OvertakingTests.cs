using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Cluster.Gossip.AntiEntropy;
using Marekvs.Cluster.Gossip.Replication;
using Marekvs.Storage.Engine.Replication;

namespace Marekvs.Simulation.Tests.Scenarios;

/// <summary>Removals that are somewhere before what they remove.</summary>
[TestClass]
public sealed class OvertakingTests
{
    [TestMethod]
    public void Removal_ThatOvertakesTheWrite_IsCarriedOutWhenTheWriteComes() => Overtake(ReplicationFault.None);

    [TestMethod]
    public void Removal_KnownFromAComparison_IsCarriedOutThoughWhoKnewItIsGone() => OutliveWitnesses(ExchangeFault.None);

    /// <summary>B writes, A removes, and C hears of the removal first; nobody is there to tell it later.</summary>
    internal static void Overtake(ReplicationFault fault)
    {
        using var cluster = new ScenarioCluster(Delivery.Stream, options => options with { Faults = fault });
        cluster.Run(cluster.A, "RPUSH l old", "HSET h old v");
        cluster.Agree();
        cluster.Cut(cluster.B, cluster.C);
        cluster.Wait(1000);
        cluster.Run(cluster.B, "SADD s m", "RPUSH l x", "HSET h f v", "SADD t 1 2");
        cluster.Wait(300);
        cluster.Run(cluster.A, "DEL s", "LREM l 0 x", "HDEL h f", "DEL t");
        cluster.Wait(300);
        cluster.Network.HealAll();
        cluster.Cut(cluster.A);
        Dot written = new(cluster.B.Keyspace.Clock.Last, cluster.B.Keyspace.Origin);
        cluster.WaitUntil(() => cluster.C.Keyspace.Context.IsApplied(KeyAddress.PartitionOf("s"u8), written), "what B wrote comes to C");
        Assert.AreEqual("0", ScenarioCluster.Answer(cluster.C, "EXISTS s t"));
        Assert.AreEqual("old", ScenarioCluster.Answer(cluster.C, "LRANGE l 0 -1"));
        Assert.AreEqual("old", ScenarioCluster.Answer(cluster.C, "HKEYS h"));
        cluster.Meet();
        cluster.Agree();
        cluster.Check();
    }

    /// <summary>D removes what B wrote, and tells C in its stream, which has not got what B wrote; A learns of it from C, and
    /// then C and D are gone. Whoever claims to have applied a removal must carry it out.</summary>
    internal static void OutliveWitnesses(ExchangeFault fault)
    {
        using var cluster = new ScenarioCluster(Delivery.Stream, options => options with { Nodes = 4, ExchangeFault = fault });
        cluster.Run(cluster.A, "RPUSH l old");
        cluster.Agree();
        cluster.Cut(cluster.B, cluster.A);
        cluster.Cut(cluster.B, cluster.C);
        cluster.Cut(cluster.A, cluster.D);
        cluster.Network.Holds = (from, to, message) => from == cluster.D.Number && (MessageKind)message[0] == MessageKind.Verdict;
        cluster.Wait(1000);
        cluster.Run(cluster.B, "SADD s m", "RPUSH l x");
        cluster.Wait(300);
        cluster.Cut(cluster.B, cluster.D);
        cluster.Wait(1000);
        cluster.Run(cluster.D, "DEL s", "LREM l 0 x");
        Dot removal = new(cluster.D.Keyspace.Clock.Last, cluster.D.Keyspace.Origin);
        cluster.WaitUntil(
            () => cluster.A.Keyspace.Context.IsApplied(KeyAddress.PartitionOf("s"u8), removal), "A takes over what C says of D");
        cluster.C.Crash(losesTail: false);
        cluster.D.Crash(losesTail: false);
        cluster.Release();
        cluster.Network.HealAll();
        cluster.Agree();
        cluster.Expect("EXISTS s", "0");
        cluster.Expect("LRANGE l 0 -1", "old");
        cluster.Check();
    }
}
