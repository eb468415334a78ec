using Marekvs.Cluster.Gossip.AntiEntropy;
using Marekvs.Storage.Engine.Replication;

namespace Marekvs.Simulation.Tests;

/// <summary>The simulator is worth what it finds: mistakes that are planted in a node must show within some seeds that
/// are clean without them.</summary>
[TestClass]
public sealed class PowerTests
{
    private const int SeedsMax = 100;

    /// <summary>What shows only when much comes together is looked for in longer runs.</summary>
    private const long LongMilliseconds = 8000;

    [TestMethod]
    [DataRow(nameof(ReplicationFault.SkipClosedStamp))]
    [DataRow(nameof(ReplicationFault.SkipEntry))]
    [DataRow(nameof(ReplicationFault.JoinWithoutContext))]
    [DataRow(nameof(ReplicationFault.ForwardForeign))]
    [DataRow(nameof(ReplicationFault.ForgetResets))]
    [DataRow(nameof(ReplicationFault.KeepIncarnation))]
    [DataRow(nameof(ReplicationFault.IgnoreGap))]
    public void Replication_PlantedFault_IsFound(string fault) =>
        AssertFound(seed => SimulationOptions.From(seed) with { Faults = Enum.Parse<ReplicationFault>(fault) });

    [TestMethod]
    [DataRow(nameof(ReplicationFault.ForgetClear))]
    [DataRow(nameof(ReplicationFault.ApplyTwice))]
    [DataRow(nameof(ReplicationFault.ForgetMarkers))]
    public void Replication_PlantedFaultThatSeldomShows_IsFoundInLongRuns(string fault)
    {
        RequireTime();
        AssertFound(seed => LongFrom(seed) with { Faults = Enum.Parse<ReplicationFault>(fault) });
    }

    [TestMethod]
    public void AntiEntropy_VectorAdoptedEarly_IsFound() =>
        AssertFound(seed => SimulationOptions.From(seed) with { ExchangeFault = ExchangeFault.AdoptEarly });

    [TestMethod]
    public void AntiEntropy_RemovalsWithheld_IsFoundInLongRuns()
    {
        RequireTime();
        AssertFound(seed => LongFrom(seed) with
        {
            ExchangeFault = ExchangeFault.WithholdRemovals,
            Nodes = 5,
            SegmentBytes = 4 * 1024,
            RetainBytes = 0,
        });
    }

    /// <summary>Minutes of processor time each: for whoever changes the simulator or the protocols.</summary>
    private static void RequireTime()
    {
        if (Environment.GetEnvironmentVariable("MAREKVS_SIM_LONG") != "1")
        {
            Assert.Inconclusive("long runs are made with MAREKVS_SIM_LONG=1");
        }
    }

    private static SimulationOptions LongFrom(int seed) =>
        SimulationOptions.From(seed) with { ChaosMilliseconds = LongMilliseconds };

    private static void AssertFound(Func<int, SimulationOptions> optionsOf)
    {
        string? found = Find(optionsOf);
        Console.WriteLine(found);
        Assert.IsNotNull(found, $"nothing is found wrong in {SeedsMax} seeds");
    }

    private static string? Find(Func<int, SimulationOptions> optionsOf)
    {
        string? found = null;
        Seeds.ForEach(SeedsMax, seed =>
        {
            using var simulation = new Simulation(seed, optionsOf(seed));
            if (Seeds.Run(simulation) is { } fault && IsClean(seed, optionsOf(seed)))
            {
                Interlocked.CompareExchange(ref found, $"seed {seed}: {fault}", null);
            }

            return Volatile.Read(ref found) is null;
        });
        return found;
    }

    private static bool IsClean(int seed, SimulationOptions planted)
    {
        SimulationOptions options = planted with { Faults = ReplicationFault.None, ExchangeFault = ExchangeFault.None };
        using var simulation = new Simulation(seed, options);
        return Seeds.Run(simulation) is null;
    }
}
