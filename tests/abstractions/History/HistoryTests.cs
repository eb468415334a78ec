using System.Globalization;

namespace Marekvs.Abstractions.Tests.History;

[TestClass]
public sealed class HistoryTests
{
    private const int Steps = 220;

    /// <summary>The rarest mistakes show once in thousands of histories: set this variable to search longer.</summary>
    private static int Histories =>
        int.TryParse(
            Environment.GetEnvironmentVariable("MAREKVS_TEST_HISTORIES"),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out int count)
            ? count
            : 2000;

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void Replicas_RandomHistories_AgreeWithTheOracle() =>
        AssertClean(0, Histories, SimulationMix.Usual);

    [TestMethod]
    public void Replicas_LongSplits_AgreeWithTheOracle() =>
        AssertClean(1_000_000, Histories, SimulationMix.LongSplits);

    [TestMethod]
    [DataRow(PlantedBug.ForgetSlotsUnstably)]
    [DataRow(PlantedBug.ForgetEvictedSlots)]
    [DataRow(PlantedBug.ShipMergedRecord)]
    [DataRow(PlantedBug.JoinWithoutContext)]
    [DataRow(PlantedBug.ApplyClearVector)]
    [DataRow(PlantedBug.ClearNewestSeen)]
    [DataRow(PlantedBug.ApplyVectorOfOneKey)]
    [DataRow(PlantedBug.ReadVectorAfterRows)]
    [DataRow(PlantedBug.TrustPresence)]
    [DataRow(PlantedBug.ForgetMarkersEarly)]
    public void Replicas_PlantedBug_IsCaught(PlantedBug bug)
    {
        const int SeedsMax = 5000;
        for (int seed = 0; seed < SeedsMax; seed++)
        {
            SimulationMix mix = seed % 2 == 0 ? SimulationMix.Usual : SimulationMix.LongSplits;
            if (new Simulation(seed, bug, mix).Run(Steps) is { } failure)
            {
                TestContext.WriteLine($"{bug} caught by seed {seed}: {failure}");
                return;
            }
        }

        Assert.Fail($"{bug} went unnoticed in {SeedsMax} histories");
    }

    private static void AssertClean(int first, int count, SimulationMix mix)
    {
        for (int seed = first; seed < first + count; seed++)
        {
            string? failure = new Simulation(seed, PlantedBug.None, mix).Run(Steps);
            Assert.IsNull(failure, $"seed {seed}: {failure}");
        }
    }
}
