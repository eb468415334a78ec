using Marekvs.Testing;
using Replies = Marekvs.Testing.Resp;

namespace Marekvs.Host.Tests.Diagnostics;

/// <summary>SLOWLOG, on a node whose clock only PROBE.TAKE turns.</summary>
[TestClass]
public sealed class SlowLogTests
{
    [TestMethod]
    public async Task Get_CallAsLongAsTheBound_IsThereWithEverythingKnownOfIt()
    {
        await using NodeRunner node = new();
        node.Clients.CallTimes.SlowMicroseconds = 100;
        string answer = await node.ConverseAsync(
            "CLIENT SETNAME worker\r\nPROBE.TAKE 99\r\nPROBE.TAKE 100\r\nSLOWLOG GET\r\n");
        string entry = Replies.Array(
            ":0\r\n", ":1735689600\r\n", ":100\r\n", Words("PROBE.TAKE", "100"),
            Replies.Bulk("127.0.0.1:40000"), Replies.Bulk("worker"));
        Assert.AreEqual("+OK\r\n+OK\r\n+OK\r\n" + Replies.Array(entry), answer);
    }

    [TestMethod]
    public async Task Get_Counts_LimitWhatIsShown()
    {
        await using NodeRunner node = new();
        node.Clients.CallTimes.SlowMicroseconds = 1;
        for (int i = 0; i < 12; i++)
        {
            await node.ConverseAsync("PROBE.TAKE 1\r\n");
        }

        Assert.StartsWith("*10\r\n*6\r\n:11\r\n", await node.ConverseAsync("SLOWLOG GET\r\n"));
        Assert.StartsWith("*12\r\n", await node.ConverseAsync("SLOWLOG GET -1\r\n"));
        Assert.StartsWith("*3\r\n", await node.ConverseAsync("SLOWLOG GET 3\r\n"));
        Assert.AreEqual("*0\r\n", await node.ConverseAsync("SLOWLOG GET 0\r\n"));
        Assert.AreEqual(":12\r\n+OK\r\n:0\r\n", await node.ConverseAsync("SLOWLOG LEN\r\nSLOWLOG RESET\r\nSLOWLOG LEN\r\n"));
    }

    [TestMethod]
    [DataRow("SLOWLOG GET -2", "-ERR count should be greater than or equal to -1")]
    [DataRow("SLOWLOG GET x", "-ERR count should be greater than or equal to -1")]
    [DataRow("SLOWLOG GET 1 2",
        "-ERR unknown subcommand or wrong number of arguments for 'GET'. Try SLOWLOG HELP.")]
    [DataRow("SLOWLOG", "-ERR wrong number of arguments for 'slowlog' command")]
    [DataRow("SLOWLOG NONE", "-ERR unknown subcommand 'NONE'. Try SLOWLOG HELP.")]
    public async Task Get_Wrong_AnswersAsRedis(string command, string expected)
    {
        await using NodeRunner node = new();
        Assert.AreEqual(expected + "\r\n", await node.ConverseAsync(command + "\r\n"));
    }

    [TestMethod]
    public async Task Get_ManyAndLongArguments_AreCut()
    {
        await using NodeRunner node = new();
        node.Clients.CallTimes.SlowMicroseconds = 0;
        string many = "CLIENT KILL " + string.Join(' ', Enumerable.Range(2, 31));
        string length = new('A', 129);
        await node.ConverseAsync($"{many}\r\nECHO {length}\r\n");
        string shown = await node.ConverseAsync("SLOWLOG GET\r\n");

        Assert.Contains(
            Words([.. "CLIENT KILL".Split(' '), .. Enumerable.Range(2, 29).Select(i => $"{i}"), "... (2 more arguments)"]),
            shown);
        Assert.Contains(Words("ECHO", new string('A', 128) + "... (1 more bytes)"), shown);
    }

    [TestMethod]
    public async Task Get_Secrets_AreNotShown()
    {
        await using NodeRunner node = new();
        node.Clients.CallTimes.SlowMicroseconds = 0;
        await node.ConverseAsync("AUTH default secret\r\nACL SETUSER alice >secret\r\nPING\r\n");
        string shown = await node.ConverseAsync("SLOWLOG GET\r\n");

        Assert.Contains(Words("AUTH", "(redacted)", "(redacted)"), shown);
        Assert.Contains(Words("ACL", "SETUSER", "(redacted)", "(redacted)"), shown);
        Assert.Contains(Words("PING"), shown);
        Assert.DoesNotContain("secret", shown);
    }

    [TestMethod]
    public async Task Exec_SlowCommand_IsThereAndExecIsNot()
    {
        await using NodeRunner node = new();
        node.Clients.CallTimes.SlowMicroseconds = 5;
        await node.ConverseAsync("MULTI\r\nPROBE.TAKE 7\r\nPROBE.TAKE 3\r\nEXEC\r\n");
        string shown = await node.ConverseAsync("SLOWLOG GET\r\n");

        Assert.StartsWith("*1\r\n*6\r\n:0\r\n:1735689600\r\n:7\r\n" + Words("PROBE.TAKE", "7"), shown);
    }

    [TestMethod]
    public async Task Settings_Off_NothingIsRemembered()
    {
        await using NodeRunner node = new();
        node.Clients.CallTimes.SlowMicroseconds = -1;
        await node.ConverseAsync("PROBE.TAKE 100000000\r\n");
        node.Clients.CallTimes.SlowMicroseconds = 0;
        node.Clients.CallTimes.Slow.LengthMax = 0;
        await node.ConverseAsync("PROBE.TAKE 100000000\r\n");

        Assert.AreEqual(0, node.Clients.CallTimes.Slow.Count);
    }

    [TestMethod]
    public async Task LengthMax_IsLess_OldestGo()
    {
        await using NodeRunner node = new();
        node.Clients.CallTimes.SlowMicroseconds = 1;
        await node.ConverseAsync("PROBE.TAKE 1\r\nPROBE.TAKE 2\r\nPROBE.TAKE 3\r\n");
        node.Clients.CallTimes.Slow.LengthMax = 2;
        await node.ConverseAsync("PROBE.TAKE 4\r\n");

        CollectionAssert.AreEqual(
            new long[] { 4, 3 }, node.Clients.CallTimes.Slow.Newest(10).Select(entry => entry.Microseconds).ToArray());
    }

    [TestMethod]
    public async Task Blocked_TimeOfTheWait_IsNotItsTime()
    {
        await using NodeRunner node = new();
        node.Clients.CallTimes.SlowMicroseconds = 0;
        MemoryConnection blocked = node.Connect();
        await blocked.SendCommandAsync("PROBE.WAIT k 0");
        node.Time.Advance(TimeSpan.FromSeconds(1));
        await node.Connect().AskAsync("BAG.PUT k n v", ":1\r\n");
        await blocked.ReceiveAsync(4);

        Assert.IsTrue(node.Clients.CallTimes.Slow.Newest(10).All(entry => entry.Microseconds == 0));
        Assert.IsTrue(node.Clients.CallTimes.Slow.Newest(10)
            .Any(entry => entry.Arguments[0].AsSpan().SequenceEqual("PROBE.WAIT"u8)));
    }

    private static string Words(params string[] words) => Replies.Array([.. words.Select(Replies.Bulk)]);
}
