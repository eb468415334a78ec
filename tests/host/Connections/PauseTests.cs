using Marekvs.Host.Connections;
using Marekvs.Testing;

namespace Marekvs.Host.Tests.Connections;

[TestClass]
public sealed class PauseTests
{
    [TestMethod]
    public async Task Pause_Write_HoldsWritesUntilUnpaused()
    {
        await using NodeRunner node = new();
        MemoryConnection admin = node.Connect();
        MemoryConnection client = node.Connect();
        Assert.AreEqual("+OK\r\n", await admin.AskAsync("CLIENT PAUSE 10000 WRITE", "+OK\r\n"));
        await client.SendAsync("PING\r\nBAG.PUT k n v\r\nECHO a\r\n");
        Assert.AreEqual("+PONG\r\n", await client.ReceiveAsync(7));
        Assert.AreEqual(SessionWait.Pause, node.Clients.Find(2)!.Wait);
        Assert.AreEqual("*0\r\n", await admin.AskAsync("BAG.NAMES k", "*0\r\n"));
        Assert.AreEqual("+OK\r\n", await admin.AskAsync("CLIENT UNPAUSE", "+OK\r\n"));
        Assert.AreEqual(":1\r\n$1\r\na\r\n", await client.ReceiveAsync(11));
        Assert.IsFalse(node.Clients.NeedsAttention);
    }

    [TestMethod]
    public async Task Pause_All_HoldsEverythingUntilTimeIsUp()
    {
        await using NodeRunner node = new();
        MemoryConnection admin = node.Connect();
        MemoryConnection client = node.Connect();
        await admin.SendAsync("CLIENT PAUSE 5000\r\nPING\r\n");
        Assert.AreEqual("+OK\r\n", await admin.ReceiveAsync(5));
        await client.SendAsync("PING\r\n");
        await client.SendAsync("CLIENT UNPAUSE\r\n");
        node.Time.Advance(TimeSpan.FromMilliseconds(4999));
        Assert.AreEqual(SessionWait.Pause, node.Clients.Find(1)!.Wait);
        Assert.AreEqual(SessionWait.Pause, node.Clients.Find(2)!.Wait);
        node.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.AreEqual("+PONG\r\n", await admin.ReceiveAsync(7));
        Assert.AreEqual("+PONG\r\n+OK\r\n", await client.ReceiveAsync(12));
    }

    [TestMethod]
    public async Task Pause_UnknownCommand_IsStillRefused()
    {
        await using NodeRunner node = new();
        node.Clients.BeginPause(TimeSpan.FromSeconds(5), PauseKind.All);
        MemoryConnection client = node.Connect();
        await client.SendAsync("foo\r\necho\r\n");
        Assert.AreEqual(
            "-ERR unknown command 'foo', with args beginning with: \r\n"
            + "-ERR wrong number of arguments for 'echo' command\r\n",
            await client.ReceiveUntilAsync("'echo' command\r\n"));
    }

    [TestMethod]
    public async Task Pause_HeldClientLeaves_IsForgotten()
    {
        await using NodeRunner node = new();
        node.Clients.BeginPause(TimeSpan.FromSeconds(5), PauseKind.All);
        MemoryConnection client = node.Connect();
        await client.SendAsync("PROBE.COUNT\r\n");
        client.Leave();
        await node.EndOf(client);
        node.Clients.Pause.End();
        Assert.AreEqual(0, node.Probe.Runs);
    }

    [TestMethod]
    public void Gate_Overlapping_KeepsTheStricterAndTheLater()
    {
        Microsoft.Extensions.Time.Testing.FakeTimeProvider time = new();
        int ended = 0;
        using PauseGate gate = new(time, () => ended++);
        gate.Pause(TimeSpan.FromSeconds(10), PauseKind.All);
        gate.Pause(TimeSpan.FromSeconds(1), PauseKind.Write);
        Assert.AreEqual(PauseKind.All, gate.Kind);
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.AreEqual(PauseKind.All, gate.Kind);
        gate.Pause(TimeSpan.FromSeconds(5), PauseKind.Write);
        time.Advance(TimeSpan.FromSeconds(4));
        Assert.AreEqual(PauseKind.All, gate.Kind);
        Assert.AreEqual(0, ended);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.AreEqual(PauseKind.None, gate.Kind);
        Assert.AreEqual(1, ended);
    }

    [TestMethod]
    public void Gate_VeryLongPause_LastsBeyondTimers()
    {
        Microsoft.Extensions.Time.Testing.FakeTimeProvider time = new();
        int ended = 0;
        using PauseGate gate = new(time, () => ended++);
        gate.Pause(TimeSpan.FromDays(80), PauseKind.Write);
        time.Advance(TimeSpan.FromDays(79));
        Assert.AreEqual(PauseKind.Write, gate.Kind);
        time.Advance(TimeSpan.FromDays(1));
        Assert.AreEqual(1, ended);
    }
}
