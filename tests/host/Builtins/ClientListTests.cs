using Marekvs.Testing;

namespace Marekvs.Host.Tests.Builtins;

[TestClass]
public sealed class ClientListTests
{
    private const string Fields =
        "id addr laddr fd name age idle flags db sub psub ssub multi watch qbuf qbuf-free argv-mem multi-mem rbs rbp obl "
        + "oll omem tot-mem events cmd user redir resp lib-name lib-ver";

    [TestMethod]
    public async Task Info_Fields_AreThoseOfRedisInItsOrder()
    {
        await using NodeRunner node = new();
        string answer = await node.ConverseAsync("client setinfo lib-name redis-x\r\nclient setname me\r\nclient info\r\n");
        string line = answer.Split("\r\n")[3];
        Assert.EndsWith("\n", line);
        string[] pairs = line.TrimEnd('\n').Split(' ');
        Assert.AreEqual(Fields, string.Join(' ', pairs.Select(pair => pair[..pair.IndexOf('=', StringComparison.Ordinal)])));
        foreach (string pair in new[]
            { "id=1", "addr=127.0.0.1:40000", "laddr=127.0.0.1:6379", "name=me", "cmd=client|info", "lib-name=redis-x" })
        {
            CollectionAssert.Contains(pairs, pair);
        }
    }

    [TestMethod]
    public async Task List_SomeClients_ShowsWhatTheyDo()
    {
        await using NodeRunner node = new();
        MemoryConnection idle = node.Connect();
        MemoryConnection blocked = node.Connect();
        MemoryConnection monitor = node.Connect();
        await blocked.SendAsync("PROBE.WAIT k 0\r\n");
        await monitor.AskAsync("monitor", "+OK\r\n");
        node.Time.Advance(TimeSpan.FromSeconds(5));
        string[] lines = (await node.ConverseAsync("client no-evict on\r\nclient no-touch on\r\nclient list\r\n"))
            .Split('\n').Where(line => line.StartsWith("id=", StringComparison.Ordinal)).ToArray();
        Assert.HasCount(4, lines);
        StringAssert.Contains(lines[0], " age=5 idle=5 flags=N ");
        StringAssert.Contains(lines[0], " cmd=NULL ");
        StringAssert.Contains(lines[1], " flags=b ");
        StringAssert.Contains(lines[1], " cmd=probe.wait ");
        StringAssert.Contains(lines[2], " flags=O ");
        StringAssert.Contains(lines[3], " age=0 idle=0 flags=eT ");
        Assert.IsFalse(idle.IsAborted);
    }

    [TestMethod]
    public async Task List_Filters_Choose()
    {
        await using NodeRunner node = new();
        node.Connect();
        node.Connect();
        string answer = await node.ConverseAsync("client list id 2 9 1\r\n");
        StringAssert.Matches(answer, new("^\\$\\d+\r\nid=2 [^\n]*\nid=1 [^\n]*\n\r\n$"));
        StringAssert.Matches(
            await node.ConverseAsync("client list type normal\r\n"),
            new("^\\$\\d+\r\nid=1 [^\n]*\nid=2 [^\n]*\nid=4 [^\n]*\n\r\n$"));
    }

    [TestMethod]
    public async Task List_Resp3_IsVerbatimText()
    {
        await using NodeRunner node = new();
        string answer = await node.ConverseAsync("hello 3\r\nclient info\r\n");
        StringAssert.Matches(answer, new("=\\d+\r\ntxt:id=1 .* resp=3 lib-name= lib-ver=\n\r\n$"));
    }

    [TestMethod]
    public async Task Kill_Filters_CloseOnlyWhoTheyMatch()
    {
        await using NodeRunner node = new();
        MemoryConnection old = node.Connect();
        node.Time.Advance(TimeSpan.FromSeconds(100));
        MemoryConnection young = node.Connect();
        MemoryConnection admin = node.Connect();
        Assert.AreEqual(":0\r\n", await admin.AskAsync("client kill addr 9.9.9.9:1 maxage 50", ":0\r\n"));
        Assert.AreEqual(":1\r\n", await admin.AskAsync("client kill maxage 50 user default type normal", ":1\r\n"));
        Assert.AreEqual("", await old.ReceiveToEndAsync());
        Assert.IsTrue(old.IsAborted);
        Assert.AreEqual("+PONG\r\n", await young.AskAsync("ping", "+PONG\r\n"));
        Assert.AreEqual(":1\r\n", await admin.AskAsync("client kill laddr 127.0.0.1:6379", ":1\r\n"));
        await node.EndOf(young);
        Assert.AreEqual("+PONG\r\n", await admin.AskAsync("ping", "+PONG\r\n"));
    }
}
