using Marekvs.Cluster.Tests.Histories;
using Marekvs.Testing.Processes;

namespace Marekvs.Cluster.Tests.Faults;

/// <summary>Real nodes, a client on each, harm, and the check that nothing came of it.</summary>
internal static class FaultRun
{
    public const int Nodes = 3;

    /// <summary>Nodes that share partitions of which there are three copies.</summary>
    public const int Owners = 5;

    /// <summary>Long enough for a node that is out of reach to be taken for down.</summary>
    public static readonly TimeSpan UntilDown = TimeSpan.FromSeconds(7);

    private static readonly TimeSpan CalmBefore = TimeSpan.FromSeconds(1);

    /// <summary>Harms the processes of nodes on loopback.</summary>
    /// <param name="harm">Does so, and mends it.</param>
    public static async Task OnLoopbackAsync(Func<ProcessCluster, Task> harm)
    {
        using ProcessCluster cluster = await ProcessCluster.StartAsync(Nodes, secret: "hush");
        await RunAsync(cluster, () => harm(cluster), () => { });
    }

    /// <summary>Harms the links between nodes in network namespaces.</summary>
    /// <param name="harm">Does so; all links are made whole afterwards.</param>
    public static async Task InNetworkAsync(Func<NodeNetwork, Task> harm)
    {
        using NodeNetwork network = MakeNetwork(Nodes);
        using ProcessCluster cluster = await ProcessCluster.StartAsync(Nodes, secret: "hush", network: network);
        await RunAsync(cluster, () => harm(network), network.Heal);
    }

    /// <summary>Harms the processes of five nodes in network namespaces, each of which keeps only what it owns.</summary>
    /// <param name="harm">Does so, and mends it.</param>
    public static async Task OfOwnersAsync(Func<ProcessCluster, Task> harm)
    {
        using NodeNetwork network = MakeNetwork(Owners);
        using ProcessCluster cluster = await ProcessCluster.StartAsync(
            Owners, secret: "hush", network: network, settings: new Dictionary<string, string>
            {
                ["MAREKVS_PARTIAL"] = "true",
                ["MAREKVS_DROP_SECONDS"] = "1",
            });
        await RunAsync(cluster, () => harm(cluster), () => { });
    }

    public static Task PassAsync(TimeSpan time) => Task.Delay(time, TimeProvider.System);

    private static async Task RunAsync(ProcessCluster cluster, Func<Task> harm, Action heal)
    {
        using var run = new RecordedRun();
        run.StartOnEach(cluster.Nodes);
        await PassAsync(CalmBefore);
        await harm();
        await run.StopAsync();
        long healed = TimeProvider.System.GetTimestamp();
        heal();
        await run.CheckAsync(cluster.Nodes, healed);
    }

    private static NodeNetwork MakeNetwork(int nodes)
    {
        if (Environment.GetEnvironmentVariable("MAREKVS_SKIP_NETNS") == "1")
        {
            Assert.Inconclusive("network namespaces are skipped, as MAREKVS_SKIP_NETNS asks");
        }

        try
        {
            return NodeNetwork.Create(nodes);
        }
        catch (InvalidOperationException e)
        {
            throw new AssertFailedException(
                "network namespaces cannot be made here; run as root, or set MAREKVS_SKIP_NETNS=1: " + e.Message);
        }
    }
}
