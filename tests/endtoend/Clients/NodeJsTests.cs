using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.EndToEnd.Clients;

/// <summary>Clients of another world: those of Node.js.</summary>
[TestClass]
public sealed class NodeJsTests
{
    [TestMethod]
    [DataRow("ioredis.mjs")]
    [DataRow("node-redis.mjs")]
    [Timeout(150_000)]
    public async Task Script_OfAClientLibrary_Works(string script)
    {
        using NodeScripts scripts = await NodeScripts.InstallAsync();
        using var data = new TemporaryDirectory();
        using NodeProcess node = await NodeProcess.StartAsync(new NodeSettings { DataDirectory = data.Path });
        await scripts.AssertAsync(script, node.Resp.Address.ToString(), $"{node.Resp.Port}");
    }

    /// <summary>It sends each command to the node that has the slot, and goes on when one of three dies.</summary>
    [TestMethod]
    [Timeout(180_000)]
    public async Task Script_OfAClusterClient_GoesOnWhenANodeDies()
    {
        using NodeScripts scripts = await NodeScripts.InstallAsync();
        using ProcessCluster cluster = await ProcessCluster.StartAsync(3);
        await scripts.AssertAsync(
            "ioredis-cluster.mjs", [$"{cluster.Nodes[2].ProcessId}", .. cluster.Nodes.Select(node => $"{node.Resp}")]);
        Assert.IsTrue(cluster.Nodes[2].HasExited);
    }
}
