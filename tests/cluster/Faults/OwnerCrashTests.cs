using System.Globalization;
using Marekvs.Testing.Processes;

namespace Marekvs.Cluster.Tests.Faults;

/// <summary>
/// Owners of partitions that end in the middle of their work. A node that comes back is ready within the time that
/// <see cref="NodeProcess.RestartAsync"/> gives it, and a member again within that of the cluster.
/// </summary>
[TestClass]
public sealed class OwnerCrashTests
{
    /// <summary>The others have not noticed, or have just begun to take over what it owned.</summary>
    [TestMethod]
    [Timeout(240_000)]
    [DataRow(1)]
    [DataRow(6)]
    public Task Kill9_BackSoon_LosesNothing(int secondsGone) => FaultRun.OfOwnersAsync(async cluster =>
        await KillAsync(cluster, cluster.Nodes[1], TimeSpan.FromSeconds(secondsGone)));

    /// <summary>The others have taken over what it owned.</summary>
    [TestMethod]
    [Timeout(240_000)]
    public Task Kill9_BackLate_LosesNothing() => FaultRun.OfOwnersAsync(async cluster =>
    {
        NodeProcess node = cluster.Nodes[3];
        node.Kill();
        await cluster.WaitForMembersAsync(FaultRun.Owners - 1);
        await cluster.WaitAsync("three copies of everything without it", one =>
            ProcessCluster.Ask(one, "INFO", "replication").Contains("underreplicated_partitions:0", StringComparison.Ordinal));
        await RestartAsync(cluster, node);
    });

    /// <summary>One after the other, the next one as soon as the last is back.</summary>
    [TestMethod]
    [Timeout(240_000)]
    public Task Kill9_OfOneAfterAnother_LosesNothing() => FaultRun.OfOwnersAsync(async cluster =>
    {
        foreach (NodeProcess node in cluster.Nodes.Take(3))
        {
            await KillAsync(cluster, node, TimeSpan.FromSeconds(2));
        }
    });

    private static async Task KillAsync(ProcessCluster cluster, NodeProcess node, TimeSpan gone)
    {
        node.Kill();
        await FaultRun.PassAsync(gone);
        await RestartAsync(cluster, node);
    }

    private static async Task RestartAsync(ProcessCluster cluster, NodeProcess node)
    {
        long begun = TimeProvider.System.GetTimestamp();
        await node.RestartAsync();
        await cluster.WaitForMembersAsync(FaultRun.Owners);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"a member again {TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds:F0} ms after its start"));
        await FaultRun.PassAsync(TimeSpan.FromSeconds(2));
    }
}
