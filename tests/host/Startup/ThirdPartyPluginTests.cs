using Marekvs.Host.Tests.Plugins;
using Marekvs.Testing;

namespace Marekvs.Host.Tests.Startup;

/// <summary>A plugin the host knows nothing of brings commands, a record kind and a store; everything the host does for
/// its own works for it.</summary>
[TestClass]
public sealed class ThirdPartyPluginTests
{
    [TestMethod]
    public async Task Commands_OfAPlugin_Run()
    {
        await using TestNode node = await TestNode.StartAsync(new PluginRoot("tally"), ["tally"]);
        using RedisConnection client = node.Connect();

        Assert.AreEqual(":3\r\n", client.Run("TALLY.ADD birds wren 3"));
        Assert.AreEqual(":5\r\n", client.Run("tally.add birds wren 2"));
        Assert.AreEqual(":1\r\n", client.Run("TALLY.ADD birds owl 1"));
        Assert.AreEqual(":2\r\n", client.Run("TALLY.LEN birds"));
        Assert.AreEqual(":5\r\n", client.Run("TALLY.GET birds wren"));
        Assert.AreEqual("*2\r\n$3\r\nowl\r\n:1\r\n", client.Run("TALLY.POP birds"));
        Assert.AreEqual("*2\r\n$4\r\nwren\r\n:5\r\n", client.Run("TALLY.POP birds"));
        Assert.AreEqual("*-1\r\n", client.Run("TALLY.POP birds"));
        Assert.AreEqual(":0\r\n", client.Run("DBSIZE"));
        Assert.AreEqual("-ERR value is not an integer or out of range\r\n", client.Run("TALLY.ADD birds wren x"));
        Assert.AreEqual(
            "-ERR wrong number of arguments for 'tally.add' command\r\n", client.Run("TALLY.ADD birds wren"));
    }

    [TestMethod]
    public async Task BlockingCommand_OfAPlugin_WaitsForAnotherClient()
    {
        await using TestNode node = await TestNode.StartAsync(new PluginRoot("tally"), ["tally"]);
        using RedisConnection waiter = node.Connect();
        using RedisConnection writer = node.Connect();
        waiter.Send("TALLY.BPOP birds 0");
        await UntilBlockedAsync(writer);

        writer.Run("TALLY.ADD birds wren 4");

        Assert.AreEqual("*2\r\n$4\r\nwren\r\n:4\r\n", waiter.ReadReply());
        Assert.AreEqual(":0\r\n", writer.Run("TALLY.LEN birds"));
    }

    [TestMethod]
    public async Task BlockingCommand_TimeIsUp_AnswersNothing()
    {
        await using TestNode node = await TestNode.StartAsync(new PluginRoot("tally"), ["tally"]);
        using RedisConnection client = node.Connect();

        Assert.AreEqual("*-1\r\n", client.Run("TALLY.BPOP birds 1"));
    }

    [TestMethod]
    public async Task Rows_OfAPlugin_AreDescribedByCommand()
    {
        await using TestNode node = await TestNode.StartAsync(new PluginRoot("tally"), ["tally"]);
        using RedisConnection client = node.Connect();

        Assert.AreEqual("*1\r\n$3\r\nkey\r\n", client.Run("COMMAND GETKEYS tally.add key m 1"));
        Assert.Contains("$9\r\ntally.pop\r\n:2\r\n*2\r\n+write\r\n+fast\r\n:1\r\n:1\r\n:1\r\n",
            client.Run("COMMAND INFO TALLY.POP"));
        Assert.Contains("tally.bpop", client.Run("COMMAND LIST FILTERBY MODULE tally"));
        Assert.Contains("name\r\n$5\r\ntally\r\n", client.Run("MODULE LIST"));
    }

    [TestMethod]
    public async Task StorageProvider_OfAPlugin_HoldsTheData()
    {
        await using TestNode node = await TestNode.StartAsync(
            new PluginRoot("tally"), ["tally"], ("MAREKVS_STORAGE", "keepsake"), ("MAREKVS_STORAGE_ROWS_MAX", "1000"));
        using RedisConnection client = node.Connect();
        client.Run("TALLY.ADD birds wren 3");

        Assert.AreEqual("+OK\r\n", client.Run("SAVE"));
        Assert.Contains("storage_provider:keepsake\r\n", client.Run("INFO server"));
        Assert.Contains("marekvs_storage_operation_seconds_count{operation=\"commit\"}",
            await node.Http.GetStringAsync("/metrics"));
    }

    [TestMethod]
    public async Task Data_OfAPlugin_SurvivesARestart()
    {
        await using TestNode node = await TestNode.StartAsync(new PluginRoot("tally"), ["tally"]);
        using (RedisConnection client = node.Connect())
        {
            client.Run("TALLY.ADD birds wren 3");
        }

        await node.StopAsync();
        await using TestNode again = await TestNode.StartAsync(
            new PluginRoot("tally"), ["tally"], ("MAREKVS_DATA_DIR", node.DataDirectory));
        using RedisConnection reader = again.Connect();

        Assert.AreEqual(":3\r\n", reader.Run("TALLY.GET birds wren"));
    }

    [TestMethod]
    public async Task Mistakes_OfSeveralPlugins_AreReportedTogether()
    {
        await using TestNode node = TestNode.Draw(
            new PluginRoot("tally", "twin-command", "twin-record"), ["tally", "twin-command", "twin-record"],
            ("MAREKVS_STORAGE_SPEED", "9"), ("MAREKVS_SHARDS", "many"));

        string all = string.Join('\n', node.Mistakes);
        Assert.HasCount(5, node.Mistakes, all);
        Assert.Contains("modules 'tally' and 'twin-command' both claim the command TALLY.ADD", all);
        Assert.Contains("modules 'connection' and 'twin-command' both claim the command PING", all);
        Assert.Contains("module 'twin-record', key type 'twin'", all);
        Assert.Contains("MAREKVS_STORAGE_SPEED (storage provider memory): unknown setting \"SPEED\"", all);
        Assert.Contains("MAREKVS_SHARDS is \"many\"", all);
    }

    private static async Task UntilBlockedAsync(RedisConnection client)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!client.Run("INFO clients").Contains("blocked_clients:1", StringComparison.Ordinal))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, patience.Token);
        }
    }
}
