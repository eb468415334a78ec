using System.Net;
using Marekvs.Host.Startup;
using Marekvs.Host.Tests.Plugins;
using Marekvs.Testing;

namespace Marekvs.Host.Tests.Startup;

[TestClass]
public sealed class NodeTests
{
    [TestMethod]
    public async Task Start_DirectoryInUse_SaysByWhom()
    {
        await using TestNode first = await TestNode.StartAsync(new PluginRoot(), []);
        await using TestNode second = TestNode.Draw(
            new PluginRoot(), [], ("MAREKVS_DATA_DIR", first.DataDirectory));

        StartException refused = await Assert.ThrowsExactlyAsync<StartException>(second.StartAsync);

        Assert.Contains($"in use by process {Environment.ProcessId}", refused.Message);
    }

    [TestMethod]
    public async Task Start_AddressInUse_SaysWhichAndLetsTheDirectoryGo()
    {
        await using TestNode first = await TestNode.StartAsync(new PluginRoot(), []);
        using RedisConnection client = first.Connect();
        string port = client.Run("CONFIG GET port").Split("\r\n")[4];
        using var data = new TemporaryDirectory();
        await using TestNode second = TestNode.Draw(
            new PluginRoot(), [], ("MAREKVS_RESP_ADDR", $"127.0.0.1:{port}"), ("MAREKVS_DATA_DIR", data.Path));

        StartException refused = await Assert.ThrowsExactlyAsync<StartException>(second.StartAsync);

        Assert.Contains($"127.0.0.1:{port}", refused.Message);
        DataDirectory.Hold(data.Path).Dispose();
    }

    [TestMethod]
    public async Task Stop_IdleAndBlockedClients_EndsWithoutWaiting()
    {
        await using TestNode node = await TestNode.StartAsync(new PluginRoot("tally"), ["tally"]);
        using RedisConnection idle = node.Connect();
        using RedisConnection blocked = node.Connect();
        idle.Run("PING");
        blocked.Send("TALLY.BPOP k 0");

        await node.StopAsync();

        Assert.ThrowsExactly<EndOfStreamException>(() => idle.Run("PING"));
    }

    [TestMethod]
    public async Task Shutdown_Command_AsksToStopAndClosesTheConnection()
    {
        await using TestNode node = await TestNode.StartAsync(new PluginRoot(), []);
        using RedisConnection client = node.Connect();
        Assert.AreEqual("-ERR No shutdown in progress.\r\n", client.Run("SHUTDOWN ABORT"));
        Assert.AreEqual("-ERR syntax error\r\n", client.Run("SHUTDOWN SAVE NOSAVE"));

        client.Send("SHUTDOWN NOSAVE");

        await node.Lifetime.WhenStopRequested.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.ThrowsExactly<EndOfStreamException>(client.ReadReply);
    }

    [TestMethod]
    public async Task Http_KnownAndUnknownPaths_AnswerAsOperatorsExpect()
    {
        await using TestNode node = await TestNode.StartAsync(new PluginRoot(), []);

        Assert.AreEqual("alive\n", await node.Http.GetStringAsync("/alive"));
        Assert.AreEqual("ready\n", await node.Http.GetStringAsync("/ready"));
        Assert.AreEqual(HttpStatusCode.NotFound, (await node.Http.GetAsync("/")).StatusCode);
        Assert.AreEqual(HttpStatusCode.MethodNotAllowed, (await node.Http.DeleteAsync("/ready")).StatusCode);
        Assert.AreEqual(HttpStatusCode.MethodNotAllowed, (await node.Http.PostAsync("/metrics", null)).StatusCode);
    }

    [TestMethod]
    public async Task Metrics_AfterCommands_ShowsThem()
    {
        await using TestNode node = await TestNode.StartAsync(new PluginRoot("tally"), ["tally"]);
        using RedisConnection client = node.Connect();
        client.Run("TALLY.ADD k m 1");
        client.Run("TALLY.ADD k m x");
        client.Run("TALLY.ADD k");

        string metrics = await node.Http.GetStringAsync("/metrics");

        Assert.Contains("marekvs_commands_total{command=\"tally.add\"} 2\n", metrics);
        Assert.Contains("marekvs_commands_failed_total{command=\"tally.add\"} 1\n", metrics);
        Assert.Contains("marekvs_commands_rejected_total{command=\"tally.add\"} 1\n", metrics);
        Assert.Contains("marekvs_error_replies_total{code=\"ERR\"} 2\n", metrics);
        Assert.Contains("marekvs_keys 1\n", metrics);
        Assert.Contains("marekvs_clients 1\n", metrics);
        Assert.Contains("process_cpu_seconds_total", metrics);
    }

    [TestMethod]
    public async Task Metrics_AfterResetOfFigures_GoOnRising()
    {
        await using TestNode node = await TestNode.StartAsync(new PluginRoot(), []);
        using RedisConnection client = node.Connect();
        client.Run("PING");
        client.Run("PING");
        await node.Http.GetStringAsync("/metrics");
        client.Run("CONFIG RESETSTAT");
        client.Run("PING");

        Assert.Contains(
            "marekvs_commands_total{command=\"ping\"} 3\n", await node.Http.GetStringAsync("/metrics"));
    }

    [TestMethod]
    public async Task Drain_Posted_RefusesNewConnectionsAndKeepsOld()
    {
        await using TestNode node = await TestNode.StartAsync(new PluginRoot(), []);
        using RedisConnection old = node.Connect();
        old.Run("PING");
        Assert.Contains("\"checkpoint\":\"none\"", await node.Http.GetStringAsync("/drain"));

        HttpResponseMessage begun = await node.Http.PostAsync("/drain", null);

        Assert.AreEqual(HttpStatusCode.Accepted, begun.StatusCode);
        Assert.AreEqual(HttpStatusCode.ServiceUnavailable, (await node.Http.GetAsync("/ready")).StatusCode);
        Assert.AreEqual("alive\n", await node.Http.GetStringAsync("/alive"));
        Assert.AreEqual("+PONG\r\n", old.Run("PING"));
        using RedisConnection refused = node.Connect();
        Assert.StartsWith("-ERR this node is being drained", refused.ReadReply());
        Assert.Contains("\"handover\":\"done\"", await node.Http.GetStringAsync("/drain"));
    }
}
