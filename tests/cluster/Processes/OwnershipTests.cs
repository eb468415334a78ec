using System.Globalization;
using System.Text;
using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Records;
using Marekvs.Cluster.Gossip.Placement;
using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.Cluster.Tests.Processes;

/// <summary>Five real nodes with three copies of every partition.</summary>
[TestClass]
[DoNotParallelize]
public sealed class OwnershipTests
{
    private const int Nodes = 5;
    private const int Copies = 3;
    private const int Keys = 400;

    [TestMethod]
    [Timeout(240_000)]
    public async Task Keys_AreOnTheirOwnersAndNowhereElse_AlsoWhenANodeDiesAndComesBack()
    {
        using ProcessCluster cluster = await ProcessCluster.StartAsync(Nodes, settings: new Dictionary<string, string>
        {
            ["MAREKVS_PARTIAL"] = "true",
            ["MAREKVS_DROP_SECONDS"] = "1",
        });
        await WaitForOwnersAsync(cluster);
        OwnerTable owners = Rendezvous.Place([.. Enumerable.Range(1, Nodes).Select(n => new PlacementNode((ushort)n, ""))], Copies);
        RespClient[] clients = [.. cluster.Nodes.Select(node => node.Connect())];
        for (int i = 0; i < Keys; i++)
        {
            clients[owners.Of(PartitionOf(i))[0] - 1].Call("SET", $"key{i}", $"value{i}");
        }

        await WaitForCopiesAsync(cluster);
        for (int i = 0; i < Keys; i++)
        {
            foreach (ushort owner in owners.Of(PartitionOf(i)))
            {
                Assert.AreEqual($"value{i}", clients[owner - 1].Call("GET", $"key{i}").Text);
            }
        }

        Array.ForEach(clients, client => client.Dispose());
        cluster.Nodes[2].Kill();
        await cluster.WaitForMembersAsync(Nodes - 1);
        await WaitForOwnersAsync(cluster);
        await WaitForCopiesAsync(cluster);
        await cluster.WaitAsync("every node knows of three copies", HasAllCopies);

        await cluster.Nodes[2].RestartAsync();
        await cluster.WaitForMembersAsync(Nodes);
        await WaitForOwnersAsync(cluster);
        await WaitForCopiesAsync(cluster);
    }

    private static ushort PartitionOf(int key) => KeyAddress.PartitionOf(Encoding.ASCII.GetBytes($"key{key}"));

    private static Task WaitForOwnersAsync(ProcessCluster cluster) => cluster.WaitAsync(
        "every node holds what it owns and keeps nothing else",
        node =>
        {
            string info = ProcessCluster.Ask(node, "INFO", "cluster");
            long owned = Figure(info, "cluster_partitions_owned");
            return owned is > 0 and < Limits.Partitions && Figure(info, "cluster_partitions_held") == owned &&
                Figure(info, "cluster_partitions_kept") == owned;
        });

    private static bool HasAllCopies(NodeProcess node)
    {
        string info = ProcessCluster.Ask(node, "INFO", "replication");
        return Figure(info, "effective_rf_min") == Copies && Figure(info, "underreplicated_partitions") == 0;
    }

    private static Task WaitForCopiesAsync(ProcessCluster cluster) => cluster.WaitAsync(
        "every key is there three times",
        _ => cluster.Nodes.Where(node => !node.HasExited).Sum(CountKeys) == Copies * Keys);

    private static long CountKeys(NodeProcess node)
    {
        using RespClient client = node.Connect();
        return client.Call("DBSIZE").Integer;
    }

    private static long Figure(string info, string name)
    {
        string line = info.Split("\r\n").First(line => line.StartsWith(name + ":", StringComparison.Ordinal));
        return long.Parse(line[(name.Length + 1)..], CultureInfo.InvariantCulture);
    }
}
