namespace Marekvs.Cluster.Tests.Faults;

/// <summary>Links that carry nothing: both sides go on, and agree when the links are back.</summary>
[TestClass]
public sealed class CutTests
{
    [TestMethod]
    [Timeout(180_000)]
    public Task Cut_OfOneNode_BothSidesGoOnAndConverge() => FaultRun.InNetworkAsync(async network =>
    {
        network.Isolate(3);
        await FaultRun.PassAsync(FaultRun.UntilDown);
    });

    [TestMethod]
    [Timeout(180_000)]
    public Task Cut_OneWay_Converges() => FaultRun.InNetworkAsync(async network =>
    {
        network.CutOneWay(1, 3);
        await FaultRun.PassAsync(FaultRun.UntilDown);
    });

    /// <summary>The second node is a bridge between two that do not reach each other.</summary>
    [TestMethod]
    [Timeout(180_000)]
    public Task Cut_BetweenTwoOfThree_Converges() => FaultRun.InNetworkAsync(async network =>
    {
        network.Cut(1, 3);
        await FaultRun.PassAsync(FaultRun.UntilDown);
    });
}
