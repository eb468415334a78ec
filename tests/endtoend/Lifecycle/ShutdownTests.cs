using Marekvs.EndToEnd.Survival;
using Marekvs.EndToEnd.Wire;
using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.EndToEnd.Lifecycle;

/// <summary>SIGTERM ends a node in order: nothing acknowledged is lost, exit code 0.</summary>
[TestClass]
public sealed class ShutdownTests
{
    private const int Keys = 5_000;
    private const int ValueBytes = 200;

    [TestMethod]
    [DataRow("rocksdb")]
    [DataRow("litedb")]
    [Timeout(60_000)]
    public async Task Sigterm_WhenIdle_ExitsWithZeroAndKeepsEverything(string storage)
    {
        using var data = new TemporaryDirectory();
        using NodeProcess node = await NodeProcess.StartAsync(
            new NodeSettings { DataDirectory = data.Path, Storage = storage });
        using (RespClient client = node.Connect())
        {
            SampleData.Write(client, 0, Keys, ValueBytes);
        }

        for (int restart = 0; restart < 3; restart++)
        {
            Assert.AreEqual(0, await node.StopAsync(), node.Log);
            await node.RestartAsync();
        }

        using RespClient again = node.Connect();
        SampleData.AssertAllThere(again, 0, Keys, ValueBytes);
        Assert.AreEqual(Keys, again.Call("DBSIZE").Integer);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Sigterm_UnderLoad_LosesNothingAcknowledged()
    {
        using var data = new TemporaryDirectory();
        using NodeProcess node = await NodeProcess.StartAsync(new NodeSettings { DataDirectory = data.Path });
        for (int round = 0; round < 3; round++)
        {
            var history = new SurvivalHistory(connections: 4);
            using (RespClient client = node.Connect())
            {
                Assert.AreEqual("+OK", SampleData.Answer(client.Call("FLUSHALL")));
            }

            WriteLoad load = WriteLoad.Start(node.Resp, history, 900 + round, target: 5_000);
            await load.Reached.WaitAsync(TimeSpan.FromSeconds(20));

            Assert.AreEqual(0, await node.StopAsync(), node.Log);
            await load.Ended.WaitAsync(TimeSpan.FromSeconds(20));
            await node.RestartAsync();

            using RespClient again = node.Connect();
            Assert.IsEmpty(SurvivalCheck.Settle(again, history, everyKey: true));
        }
    }

    [TestMethod]
    [DataRow("SHUTDOWN")]
    [DataRow("SHUTDOWN NOSAVE")]
    [DataRow("SHUTDOWN SAVE")]
    [Timeout(60_000)]
    public async Task Shutdown_Command_ExitsWithZeroAndKeepsEverything(string command)
    {
        using var data = new TemporaryDirectory();
        using NodeProcess node = await NodeProcess.StartAsync(new NodeSettings { DataDirectory = data.Path });
        using (RespClient client = node.Connect())
        {
            SampleData.Write(client, 0, Keys, ValueBytes);
            client.Send(command.Split(' '));
            Assert.AreEqual("", client.ReadToEnd());
        }

        Assert.AreEqual(0, await node.WaitForExitAsync(TimeSpan.FromSeconds(20)), node.Log);
        await node.RestartAsync();
        using RespClient again = node.Connect();
        SampleData.AssertAllThere(again, 0, Keys, ValueBytes);
    }
}
