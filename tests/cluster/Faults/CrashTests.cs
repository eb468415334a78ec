using Marekvs.Testing.Processes;

namespace Marekvs.Cluster.Tests.Faults;

/// <summary>Processes that end or stand still in the middle of their work, and come back with their disk or without.
/// </summary>
[TestClass]
public sealed class CrashTests
{
    private const int Stop = 19;
    private const int Continue = 18;

    [TestMethod]
    [Timeout(180_000)]
    public Task Kill9_InMidWrite_Converges() => FaultRun.OnLoopbackAsync(async cluster =>
    {
        NodeProcess victim = cluster.Nodes[1];
        victim.Kill();
        await FaultRun.PassAsync(TimeSpan.FromSeconds(2));
        await victim.RestartAsync();
        await cluster.WaitForMembersAsync(FaultRun.Nodes);
        await FaultRun.PassAsync(TimeSpan.FromSeconds(2));
        victim.Kill();
        await victim.RestartAsync();
        await cluster.WaitForMembersAsync(FaultRun.Nodes);
    });

    [TestMethod]
    [Timeout(180_000)]
    public Task Standstill_Converges() => FaultRun.OnLoopbackAsync(async cluster =>
    {
        Signal.Send(cluster.Nodes[2].ProcessId, Stop);
        await FaultRun.PassAsync(FaultRun.UntilDown);
        Signal.Send(cluster.Nodes[2].ProcessId, Continue);
    });

    [TestMethod]
    [Timeout(180_000)]
    public Task CleanRestart_Converges() => FaultRun.OnLoopbackAsync(async cluster =>
    {
        NodeProcess node = cluster.Nodes[2];
        Assert.AreEqual(0, await node.StopAsync());
        await FaultRun.PassAsync(TimeSpan.FromSeconds(1));
        await node.RestartAsync();
        await cluster.WaitForMembersAsync(FaultRun.Nodes);
        await FaultRun.PassAsync(TimeSpan.FromSeconds(1));
    });

    /// <summary>What only the lost disk held is lost with it, so the node is stopped in order first.</summary>
    [TestMethod]
    [Timeout(180_000)]
    public Task DiskWipedAndReplaced_NodeGetsAllFromTheOthers() => FaultRun.OnLoopbackAsync(async cluster =>
    {
        NodeProcess node = cluster.Nodes[0];
        Assert.AreEqual(0, await node.StopAsync());
        cluster.Wipe(node);
        await FaultRun.PassAsync(TimeSpan.FromSeconds(1));
        await node.RestartAsync();
        await cluster.WaitForMembersAsync(FaultRun.Nodes);
        await FaultRun.PassAsync(TimeSpan.FromSeconds(1));
    });
}
