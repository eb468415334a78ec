using Marekvs.Host.Commands;
using Marekvs.Testing;

namespace Marekvs.Host.Tests.Commands;

[TestClass]
public sealed class TransactionTests
{
    private const string Ok = "+OK\r\n";
    private const string Queued = "+QUEUED\r\n";
    private const string NilArray = "*-1\r\n";
    private const string Aborted = "-EXECABORT Transaction discarded because of previous errors.\r\n";

    [TestMethod]
    public async Task Exec_QueuedCommands_AnswersAllInOrder()
    {
        await using NodeRunner node = new();
        Assert.AreEqual(
            Ok + Queued + Queued + Queued + "*3\r\n:1\r\n$1\r\nv\r\n$1\r\nx\r\n",
            await node.ConverseAsync("multi\r\nbag.put k f v\r\nbag.get k f\r\necho x\r\nexec\r\n"));
    }

    [TestMethod]
    public async Task Exec_Empty_AnswersAnEmptyArray()
    {
        await using NodeRunner node = new();
        Assert.AreEqual(Ok + "*0\r\n", await node.ConverseAsync("multi\r\nexec\r\n"));
    }

    [TestMethod]
    [DataRow("exec", "-ERR EXEC without MULTI\r\n")]
    [DataRow("discard", "-ERR DISCARD without MULTI\r\n")]
    public async Task End_WithoutMulti_IsRefused(string command, string error)
    {
        await using NodeRunner node = new();
        Assert.AreEqual(error, await node.ConverseAsync(command + "\r\n"));
    }

    [TestMethod]
    [DataRow("multi", "-ERR MULTI calls can not be nested\r\n")]
    [DataRow("watch k", "-ERR WATCH inside MULTI is not allowed\r\n")]
    public async Task Queue_NotAllowedInside_IsRefusedAndTheRestStillRuns(string command, string error)
    {
        await using NodeRunner node = new();
        Assert.AreEqual(
            Ok + error + Queued + "*1\r\n+PONG\r\n", await node.ConverseAsync($"multi\r\n{command}\r\nping\r\nexec\r\n"));
    }

    [TestMethod]
    [DataRow("nosuchcommand", "-ERR unknown command 'nosuchcommand', with args beginning with: \r\n")]
    [DataRow("bag.put k", "-ERR wrong number of arguments for 'bag.put' command\r\n")]
    public async Task Exec_AfterARefusedCommand_AbortsAndRunsNothing(string command, string error)
    {
        await using NodeRunner node = new();
        Assert.AreEqual(
            Ok + Queued + error + Aborted + "$-1\r\n",
            await node.ConverseAsync($"multi\r\nbag.put k f v\r\n{command}\r\nexec\r\nbag.get k f\r\n"));
    }

    [TestMethod]
    public async Task Exec_Aborted_CountsAsAFailedCallAndIsMonitored()
    {
        await using NodeRunner node = new();
        MemoryConnection monitor = node.Connect();
        await monitor.AskAsync("monitor", Ok);
        await node.ConverseAsync("multi\r\nnosuchcommand\r\nexec\r\n");
        string shown = await monitor.ReceiveUntilAsync("\"exec\"\r\n");

        Assert.Contains("\"multi\"", shown);
        CommandFigures figures = node.Table.Find("EXEC"u8)!.Figures;
        Assert.AreEqual((1, 1, 0), (figures.Calls, figures.Failed, figures.Rejected));
    }

    [TestMethod]
    public async Task Discard_QueuedCommands_AreForgotten()
    {
        await using NodeRunner node = new();
        Assert.AreEqual(
            Ok + Queued + Ok + "$-1\r\n" + Ok + "*0\r\n",
            await node.ConverseAsync("multi\r\nbag.put k f v\r\ndiscard\r\nbag.get k f\r\nmulti\r\nexec\r\n"));
    }

    [TestMethod]
    public async Task Exec_WatchedKeyChangedByAnother_RunsNothing()
    {
        await using NodeRunner node = new();
        MemoryConnection client = node.Connect();
        await client.AskAsync("watch k", Ok);
        await client.AskAsync("multi", Ok);
        await client.AskAsync("bag.put k f mine", Queued);
        await node.ConverseAsync("bag.put k f theirs\r\n");
        await client.AskAsync("exec", NilArray);

        Assert.AreEqual("$6\r\ntheirs\r\n", await node.ConverseAsync("bag.get k f\r\n"));
    }

    [TestMethod]
    public async Task Exec_WatchedKeyChangedByItself_RunsNothing()
    {
        await using NodeRunner node = new();
        Assert.AreEqual(
            Ok + ":1\r\n" + Ok + Queued + NilArray,
            await node.ConverseAsync("watch k\r\nbag.put k f v\r\nmulti\r\nping\r\nexec\r\n"));
    }

    [TestMethod]
    [DataRow("unwatch")]
    [DataRow("multi\r\nexec")]
    [DataRow("multi\r\ndiscard")]
    public async Task Watch_Ended_NoLongerMatters(string end)
    {
        await using NodeRunner node = new();
        string replies = await node.ConverseAsync(
            $"watch k\r\n{end}\r\nbag.put k f v\r\nmulti\r\nping\r\nexec\r\n");
        Assert.EndsWith("*1\r\n+PONG\r\n", replies);
    }

    [TestMethod]
    public async Task Exec_AnErrorWhileRunning_LeavesTheOthersInPlace()
    {
        await using NodeRunner node = new();
        Assert.AreEqual(
            Ok + Queued + Queued + Queued + "*3\r\n:1\r\n-ERR value is not an integer or out of range\r\n:1\r\n",
            await node.ConverseAsync("multi\r\nbag.put k a 1\r\nprobe.fill x\r\nbag.put k b 2\r\nexec\r\n"));
        Assert.AreEqual("$1\r\n1\r\n$1\r\n2\r\n", await node.ConverseAsync("bag.get k a\r\nbag.get k b\r\n"));
    }
}
