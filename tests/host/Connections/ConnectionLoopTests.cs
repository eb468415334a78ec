using System.Net;
using Marekvs.Host.Settings;
using Marekvs.Testing;

namespace Marekvs.Host.Tests.Connections;

[TestClass]
public sealed class ConnectionLoopTests
{
    [TestMethod]
    public async Task Serve_Pipeline_AnswersInOrder()
    {
        await using NodeRunner node = new();
        string commands = string.Concat(Enumerable.Range(0, 5000).Select(i => $"*2\r\n$4\r\nECHO\r\n$4\r\n{i:0000}\r\n"));
        string answers = string.Concat(Enumerable.Range(0, 5000).Select(i => $"$4\r\n{i:0000}\r\n"));
        MemoryConnection client = node.Connect();
        Task sent = client.SendAsync(commands);
        Assert.AreEqual(answers, await client.ReceiveAsync(answers.Length));
        await sent;
        Assert.AreEqual(5000, node.Statistics.CommandsProcessed);
    }

    [TestMethod]
    public async Task Serve_ByteByByte_AnswersTheSame()
    {
        await using NodeRunner node = new();
        MemoryConnection client = node.Connect();
        foreach (char c in "*2\r\n$4\r\nECHO\r\n$3\r\nabc\r\nPING\r\n")
        {
            await client.SendAsync(c.ToString());
        }

        Assert.AreEqual("$3\r\nabc\r\n+PONG\r\n", await client.ReceiveAsync(16));
    }

    [TestMethod]
    public async Task Serve_ProtocolError_AnswersAndCloses()
    {
        await using NodeRunner node = new();
        MemoryConnection client = node.Connect();
        await client.SendAsync("PING\r\n*1\r\n!bad\r\nPING\r\n");
        Assert.AreEqual("+PONG\r\n-ERR Protocol error: expected '$', got '!'\r\n", await client.ReceiveToEndAsync());
        await node.EndOf(client);
        Assert.AreEqual(1, node.Statistics.ProtocolErrors);
        Assert.AreEqual(0, node.Clients.Count);
    }

    [TestMethod]
    public async Task Serve_ClientHalfCloses_AnswersWhatCame()
    {
        await using NodeRunner node = new();
        Assert.AreEqual("+PONG\r\n", await node.ConverseAsync("PING\r\nPIN"));
    }

    [TestMethod]
    public async Task Serve_UnfinishedCommandBeyondQueryLimit_Closes()
    {
        await using NodeRunner node = new();
        node.Settings.QueryBufferLimit = 10_000;
        MemoryConnection client = node.Connect();
        await client.SendAsync("*2\r\n$4\r\nECHO\r\n$20000\r\n" + new string('x', 15_000));
        Assert.AreEqual("", await client.ReceiveToEndAsync());
        Assert.AreEqual(1, node.Statistics.QueryLimitDisconnections);
    }

    [TestMethod]
    public async Task Serve_ClientTakesNothing_StopsReadingUntilItDoes()
    {
        await using NodeRunner node = new();
        MemoryConnection client = node.Connect(new MemoryConnection(stalledBytesMax: 1000));
        string commands = string.Concat(Enumerable.Repeat("PROBE.COUNT\r\nPROBE.FILL 10000\r\n", 1000));
        await client.SendAsync(commands);
        int before = node.Probe.Runs;
        Assert.IsLessThan(20, before, "the node works no further than one burst ahead");
        MemoryConnection other = node.Connect();
        Assert.AreEqual("+PONG\r\n", await other.AskAsync("PING", "+PONG\r\n"));
        client.FinishSending();
        string answer = await client.ReceiveToEndAsync();
        Assert.AreEqual(1000, node.Probe.Runs);
        Assert.IsGreaterThan(10_000_000, answer.Length);
    }

    [TestMethod]
    public async Task Accept_TooManyClients_AreTurnedAway()
    {
        await using NodeRunner node = new();
        node.Settings.MaxClients = 1;
        MemoryConnection first = node.Connect();
        MemoryConnection second = node.Connect();
        Assert.AreEqual("-ERR max number of clients reached\r\n", await second.ReceiveToEndAsync());
        Assert.AreEqual("+PONG\r\n", await first.AskAsync("PING", "+PONG\r\n"));
        first.Leave();
        await node.EndOf(first);
        MemoryConnection third = node.Connect();
        Assert.AreEqual("+PONG\r\n", await third.AskAsync("PING", "+PONG\r\n"));
        Assert.AreEqual(1, node.Statistics.ConnectionsRejected);
    }

    [TestMethod]
    [DataRow("10.0.0.1", "", true, true)]
    [DataRow("127.0.0.1", "", true, false)]
    [DataRow("::1", "", true, false)]
    [DataRow("::ffff:127.0.0.1", "", true, false)]
    [DataRow("10.0.0.1", "secret", true, false)]
    [DataRow("10.0.0.1", "", false, false)]
    public async Task Accept_FromOtherMachine_IsProtectedWithoutPassword(
        string address, string password, bool isProtected, bool isRefused)
    {
        await using NodeRunner node = new();
        node.Settings.ProtectedMode = isProtected;
        node.Settings.RequirePass = password;
        MemoryConnection client = node.Connect(
            new MemoryConnection { RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), 5000) });
        await client.SendAsync("QUIT\r\n");
        string answer = await client.ReceiveToEndAsync();
        Assert.AreEqual(isRefused, answer.StartsWith("-DENIED ", StringComparison.Ordinal), answer);
    }

    [TestMethod]
    public async Task Sweep_IdleClient_IsClosedAfterTimeout()
    {
        await using NodeRunner node = new();
        node.Settings.TimeoutSeconds = 10;
        MemoryConnection idle = node.Connect();
        MemoryConnection busy = node.Connect();
        MemoryConnection monitor = node.Connect();
        MemoryConnection blocked = node.Connect();
        await monitor.AskAsync("MONITOR", "+OK\r\n");
        await blocked.SendCommandAsync("PROBE.WAIT k 0");
        node.Time.Advance(TimeSpan.FromSeconds(8));
        await busy.AskAsync("PING", "+PONG\r\n");
        node.Time.Advance(TimeSpan.FromSeconds(4));
        Assert.AreEqual("", await idle.ReceiveToEndAsync());
        Assert.IsTrue(idle.IsAborted);
        Assert.AreEqual("+PONG\r\n", await busy.AskAsync("PING", "+PONG\r\n"));
        Assert.AreEqual(3, node.Clients.Count);
    }

    [TestMethod]
    public async Task Push_BeyondHardLimit_ClosesTheSlowClient()
    {
        await using NodeRunner node = new();
        node.Settings.OutputLimits = OutputLimits.Default with { Normal = new OutputLimit(50_000, 0, 0) };
        MemoryConnection slow = node.Connect(new MemoryConnection(stalledBytesMax: 1000));
        await slow.AskAsync("MONITOR", "+OK\r\n");
        MemoryConnection client = node.Connect();
        string argument = new('x', 1000);
        for (int i = 0; i < 100; i++)
        {
            await client.AskAsync($"ECHO {argument}", $"$1000\r\n{argument}\r\n");
        }

        await node.EndOf(slow);
        Assert.IsTrue(slow.IsAborted);
        Assert.AreEqual(1, node.Statistics.OutputLimitDisconnections);
        Assert.AreEqual(1, node.Clients.Count);
        Assert.IsFalse(node.Clients.NeedsAttention);
    }

    [TestMethod]
    public async Task Push_BeyondSoftLimitForLong_ClosesTheSlowClient()
    {
        await using NodeRunner node = new();
        node.Settings.OutputLimits = OutputLimits.Default with { Normal = new OutputLimit(0, 5_000, 10) };
        MemoryConnection slow = node.Connect(new MemoryConnection(stalledBytesMax: 1000));
        await slow.SendCommandAsync("PROBE.FILL 20000");
        for (int second = 0; second < 11; second++)
        {
            Assert.AreEqual(0, node.Statistics.OutputLimitDisconnections);
            node.Time.Advance(TimeSpan.FromSeconds(1));
        }

        node.Time.Advance(TimeSpan.FromSeconds(1));
        await node.EndOf(slow);
        Assert.AreEqual(1, node.Statistics.OutputLimitDisconnections);
    }

    [TestMethod]
    public async Task Close_Requested_EndsIdleConnections()
    {
        await using NodeRunner node = new();
        MemoryConnection idle = node.Connect();
        MemoryConnection blocked = node.Connect();
        await blocked.SendCommandAsync("PROBE.WAIT k 0");
        idle.RequestClose();
        blocked.RequestClose();
        await node.EndOf(idle);
        await node.EndOf(blocked);
        Assert.AreEqual(0, node.Keyspace.Statistics.WaitingCalls);
    }

    [TestMethod]
    public async Task Sessions_AllGone_LeaveNothingBehind()
    {
        await using NodeRunner node = new();
        for (int i = 0; i < 100; i++)
        {
            await node.ConverseAsync("PING\r\nMONITOR\r\nPROBE.WAIT k 0\r\n");
        }

        Assert.AreEqual(0, node.Clients.Count);
        Assert.IsEmpty(node.Clients.Sessions);
        Assert.IsFalse(node.Clients.NeedsAttention);
        Assert.AreEqual(0, node.Keyspace.Statistics.WaitingCalls);
    }
}
