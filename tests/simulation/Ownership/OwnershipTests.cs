using System.Globalization;
using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Cluster.Gossip.Ownership;

namespace Marekvs.Simulation.Tests.Ownership;

/// <summary>Partitions that change hands.</summary>
[TestClass]
public sealed class OwnershipTests
{
    private const string SeedVariable = "MAREKVS_OWNERSHIP_SEED";
    private const string SeedsVariable = "MAREKVS_OWNERSHIP_SEEDS";

    [TestMethod]
    public void FiveNodes_ThreeCopies_EachPartitionOnItsOwners()
    {
        using MovingCluster cluster = Start(1, nodes: 5, replicas: 3);
        var workload = new MovingWorkload(cluster, new Random(1));
        Write(cluster, workload, 2000);
        Settle(cluster);
        Assert.IsNull(workload.Check());
        Assert.AreEqual(3 * Limits.Partitions, cluster.Active.Sum(node => node.Keeper.Holding.Held.Count));
        foreach (SimulatedNode node in cluster.Active)
        {
            Assert.IsTrue(node.Keeper.Holding.Whole.Equals(node.Keeper.Holding.Held), "no hole is left open");
            CopyCount copies = OwnershipFigures.Count(node.Keeper, cluster.View);
            Assert.AreEqual(new CopyCount(3, 0), copies);
            Assert.AreEqual(Limits.Partitions, node.Keeper.Holders.Even.Count + Limits.Partitions - node.Keeper.Holding.Held.Count);
        }
    }

    [TestMethod]
    public void Join_OfANode_TakesItsShareOver_BeforeItServes()
    {
        using MovingCluster cluster = Start(2, nodes: 3, replicas: 2);
        var workload = new MovingWorkload(cluster, new Random(2));
        Write(cluster, workload, 2000);
        SimulatedNode fourth = cluster.Add();
        Assert.IsTrue(cluster.RunUntil(() => cluster.Active.Contains(fourth), 20_000), "it becomes active");
        Assert.IsGreaterThan(Limits.Partitions / 3, fourth.Keeper.Holding.Held.Count);
        Write(cluster, workload, 500);
        Settle(cluster);
        Assert.IsNull(workload.Check());
    }

    [TestMethod]
    public void Leave_OfANode_HandsEverythingOver_BeforeItGoes()
    {
        using MovingCluster cluster = Start(3, nodes: 4, replicas: 2);
        var workload = new MovingWorkload(cluster, new Random(3));
        Write(cluster, workload, 2000);
        Settle(cluster);
        SimulatedNode leaving = cluster.Active.First();
        cluster.Leave(leaving);
        Assert.IsTrue(
            cluster.RunUntil(
                () =>
                {
                    workload.Step();
                    return !leaving.IsUp;
                },
                20_000),
            "it goes");
        Settle(cluster);
        Assert.IsNull(workload.Check());
    }

    [TestMethod]
    public void Loss_OfANode_OthersTakeItsPartitionsOver()
    {
        using MovingCluster cluster = Start(4, nodes: 5, replicas: 3);
        var workload = new MovingWorkload(cluster, new Random(4));
        Write(cluster, workload, 2000);
        Settle(cluster);
        cluster.Kill(cluster.Active.Last(), backAfter: null);
        Write(cluster, workload, 3000);
        Settle(cluster);
        Assert.IsNull(workload.Check());
        Assert.AreEqual(3 * Limits.Partitions, cluster.Active.Sum(node => node.Keeper.Holding.Held.Count));
    }

    [TestMethod]
    public void Return_OfANode_GetsBackWhatIsItsOwn_AndNothingThatWasRemoved()
    {
        using MovingCluster cluster = Start(5, nodes: 5, replicas: 3);
        var workload = new MovingWorkload(cluster, new Random(5));
        Write(cluster, workload, 2000);
        SimulatedNode gone = cluster.Active.Last();
        cluster.Kill(gone, backAfter: 6000);
        Write(cluster, workload, 5000);
        Assert.IsTrue(cluster.RunUntil(() => cluster.Active.Contains(gone), 20_000), "it comes back");
        Settle(cluster);
        Assert.IsNull(workload.Check());
        foreach (SimulatedNode node in cluster.Active)
        {
            Assert.IsTrue(node.Keeper.Holding.Attached.Equals(node.Keeper.Holding.Held), "all vectors are one again");
        }
    }

    [TestMethod]
    public void ManySeeds_NothingIsLost_NothingComesBack_NothingStays()
    {
        int count = int.Parse(Environment.GetEnvironmentVariable(SeedsVariable) ?? "12", CultureInfo.InvariantCulture);
        var failures = new List<string>();
        var gate = new Lock();
        Parallel.For(1, count + 1, new ParallelOptions { MaxDegreeOfParallelism = 2 }, seed =>
        {
            string? fault = Run(seed, out _);
            lock (gate)
            {
                failures.AddRange(fault is null ? [] : [$"{SeedVariable}={seed}: {fault}"]);
            }
        });
        Assert.IsEmpty(failures, string.Join('\n', failures));
    }

    [TestMethod]
    public void OneSeed_WithATrace()
    {
        string? text = Environment.GetEnvironmentVariable(SeedVariable);
        if (text is null)
        {
            Assert.Inconclusive($"{SeedVariable} names no seed");
        }

        string? fault = Run(int.Parse(text, CultureInfo.InvariantCulture), out IReadOnlyList<string> history);
        foreach (string line in history)
        {
            Console.WriteLine(line);
        }

        Assert.IsNull(fault, fault);
    }

    private static string? Run(int seed, out IReadOnlyList<string> history)
    {
        var random = new Random(seed);
        using MovingCluster cluster = Start(seed, nodes: random.Next(3, 6), replicas: random.Next(2, 4));
        history = cluster.History;
        try
        {
            var workload = new MovingWorkload(cluster, random);
            for (int action = random.Next(3, 7); action > 0; action--)
            {
                Disturb(cluster, random);
                Write(cluster, workload, random.Next(200, 4000));
            }

            cluster.Network.HealAll();
            if (!cluster.RunUntil(() => !cluster.IsOnTheMove && cluster.FindMisplaced() is null, 60_000))
            {
                return cluster.IsOnTheMove ? cluster.DescribeMoves() : cluster.FindMisplaced();
            }

            // A view that is at rest stays so.
            cluster.Run(3000);
            return cluster.FindMisplaced() ?? workload.Check();
        }
        catch (Exception e)
        {
            return e.ToString();
        }
    }

    private static void Disturb(MovingCluster cluster, Random random)
    {
        SimulatedNode[] active = [.. cluster.Active];
        SimulatedNode node = active[random.Next(active.Length)];
        switch (random.Next(10))
        {
            case < 2 when active.Length < 6:
                cluster.Add();
                break;
            case < 4 when active.Length > cluster.Replicas + 1:
                cluster.Leave(node, random.Next(2) == 0 ? random.Next(100, 3000) : null);
                break;
            case < 7 when !cluster.IsOnTheMove && active.Length > 2:
                cluster.Kill(node, random.Next(100, 8000));
                break;
            case 7 when !cluster.IsOnTheMove && active.Length > cluster.Replicas && cluster.RunUntil(cluster.IsSafe, 20_000):
                cluster.Kill(node, backAfter: null);
                break;
            default:
                SimulatedNode other = active[random.Next(active.Length)];
                cluster.Trace($"cut {node} off from {other}");
                cluster.Network.Cut(node.Number, other.Number);
                break;
        }

        if (random.Next(3) == 0)
        {
            cluster.Network.HealAll();
        }
    }

    private static MovingCluster Start(int seed, int nodes, int replicas)
    {
        var cluster = new MovingCluster(seed, replicas);
        for (int i = 0; i < nodes; i++)
        {
            cluster.Add();
        }

        Assert.IsTrue(cluster.RunUntil(() => cluster.Active.Count() == nodes, 20_000), "all nodes become active");
        return cluster;
    }

    private static void Write(MovingCluster cluster, MovingWorkload workload, long milliseconds)
    {
        for (long until = cluster.Now + milliseconds; cluster.Now < until;)
        {
            workload.Step();
            cluster.Step();
            cluster.Step();
        }
    }

    private static void Settle(MovingCluster cluster) => Assert.IsTrue(
        cluster.RunUntil(() => !cluster.IsOnTheMove && cluster.FindMisplaced() is null, 30_000),
        $"every partition is on its owners: {cluster.FindMisplaced()}");
}
