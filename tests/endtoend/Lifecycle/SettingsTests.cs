using Marekvs.EndToEnd.Wire;
using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.EndToEnd.Lifecycle;

/// <summary>The command line and the settings as an operator meets them.</summary>
[TestClass]
public sealed class SettingsTests
{
    private const int ExitCodeOfMistakes = 2;

    [TestMethod]
    [Timeout(30_000)]
    public async Task Mistakes_AreReportedAllAtOnce()
    {
        using var data = new TemporaryDirectory();

        NodeExit exit = await NodeProcess.RunToExitAsync(new NodeSettings
        {
            DataDirectory = data.Path,
            Storage = "rocksbd",
            Sync = "sometimes",
            MemoryMax = "lots",
            Environment = new Dictionary<string, string>
            {
                ["MAREKVS_SHARDS"] = "-3",
                ["MAREKVS_RESP_ADR"] = "127.0.0.1:0",
            },
        });

        Assert.AreEqual(ExitCodeOfMistakes, exit.ExitCode, exit.Output);
        string[] mentions =
        [
            "rocksbd", "rocksdb", "sometimes", "always", "lots",
            "MAREKVS_SHARDS", "MAREKVS_RESP_ADR", "MAREKVS_RESP_ADDR",
        ];
        foreach (string mention in mentions)
        {
            Assert.Contains(mention, exit.Output);
        }

        Assert.IsEmpty(Directory.GetFileSystemEntries(data.Path), "a start that is refused leaves the data alone");
    }

    [TestMethod]
    [Timeout(30_000)]
    public async Task ConfigFileMissing_IsAMistakeThatNamesIt()
    {
        using var data = new TemporaryDirectory();
        string config = data.Combine("nowhere.json");

        NodeExit exit = await NodeProcess.RunToExitAsync(
            new NodeSettings { DataDirectory = data.Path, Config = config });

        Assert.AreEqual(ExitCodeOfMistakes, exit.ExitCode, exit.Output);
        Assert.Contains(config, exit.Output);
    }

    [TestMethod]
    [Timeout(30_000)]
    public async Task ConfigFile_UnknownModule_IsAMistakeThatNamesTheKnownOnes()
    {
        using var data = new TemporaryDirectory();
        string config = data.Combine("modules.json");
        File.WriteAllText(config, """{ "modules": ["keys", "strngs"] }""");

        NodeExit exit = await NodeProcess.RunToExitAsync(
            new NodeSettings { DataDirectory = data.Path, Config = config });

        Assert.AreEqual(ExitCodeOfMistakes, exit.ExitCode, exit.Output);
        Assert.Contains("strngs", exit.Output);
        Assert.Contains("strings", exit.Output);
    }

    [TestMethod]
    [DataRow("--help", "MAREKVS_DATA_DIR")]
    [DataRow("--version", "0.1.0")]
    [DataRow("--check-config", "")]
    [Timeout(30_000)]
    public async Task Question_IsAnsweredWithoutStarting(string argument, string mention)
    {
        using var data = new TemporaryDirectory();

        NodeExit exit = await NodeProcess.RunToExitAsync(
            new NodeSettings { DataDirectory = data.Path, Arguments = [argument] });

        Assert.AreEqual(0, exit.ExitCode, exit.Output);
        Assert.Contains(mention, exit.Output);
        Assert.IsEmpty(Directory.GetFileSystemEntries(data.Path));
    }

    [TestMethod]
    [Timeout(30_000)]
    public async Task CheckConfig_WithMistakes_ReportsThem()
    {
        NodeExit exit = await NodeProcess.RunToExitAsync(
            new NodeSettings { DataDirectory = null, Sync = "sometimes", Arguments = ["--check-config"] });

        Assert.AreEqual(ExitCodeOfMistakes, exit.ExitCode, exit.Output);
        Assert.Contains("sometimes", exit.Output);
    }

    [TestMethod]
    [Timeout(30_000)]
    public async Task AddressTaken_StopsTheStartNamingIt()
    {
        using var data = new TemporaryDirectory();
        using var otherData = new TemporaryDirectory();
        using NodeProcess node = await NodeProcess.StartAsync(new NodeSettings { DataDirectory = data.Path });
        string address = node.Resp.ToString();

        NodeExit exit = await NodeProcess.RunToExitAsync(
            new NodeSettings { DataDirectory = otherData.Path, RespAddress = address });

        Assert.AreNotEqual(0, exit.ExitCode);
        Assert.Contains(address, exit.Output);
        Assert.DoesNotContain("Unhandled exception", exit.Output);
    }

    [TestMethod]
    [Timeout(30_000)]
    public async Task Banner_NamesWhatWasLoaded()
    {
        using var data = new TemporaryDirectory();
        using NodeProcess node = await NodeProcess.StartAsync(new NodeSettings { DataDirectory = data.Path });

        foreach (string mention in new[] { "0.1.0", "keys", "strings", "rocksdb", "standalone", data.Path })
        {
            Assert.Contains(mention, node.Log);
        }
    }

    /// <summary>A module must not lean on another one being there.</summary>
    [TestMethod]
    [DataRow("keys", "DBSIZE")]
    [DataRow("strings", "GET missing")]
    [DataRow("sets", "SCARD missing")]
    [Timeout(30_000)]
    public async Task Module_Alone_Starts(string module, string command)
    {
        using var data = new TemporaryDirectory();
        string config = data.Combine("modules.json");
        File.WriteAllText(config, $$"""{ "modules": ["{{module}}"] }""");
        using NodeProcess node = await NodeProcess.StartAsync(
            new NodeSettings { DataDirectory = data.Combine("data"), Config = config });
        using RespClient client = node.Connect();

        Assert.AreEqual("+PONG", SampleData.Answer(client.Call("PING")));
        RespReply reply = client.Call(command.Split(' '));
        Assert.IsFalse(reply.IsError, reply.ToString());
        Assert.AreEqual(0, await node.StopAsync());
    }
}
