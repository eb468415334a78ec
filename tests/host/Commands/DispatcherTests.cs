using Marekvs.Abstractions.Commands;
using Marekvs.Host.Commands;
using Marekvs.Testing;

namespace Marekvs.Host.Tests.Commands;

[TestClass]
public sealed class DispatcherTests
{
    [TestMethod]
    [DataRow("foo", "ERR unknown command 'foo', with args beginning with: ")]
    [DataRow("foo a b c", "ERR unknown command 'foo', with args beginning with: 'a' 'b' 'c' ")]
    [DataRow("\"\" a", "ERR unknown command '', with args beginning with: 'a' ")]
    [DataRow("\"a\\r\\nb\" \"c\\nd\"", "ERR unknown command 'a  b', with args beginning with: 'c d' ")]
    [DataRow("\"a\\x00b\" \"c\\x00d\"", "ERR unknown command 'a', with args beginning with: 'c' ")]
    [DataRow("client foo", "ERR unknown subcommand 'foo'. Try CLIENT HELP.")]
    [DataRow("probe foo x", "ERR unknown subcommand 'foo'. Try PROBE HELP.")]
    [DataRow("cLient", "ERR wrong number of arguments for 'client' command")]
    [DataRow("client getname x", "ERR wrong number of arguments for 'client|getname' command")]
    [DataRow("probe sub", "ERR wrong number of arguments for 'probe|sub' command")]
    [DataRow("eChO", "ERR wrong number of arguments for 'echo' command")]
    [DataRow("bag.put k", "ERR wrong number of arguments for 'bag.put' command")]
    public async Task Dispatch_NotACommand_AnswersAsRedis(string line, string error)
    {
        await using NodeRunner node = new();
        Assert.AreEqual(Testing.Resp.Error(error), await node.ConverseAsync(line + "\r\n"));
    }

    [TestMethod]
    public async Task Dispatch_UnknownWithLongArguments_ShowsTheBeginning()
    {
        await using NodeRunner node = new();
        string a125 = new('a', 125);
        string a128 = new('a', 128);
        Assert.AreEqual(
            Testing.Resp.Error($"ERR unknown command 'foo', with args beginning with: '{a128}' "),
            await node.ConverseAsync($"foo {a128}aaa b\r\n"));
        Assert.AreEqual(
            Testing.Resp.Error($"ERR unknown command 'foo', with args beginning with: '{a125}' "),
            await node.ConverseAsync($"foo {a125} b c\r\n"));
        Assert.AreEqual(
            Testing.Resp.Error($"ERR unknown command '{a128}', with args beginning with: 'b' "),
            await node.ConverseAsync($"{a128}aaa b\r\n"));
    }

    [TestMethod]
    public async Task Dispatch_AnyCaseAndSubcommand_Runs()
    {
        await using NodeRunner node = new();
        Assert.AreEqual("$1\r\nx\r\n$1\r\ny\r\n+PONG\r\n", await node.ConverseAsync("eChO x\r\nPROBE sUb y\r\nping\r\n"));
    }

    [TestMethod]
    public async Task Dispatch_HandlerBreaksPromise_ClosesThatConnectionOnly()
    {
        await using NodeRunner node = new();
        MemoryConnection other = node.Connect();
        Assert.AreEqual("+PONG\r\n", await node.ConverseAsync("ping\r\nprobe.break\r\nping\r\n"));
        Assert.AreEqual("", await node.ConverseAsync("probe.throw\r\nping\r\n"));
        Assert.AreEqual("+PONG\r\n", await other.AskAsync("ping", "+PONG\r\n"));
        Assert.AreEqual(2, node.Statistics.HandlerFailures);
    }

    [TestMethod]
    public async Task Dispatch_StoreFails_AnswersErrorAndGoesOn()
    {
        await using NodeRunner node = new();
        string answer = await node.ConverseAsync("ping\r\nprobe.store\r\nping\r\n");
        Assert.AreEqual("+PONG\r\n-IOERR the storage provider failed, see the log\r\n+PONG\r\n", answer);
        Assert.AreEqual(1, node.Statistics.StorageFailures);
    }

    [TestMethod]
    public async Task Dispatch_Http_ClosesWithoutAnswer()
    {
        await using NodeRunner node = new();
        Assert.AreEqual("", await node.ConverseAsync("POST / HTTP/1.1\r\nping\r\n"));
        Assert.AreEqual("+PONG\r\n", await node.ConverseAsync("ping\r\nHost: localhost:6379\r\nping\r\n"));
    }

    [TestMethod]
    public async Task Dispatch_SomeCommands_AreCountedByRow()
    {
        await using NodeRunner node = new();
        await node.ConverseAsync("ping\r\nping\r\nping a b\r\necho\r\nfoo\r\nclient getname x\r\nclient id\r\n");
        Assert.AreEqual((3L, 0L, 1L), FiguresOf(node, "PING"));
        Assert.AreEqual((0L, 1L, 0L), FiguresOf(node, "ECHO"));
        CommandEntry client = node.Table.Find("client"u8)!;
        Assert.AreEqual(1, client.Subcommands.Single(entry => entry.Spec.Name == "CLIENT|ID").Figures.Calls);
        Assert.AreEqual(1, client.Subcommands.Single(entry => entry.Spec.Name == "CLIENT|GETNAME").Figures.Rejected);
        Assert.AreEqual(4, node.Statistics.Errors.Total);
        CollectionAssert.AreEqual(
            new[] { KeyValuePair.Create("ERR", 4L) }, node.Statistics.Errors.Snapshot().ToArray());
        Assert.AreEqual(4, node.Statistics.CommandsProcessed);
    }

    [TestMethod]
    public async Task Dispatch_ResidentKeys_AllocatesNothing()
    {
        await using NodeRunner node = new();
        MemoryConnection connection = new();
        Host.Connections.Session session = node.Clients.TryAdd(connection)!;
        Dispatch(node, session, "BAG.PUT", "k", "name", "value");
        Repeat(node, session, 10_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Repeat(node, session, 10_000);
        Assert.IsLessThan(1000, GC.GetAllocatedBytesForCurrentThread() - before);
        node.Clients.Remove(session);
    }

    private static void Repeat(NodeRunner node, Host.Connections.Session session, int count)
    {
        ReadOnlySpan<byte> bytes = "probe.sizekPING"u8;
        ReadOnlySpan<ArgumentRange> get = [new(0, 10), new(10, 1)];
        ReadOnlySpan<ArgumentRange> ping = [new(11, 4)];
        for (int i = 0; i < count; i++)
        {
            node.Dispatcher.Dispatch(session, new CommandArgs(bytes, get));
            node.Dispatcher.Dispatch(session, new CommandArgs(bytes, ping));
            session.Writer.Clear();
        }
    }

    private static void Dispatch(NodeRunner node, Host.Connections.Session session, params string[] args)
    {
        byte[] bytes = System.Text.Encoding.Latin1.GetBytes(string.Concat(args));
        List<ArgumentRange> ranges = [];
        int offset = 0;
        foreach (string arg in args)
        {
            ranges.Add(new ArgumentRange(offset, arg.Length));
            offset += arg.Length;
        }

        Assert.AreEqual(Step.Next, node.Dispatcher.Dispatch(session, new CommandArgs(bytes, ranges.ToArray())));
        session.Writer.Clear();
    }

    private static (long Calls, long Rejected, long Failed) FiguresOf(NodeRunner node, string name)
    {
        CommandFigures figures = node.Table.Find(System.Text.Encoding.ASCII.GetBytes(name))!.Figures;
        return (figures.Calls, figures.Rejected, figures.Failed);
    }
}
