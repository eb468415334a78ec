using Marekvs.Host.Connections;
using Marekvs.Testing;

namespace Marekvs.Host.Tests.Connections;

[TestClass]
public sealed class BlockedClientTests
{
    [TestMethod]
    public async Task Wait_KeyChanges_AnswersAndGoesOn()
    {
        await using NodeRunner node = new();
        MemoryConnection blocked = node.Connect();
        MemoryConnection other = node.Connect();
        await blocked.SendAsync("PING\r\nPROBE.WAIT k 0\r\nECHO a\r\nECHO b\r\n");
        Assert.AreEqual("+PONG\r\n", await blocked.ReceiveAsync(7));
        Assert.AreEqual(SessionWait.Keys, node.Clients.Sessions[0].Wait);
        Assert.AreEqual(1, node.Clients.BlockedCount);
        await blocked.SendAsync("ECHO c\r\n");
        await other.AskAsync("BAG.PUT k n v", ":1\r\n");
        Assert.AreEqual(":1\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n", await blocked.ReceiveAsync(25));
        Assert.AreEqual(SessionWait.None, node.Clients.Sessions[0].Wait);
    }

    [TestMethod]
    public async Task Wait_ManyTimesOver_AlwaysAnswers()
    {
        await using NodeRunner node = new();
        MemoryConnection blocked = node.Connect();
        MemoryConnection other = node.Connect();
        for (int i = 0; i < 200; i++)
        {
            await blocked.SendCommandAsync($"PROBE.WAIT k{i} 0");
            await other.AskAsync($"BAG.PUT k{i} n v", ":1\r\n");
            Assert.AreEqual(":1\r\n", await blocked.ReceiveAsync(4));
        }
    }

    [TestMethod]
    public async Task Wait_AnotherSendsPutAndTakeAtOnce_FirstComeIsFirstServed()
    {
        await using NodeRunner node = new();
        MemoryConnection first = node.Connect();
        MemoryConnection second = node.Connect();
        MemoryConnection other = node.Connect();
        await first.SendCommandAsync("BAG.TAKE k 0");
        await second.SendCommandAsync("BAG.TAKE k 0");
        await other.SendAsync("BAG.PUT k a v\r\nBAG.TAKE k 0\r\n");
        Assert.AreEqual("$1\r\na\r\n", await first.ReceiveAsync(7));
        Assert.AreEqual(":1\r\n", await other.ReceiveAsync(4));
        await first.AskAsync("BAG.PUT k b v", ":1\r\n");
        Assert.AreEqual("$1\r\nb\r\n", await second.ReceiveAsync(7));
        await first.AskAsync("BAG.PUT k c v", ":1\r\n");
        Assert.AreEqual("$1\r\nc\r\n", await other.ReceiveAsync(7));
        Assert.AreEqual(0, node.Keyspace.Statistics.WaitingCalls);
    }

    [TestMethod]
    public async Task Wait_TimeIsUp_AnswersTimeout()
    {
        await using NodeRunner node = new();
        MemoryConnection blocked = node.Connect();
        await blocked.SendAsync("PROBE.WAIT k 1500\r\nPING\r\n");
        node.Time.Advance(TimeSpan.FromMilliseconds(1499));
        Assert.AreEqual(1, node.Keyspace.Statistics.WaitingCalls);
        node.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.AreEqual("*-1\r\n+PONG\r\n", await blocked.ReceiveAsync(12));
    }

    [TestMethod]
    public async Task Wait_ClientLeaves_IsForgotten()
    {
        await using NodeRunner node = new();
        MemoryConnection blocked = node.Connect();
        await blocked.SendAsync("PROBE.WAIT k 0\r\nPING\r\n");
        Assert.AreEqual(1, node.Keyspace.Statistics.WaitingCalls);
        blocked.Leave();
        await node.EndOf(blocked);
        Assert.AreEqual(0, node.Keyspace.Statistics.WaitingCalls);
        Assert.AreEqual(0, node.Clients.Count);
    }

    [TestMethod]
    public async Task Wait_ClientKilled_IsForgotten()
    {
        await using NodeRunner node = new();
        MemoryConnection blocked = node.Connect();
        await blocked.SendAsync("PROBE.WAIT k 0\r\nPING\r\n");
        MemoryConnection other = node.Connect();
        Assert.AreEqual(":1\r\n", await other.AskAsync("CLIENT KILL ID 1", ":1\r\n"));
        await node.EndOf(blocked);
        Assert.AreEqual(0, node.Keyspace.Statistics.WaitingCalls);
    }

    [TestMethod]
    public async Task Wait_TooMuchPipelinedBehind_Closes()
    {
        await using NodeRunner node = new();
        node.Settings.QueryBufferLimit = 10_000;
        MemoryConnection blocked = node.Connect();
        await blocked.SendAsync("PROBE.WAIT k 0\r\n");
        await blocked.SendAsync(string.Concat(Enumerable.Repeat("PING\r\n", 2000)));
        await node.EndOf(blocked);
        Assert.AreEqual(1, node.Statistics.QueryLimitDisconnections);
    }

    [TestMethod]
    [DataRow("", "*-1\r\n")]
    [DataRow(" TIMEOUT", "*-1\r\n")]
    [DataRow(" ERROR", "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n")]
    public async Task Unblock_Waiting_EndsTheWait(string reason, string expected)
    {
        await using NodeRunner node = new();
        MemoryConnection blocked = node.Connect();
        MemoryConnection other = node.Connect();
        await blocked.SendAsync("PROBE.WAIT k 0\r\nPING\r\n");
        Assert.AreEqual(":1\r\n", await other.AskAsync($"CLIENT UNBLOCK 1{reason}", ":1\r\n"));
        Assert.AreEqual(expected + "+PONG\r\n", await blocked.ReceiveAsync(expected.Length + 7));
        Assert.AreEqual(":0\r\n", await other.AskAsync($"CLIENT UNBLOCK 1{reason}", ":0\r\n"));
        Assert.AreEqual(":0\r\n", await other.AskAsync("CLIENT UNBLOCK 999", ":0\r\n"));
        Assert.AreEqual(0, node.Keyspace.Statistics.WaitingCalls);
    }

    [TestMethod]
    public async Task Wait_PushArrives_IsSentMeanwhile()
    {
        await using NodeRunner node = new();
        MemoryConnection blocked = node.Connect();
        await blocked.SendAsync("PROBE.WAIT k 0\r\n");
        node.Clients.Sessions[0].Push(">1\r\n+hello\r\n"u8);
        Assert.AreEqual(">1\r\n+hello\r\n", await blocked.ReceiveAsync(12));
        Assert.AreEqual(1, node.Keyspace.Statistics.WaitingCalls);
    }
}
