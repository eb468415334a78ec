using Marekvs.Testing;

namespace Marekvs.Host.Tests.Builtins;

[TestClass]
public sealed class MonitorTests
{
    private const string Start = "+1735689600.000000 [0 127.0.0.1:40000] ";

    [TestMethod]
    public async Task Monitor_OtherClients_SeesTheirCommandsQuoted()
    {
        await using NodeRunner node = new();
        MemoryConnection monitor = node.Connect();
        await monitor.AskAsync("monitor", "+OK\r\n");
        await node.ConverseAsync("echo \"a\\x01\\n\\r\\t\\a\\b\\\"\\\\ \\xff'\"\r\nfoo\r\necho\r\nbag.put k n v\r\n");
        Assert.AreEqual(
            Start + "\"echo\" \"a\\x01\\n\\r\\t\\a\\b\\\"\\\\ \\xff'\"\r\n" + Start + "\"bag.put\" \"k\" \"n\" \"v\"\r\n",
            await monitor.ReceiveUntilAsync("\"v\"\r\n"));
    }

    [TestMethod]
    public async Task Monitor_Secrets_AreNotShown()
    {
        await using NodeRunner node = new();
        node.Settings.RequirePass = "secret";
        MemoryConnection monitor = node.Connect();
        await monitor.AskAsync("auth secret", "+OK\r\n");
        await monitor.AskAsync("monitor", "+OK\r\n");
        await node.ConverseAsync("hello 3 auth default secret setname x\r\nauth secret\r\nclient list\r\nping\r\n");
        Assert.AreEqual(
            Start + "\"hello\" \"3\" \"auth\" \"(redacted)\" \"(redacted)\" \"setname\" \"x\"\r\n"
            + Start + "\"auth\" \"(redacted)\"\r\n" + Start + "\"ping\"\r\n",
            await monitor.ReceiveUntilAsync("\"ping\"\r\n"));
    }

    [TestMethod]
    public async Task Monitor_BegunAfterSecrets_ShowsWhatFollows()
    {
        await using NodeRunner node = new();
        MemoryConnection client = node.Connect();
        await client.AskAsync("auth default x", "+OK\r\n");
        MemoryConnection monitor = node.Connect();
        await monitor.AskAsync("monitor", "+OK\r\n");
        await client.AskAsync("echo a", "$1\r\na\r\n");
        Assert.AreEqual(Start + "\"echo\" \"a\"\r\n", await monitor.ReceiveUntilAsync("\"a\"\r\n"));
    }

    [TestMethod]
    public async Task Monitor_Itself_SeesItsCommandsAfterTheReply()
    {
        await using NodeRunner node = new();
        Assert.AreEqual(
            $"+OK\r\n+PONG\r\n{Start}\"ping\"\r\n:1\r\n{Start}\"client\" \"id\"\r\n",
            await node.ConverseAsync("monitor\r\nping\r\nmonitor\r\nclient id\r\n"));
    }

    [TestMethod]
    public async Task Reset_Monitor_EndsTheFeed()
    {
        await using NodeRunner node = new();
        MemoryConnection monitor = node.Connect();
        await monitor.AskAsync("monitor", "+OK\r\n");
        Assert.IsTrue(node.Clients.NeedsAttention);
        Assert.AreEqual("+RESET\r\n", await monitor.AskAsync("reset", "+RESET\r\n"));
        Assert.IsFalse(node.Clients.NeedsAttention);
        await node.ConverseAsync("ping\r\n");
        Assert.AreEqual("+PONG\r\n", await monitor.AskAsync("ping", "+PONG\r\n"));
    }
}
