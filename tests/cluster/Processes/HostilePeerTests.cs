using System.Globalization;
using System.Text.RegularExpressions;
using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.Cluster.Tests.Processes;

/// <summary>What strangers do to the ports of the cluster is the business of neither clients nor other nodes.</summary>
[TestClass]
public sealed partial class HostilePeerTests
{
    private const int Connections = 3000;
    private const long MoreBytesMax = 150_000_000;
    private const int MoreLinesMax = 40;

    [TestMethod]
    [Timeout(180_000)]
    public async Task Flood_OfStrangers_ClientsAreServedAndNodesJoin()
    {
        using ProcessCluster cluster = await ProcessCluster.StartAsync(2, secret: "hush");
        NodeProcess node = cluster.Nodes[0];
        Match ports = OwnPorts().Match(ProcessCluster.Ask(node, "INFO", "replication"));
        long memory = node.WorkingSet;
        int lines = Lines(node);
        int served = 0;
        using (RespClient client = node.Connect())
        using (var flood = new Flood(Number(ports.Groups["mesh"]), Number(ports.Groups["gossip"])))
        {
            NodeProcess joined = await cluster.AddAsync();
            while (flood.Connections < Connections)
            {
                string value = string.Create(CultureInfo.InvariantCulture, $"{++served}");
                Assert.AreEqual("OK", client.Call("SET", "k", value).Text);
                Assert.AreEqual(value, client.Call("GET", "k").Text);
            }

            await cluster.WaitForMembersAsync(3);
            await cluster.WaitAsync("what was written meanwhile", n =>
                ProcessCluster.Ask(n, "GET", "k") == served.ToString(CultureInfo.InvariantCulture));
            Assert.IsFalse(joined.HasExited);
        }

        Assert.IsGreaterThan(0L, Figure(node, "mesh_displaced_total"), "connections that said nothing");
        Assert.IsGreaterThan(100L, Figure(node, "mesh_refused_total"), "rubbish on the mesh");
        Assert.IsGreaterThan(100L, Figure(node, "gossip_refused_foreign_total"), "rubbish among datagrams");
        Assert.IsLessThan(MoreBytesMax, node.WorkingSet - memory, "memory");
        Assert.IsLessThan(MoreLinesMax, Lines(node) - lines, "lines in the log");
        Assert.IsTrue(cluster.Nodes.All(n => ProcessCluster.Ask(n, "PING") == "PONG"));
    }

    private static int Lines(NodeProcess node) => node.Log.Split('\n').Length;

    private static int Number(Group group) => int.Parse(group.Value, CultureInfo.InvariantCulture);

    private static long Figure(NodeProcess node, string name) => long.Parse(
        Regex.Match(ProcessCluster.Ask(node, "INFO", "cluster"), $"cluster_{name}:(\\d+)").Groups[1].Value,
        CultureInfo.InvariantCulture);

    [GeneratedRegex("mesh_port=(?<mesh>\\d+),gossip_port=(?<gossip>\\d+)[^\r]*self=1")]
    private static partial Regex OwnPorts();
}
