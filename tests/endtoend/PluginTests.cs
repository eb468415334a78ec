using System.Globalization;
using Marekvs.EndToEnd.Wire;
using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.EndToEnd;

/// <summary>A third party's command family in a real process: its collections are as durable as our own types.
/// </summary>
[TestClass]
public sealed class PluginTests
{
    private const int Tallies = 20;
    private const int Things = 500;

    [TestMethod]
    [DataRow("rocksdb")]
    [DataRow("litedb")]
    [Timeout(60_000)]
    public async Task Collections_OfAPlugin_SurviveKill9AndCleanRestart(string storage)
    {
        using var plugins = new TemporaryDirectory();
        using var data = new TemporaryDirectory();
        AddPlugins(plugins);
        using NodeProcess node = await NodeProcess.StartAsync(new NodeSettings
        {
            DataDirectory = data.Path,
            Storage = storage,
            Environment = new Dictionary<string, string>
            {
                ["MAREKVS_PLUGINS"] = plugins.Path,
                ["MAREKVS_MODULES"] = "tally",
                ["MAREKVS_CHECKPOINT_SECONDS"] = "1",
            },
        });

        Add(node, amount: 1);
        node.Kill();
        await node.RestartAsync();
        AssertCounts(node, expected: 1);

        Add(node, amount: 2);
        Assert.AreEqual(0, await node.StopAsync());
        await node.RestartAsync();
        AssertCounts(node, expected: 3);
    }

    private static void AddPlugins(TemporaryDirectory plugins)
    {
        Directory.CreateDirectory(plugins.Combine("modules"));
        Directory.CreateSymbolicLink(
            plugins.Combine("modules/tally"), Path.Combine(BuiltFiles.TestPlugins, "modules/tally"));
        foreach (string kind in new[] { "storage", "cluster" })
        {
            Directory.CreateSymbolicLink(plugins.Combine(kind), Path.Combine(BuiltFiles.HostPlugins, kind));
        }
    }

    private static void Add(NodeProcess node, int amount)
    {
        using RespClient client = node.Connect();
        string number = amount.ToString(CultureInfo.InvariantCulture);
        ForEachThing(client, (burst, tally, thing) => burst.Add("TALLY.ADD", tally, thing, number), _ => { });
    }

    private static void AssertCounts(NodeProcess node, long expected)
    {
        using RespClient client = node.Connect();
        ForEachThing(
            client,
            (burst, tally, thing) => burst.Add("TALLY.GET", tally, thing),
            reply => Assert.AreEqual(expected, reply.Integer));
        for (int tally = 0; tally < Tallies; tally++)
        {
            Assert.AreEqual(Things, client.Call("TALLY.LEN", Tally(tally)).Integer);
        }

        Assert.AreEqual(Tallies, client.Call("DBSIZE").Integer);
    }

    private static void ForEachThing(
        RespClient client, Action<CommandBuffer, string, string> send, Action<RespReply> check)
    {
        var burst = new CommandBuffer();
        for (int tally = 0; tally < Tallies; tally++)
        {
            burst.Clear();
            for (int thing = 0; thing < Things; thing++)
            {
                send(burst, Tally(tally), string.Create(CultureInfo.InvariantCulture, $"thing:{thing}"));
            }

            client.Send(burst.Written);
            for (int thing = 0; thing < Things; thing++)
            {
                RespReply reply = client.Read();
                Assert.IsFalse(reply.IsError, SampleData.Answer(reply));
                check(reply);
            }
        }
    }

    private static string Tally(int number) => string.Create(CultureInfo.InvariantCulture, $"tally:{number}");
}
