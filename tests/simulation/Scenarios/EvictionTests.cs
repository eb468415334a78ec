using Marekvs.Cluster.Gossip.AntiEntropy;
using Marekvs.Cluster.Gossip.Replication;
using Marekvs.Storage.Engine.Replication;

namespace Marekvs.Simulation.Tests.Scenarios;

/// <summary>Nodes that gave each other up, and come back.</summary>
[TestClass]
public sealed class EvictionTests
{
    private const long EvictMilliseconds = 1500;
    private const int Histories = 8;

    /// <summary>Both delete what the other has, and go on adding.</summary>
    [TestMethod]
    [DataRow(Delivery.Stream)]
    [DataRow(Delivery.Exchange)]
    [DataRow(Delivery.Unreliable)]
    public void Sides_ThatGaveEachOtherUp_KeepWhatNobodyRemoved(Delivery delivery)
    {
        for (int seed = 1; seed <= Histories; seed++)
        {
            using var cluster = new ScenarioCluster(delivery, Impatient, seed);
            var random = new Random(seed);
            var oracle = new Oracle();
            var workload = new Workload(random, oracle, static _ => { }, flushes: false) { Families = Workload.Few() };
            Write(cluster, workload, random, commands: 60);
            cluster.Agree();
            cluster.Cut(cluster.A);
            cluster.WaitUntil(() => HaveGivenUp(cluster, cluster.A), "each side gives the other up");
            Write(cluster, workload, random, commands: 150);
            cluster.Wait(2 * EvictMilliseconds);
            cluster.Meet();
            cluster.Agree();
            string? fault = cluster.Nodes.SelectMany(node => workload.Families
                .SelectMany(family => family.Keys.Select(key => family.Check(node, oracle, key)))).FirstOrDefault(f => f is not null);
            Assert.IsNull(fault, $"history {seed}: {fault}");
            cluster.Check();
        }
    }

    [TestMethod]
    [DataRow(Delivery.Stream)]
    [DataRow(Delivery.Exchange)]
    [DataRow(Delivery.Unreliable)]
    public void Counter_ResetWhileItsWriterWasGivenUp_KeepsWhatTheWriterAddedMeanwhile(Delivery delivery) =>
        ResetWhileGivenUp(delivery);

    internal static void ResetWhileGivenUp(
        Delivery delivery, ReplicationFault fault = ReplicationFault.None, ExchangeFault exchangeFault = ExchangeFault.None)
    {
        using var cluster = new ScenarioCluster(
            delivery, options => Impatient(options) with { Faults = fault, ExchangeFault = exchangeFault });
        cluster.Run(cluster.C, "5*INCR k", "3*INCR j", "5*HINCRBY h c 1");
        cluster.Agree();
        cluster.Cut(cluster.C);
        cluster.WaitUntil(() => HaveGivenUp(cluster, cluster.C), "each side gives the other up");
        cluster.Run(cluster.A, "DEL k", "DEL j", "INCR j", "HDEL h c");
        cluster.Wait(2 * EvictMilliseconds);
        cluster.Run(cluster.C, "2*INCR k", "4*INCR j", "3*HINCRBY h c 1");
        cluster.Meet();
        cluster.Agree();
        cluster.Expect("GET k", "2");
        cluster.Expect("GET j", "5");
        cluster.Expect("HGET h c", "3");
        cluster.Check();
    }

    private static SimulationOptions Impatient(SimulationOptions options) =>
        options with { Replication = new ReplicationOptions { EvictMilliseconds = EvictMilliseconds } };

    /// <summary>Whether a node that is cut off, and all others, no longer wait for each other.</summary>
    private static bool HaveGivenUp(ScenarioCluster cluster, SimulatedNode lonely) =>
        cluster.Nodes.All(node => cluster.Nodes.All(other =>
            (node == lonely) == (other == lonely) || !node.Replicator.Stability.IsActive(other.Keyspace.Origin)));

    private static void Write(ScenarioCluster cluster, Workload workload, Random random, int commands)
    {
        for (int i = 0; i < commands; i++)
        {
            workload.Step(cluster.Nodes[random.Next(cluster.Nodes.Count)]);
            cluster.Wait(random.Next(0, 40));
        }
    }
}
