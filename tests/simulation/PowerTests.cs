using Marekvs.Cluster.Gossip.AntiEntropy;
using Marekvs.Simulation.Tests.Scenarios;
using Marekvs.Storage.Engine.Replication;

namespace Marekvs.Simulation.Tests;

/// <summary>The simulator is worth what it finds: mistakes that are planted in nodes must show within some seeds, or in a
/// story, that are clean without them. tests/README.md tells which mistake stands for what.</summary>
[TestClass]
public sealed class PowerTests
{
    private const int SeedsMax = 100;

    [TestMethod]
    [DataRow(nameof(ReplicationFault.SkipClosedStamp))]
    [DataRow(nameof(ReplicationFault.SkipEntry))]
    [DataRow(nameof(ReplicationFault.JoinWithoutContext))]
    [DataRow(nameof(ReplicationFault.ForwardForeign))]
    [DataRow(nameof(ReplicationFault.KeepIncarnation))]
    [DataRow(nameof(ReplicationFault.IgnoreGap))]
    [DataRow(nameof(ReplicationFault.AttributeToRecord))]
    [DataRow(nameof(ReplicationFault.AdoptClears))]
    public void Replication_PlantedFault_IsFound(string fault) =>
        AssertFound(seed => SimulationOptions.From(seed) with { Faults = Enum.Parse<ReplicationFault>(fault) });

    [TestMethod]
    public void AntiEntropy_VectorAdoptedEarly_IsFound() =>
        AssertFound(seed => SimulationOptions.From(seed) with { ExchangeFault = ExchangeFault.AdoptEarly });

    /// <summary>What anti-entropy would repair before anybody looks.</summary>
    [TestMethod]
    [DataRow(nameof(ReplicationFault.ForgetClear))]
    [DataRow(nameof(ReplicationFault.ForgetMarkers))]
    [DataRow(nameof(ReplicationFault.ForgetResets))]
    [DataRow(nameof(ReplicationFault.ApplyTwice))]
    [DataRow(nameof(ReplicationFault.ShipMerged))]
    public void Streams_PlantedFault_IsFoundWhereNothingIsCompared(string fault) =>
        AssertFound(seed => SimulationOptions.StreamsAlone(seed) with { Faults = Enum.Parse<ReplicationFault>(fault) });

    [TestMethod]
    [DataRow(nameof(ReplicationFault.ForgetClear))]
    [DataRow(nameof(ReplicationFault.ForgetMarkers))]
    public void Removal_ThatOvertakesTheWrite_PlantedFaultIsFound(string fault) =>
        Assert.Throws<AssertFailedException>(() => OvertakingTests.Overtake(Enum.Parse<ReplicationFault>(fault)));

    [TestMethod]
    public void Removals_Withheld_AreFound() =>
        Assert.Throws<AssertFailedException>(() => OvertakingTests.OutliveWitnesses(ExchangeFault.WithholdRemovals));

    [TestMethod]
    public void Counter_OfANodeThatWasGivenUp_PlantedFaultIsFound() =>
        Assert.Throws<AssertFailedException>(
            () => EvictionTests.ResetWhileGivenUp(Delivery.Exchange, ReplicationFault.DropRetired));

    [TestMethod]
    public void Counter_OfANodeThatCameBack_PlantedFaultIsFound() =>
        Assert.Throws<AssertFailedException>(
            () => EvictionTests.ResetWhileGivenUp(Delivery.Exchange, exchangeFault: ExchangeFault.KeepStability));

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
