using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Records;
using Marekvs.Host.Commands;
using Marekvs.Host.Connections;
using Marekvs.Host.Routing;
using Marekvs.Testing;

namespace Marekvs.Host.Tests.Routing;

[TestClass]
public sealed class CommandRoutesTests
{
    private readonly FakeRouter _router = new();

    private static string InDoubt => Testing.Resp.Error(System.Text.Encoding.ASCII.GetString(CommandErrors.InDoubt));

    [TestMethod]
    public async Task Command_ThatTakes_RunsAtTheOwner_AndRepliesKeepTheirOrder()
    {
        await using NodeRunner node = new(_router);
        MemoryConnection client = node.Connect();
        await client.SendAsync("BAG.PUT k a v\r\nBAG.TAKE k 0\r\nECHO x\r\n");
        Assert.AreEqual(":1\r\n", await client.ReceiveAsync(4));
        FakeCall call = _router.Calls.Single();
        Assert.AreEqual(2, call.Node);
        Assert.AreEqual(KeyAddress.PartitionOf("k"u8), call.Command.Partition);
        Assert.IsGreaterThan(0L, call.Command.After, "behind the client's own write");
        Assert.AreEqual("BAG.TAKE k 0", TextOf(call));
        call.Answer("$5\r\nother\r\n");
        Assert.AreEqual("$5\r\nother\r\n$1\r\nx\r\n", await client.ReceiveAsync(18));
    }

    [TestMethod]
    public async Task Command_ThatOnlyReads_OrWhoseOwnerIsHere_StaysHere()
    {
        _router.Owners = [1, 2];
        await using NodeRunner node = new(_router);
        Assert.AreEqual(":1\r\n$1\r\na\r\n:0\r\n", await node.ConverseAsync("BAG.PUT k a v\r\nBAG.TAKE k 0\r\nPROBE.SIZE k\r\n"));
        Assert.IsEmpty(_router.Calls);
        Assert.AreEqual(0, _router.Local);
    }

    [TestMethod]
    public async Task Command_ThatNobodyRuns_RunsHere_AndIsCounted()
    {
        _router.Owners = [2, 3];
        await using NodeRunner node = new(_router);
        MemoryConnection client = node.Connect();
        await client.SendAsync("BAG.PUT k a v\r\nBAG.TAKE k 0\r\n");
        _router.Calls.Single().Refuse();
        await WaitForAsync(() => _router.Calls.Count == 2);
        Assert.AreEqual(3, _router.Calls[1].Node, "the next one may be the soft owner");
        _router.Owners = [];
        _router.Calls[1].Refuse();
        Assert.AreEqual(":1\r\n$1\r\na\r\n", await client.ReceiveAsync(11));
        Assert.AreEqual(1, _router.Local);
    }

    [TestMethod]
    public async Task Command_WhoseNodeIsLost_AnswersThatItIsInDoubt_AndTheClientGoesOn()
    {
        await using NodeRunner node = new(_router);
        MemoryConnection client = node.Connect();
        await client.SendAsync("BAG.PUT k a v\r\nBAG.TAKE k 0\r\nPROBE.SIZE k\r\n");
        _router.Calls.Single().Lose();
        Assert.AreEqual(":1\r\n", await client.ReceiveAsync(4));
        string expected = InDoubt + ":1\r\n";
        Assert.AreEqual(expected, await client.ReceiveAsync(expected.Length), "nothing was taken here");
    }

    [TestMethod]
    public async Task WaitingCommand_IsStopped_WhenTheClientLeavesOrIsUnblocked()
    {
        await using NodeRunner node = new(_router);
        MemoryConnection other = node.Connect();
        foreach ((string how, CallStop stop) in new[] { ("TIMEOUT", CallStop.TimeOut), ("ERROR", CallStop.Unblock) })
        {
            MemoryConnection waiting = node.Connect();
            await waiting.SendAsync("BAG.TAKE k 0\r\n");
            Session session = node.Clients.Sessions[^1];
            Assert.AreEqual(SessionWait.Keys, session.Wait);
            await other.AskAsync($"CLIENT UNBLOCK {session.Id} {how}", ":1\r\n");
            Assert.AreEqual(stop, await _router.Calls[^1].Stopped);
            _router.Calls[^1].Answer("*-1\r\n");
            Assert.AreEqual("*-1\r\n", await waiting.ReceiveAsync(5));
        }

        MemoryConnection leaving = node.Connect();
        await leaving.SendAsync("BAG.TAKE k 0\r\n");
        leaving.Leave();
        Assert.AreEqual(CallStop.Abandon, await _router.Calls[^1].Stopped);
        await node.EndOf(leaving);
    }

    [TestMethod]
    public async Task WaitingCommand_FollowsTheOwner_AndTakesItsTimeAlong()
    {
        _router.Owners = [1];
        await using NodeRunner node = new(_router);
        MemoryConnection client = node.Connect();
        await client.SendAsync("BAG.TAKE k 1000\r\n");
        Assert.AreEqual(1, node.Keyspace.Statistics.WaitingCalls);
        node.Time.Advance(TimeSpan.FromMilliseconds(400));
        _router.Change(2);
        await WaitForAsync(() => _router.Calls.Count == 1);
        Assert.AreEqual(400, _router.Calls[0].Command.WaitedMilliseconds);
        await WaitForAsync(() => node.Keyspace.Statistics.WaitingCalls == 0);

        // And back, when the other is lost: what is left of the time passes here.
        node.Time.Advance(TimeSpan.FromMilliseconds(400));
        _router.Owners = [];
        _router.Calls[0].Refuse();
        await WaitForAsync(() => node.Keyspace.Statistics.WaitingCalls == 1);
        node.Time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.AreEqual("*-1\r\n", await client.ReceiveAsync(5));
    }

    [TestMethod]
    public async Task KeysOfManyOwners_AreAskedForInTurn_UntilOneHasSomething()
    {
        _router.Owners = [1];
        _router.OwnerOf[KeyAddress.PartitionOf("far"u8)] = 2;
        _router.OwnerOf[KeyAddress.PartitionOf("farther"u8)] = 3;
        await using NodeRunner node = new(_router);
        MemoryConnection client = node.Connect();
        MemoryConnection other = node.Connect();
        await client.SendAsync("BAG.TAKE far farther near 0\r\nECHO x\r\n");
        Assert.AreEqual("BAG.TAKE far 0", TextOf(_router.Calls[0]));
        Assert.IsTrue(_router.Calls[0].Command.NeverWaits);
        _router.Calls[0].Answer("*-1\r\n");
        await WaitForAsync(() => _router.Calls.Count == 2);
        Assert.AreEqual((3, "BAG.TAKE farther 0"), (_router.Calls[1].Node, TextOf(_router.Calls[1])));
        _router.Calls[1].Answer("*-1\r\n");
        await WaitForAsync(() => node.Keyspace.Statistics.WaitingCalls == 1);

        // It waits here for all of them, and asks the owner when one changes.
        await other.AskAsync("BAG.PUT farther a v", ":1\r\n");
        await WaitForAsync(() => _router.Calls.Count == 3);
        _router.Calls[2].Answer("*-1\r\n");
        await WaitForAsync(() => _router.Calls.Count == 4);
        _router.Calls[3].Answer("$1\r\na\r\n");
        Assert.AreEqual("$1\r\na\r\n$1\r\nx\r\n", await client.ReceiveAsync(14));

        await client.SendAsync("BAG.TAKE near far 0\r\n");
        await WaitForAsync(() => _router.Calls.Count == 5);
        _router.Calls[4].Answer("*-1\r\n");
        await WaitForAsync(() => node.Keyspace.Statistics.WaitingCalls == 1);
        await other.AskAsync("BAG.PUT near b v", ":1\r\n");
        Assert.AreEqual("$1\r\nb\r\n", await client.ReceiveAsync(7));
        Assert.HasCount(5, _router.Calls);
    }

    [TestMethod]
    [DataRow("TIMEOUT", "*-1\r\n")]
    [DataRow("ERROR", "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n")]
    [DataRow("", "*-1\r\n")]
    public async Task KeysOfManyOwners_ThatNobodyFills_EndAsOnes(string how, string reply)
    {
        _router.Owners = [1];
        _router.OwnerOf[KeyAddress.PartitionOf("far"u8)] = 2;
        await using NodeRunner node = new(_router);
        MemoryConnection client = node.Connect();
        MemoryConnection other = node.Connect();
        await client.SendAsync("BAG.TAKE far near 100\r\n");
        _router.Calls[0].Answer("*-1\r\n");
        await WaitForAsync(() => node.Keyspace.Statistics.WaitingCalls == 1);
        if (how.Length == 0)
        {
            // Once for what waits, and again for what began to wait meanwhile.
            await WaitForAsync(() =>
            {
                node.Time.Advance(TimeSpan.FromMilliseconds(100_000));
                return node.Keyspace.Statistics.WaitingCalls == 0;
            });
        }
        else
        {
            await other.AskAsync($"CLIENT UNBLOCK {node.Clients.Sessions[0].Id} {how}", ":1\r\n");
        }

        Assert.AreEqual(reply, await client.ReceiveAsync(reply.Length));
        Assert.AreEqual(0, node.Keyspace.Statistics.WaitingCalls);
    }

    [TestMethod]
    public async Task Transaction_OnOnePartition_IsSentWhole()
    {
        await using NodeRunner node = new(_router);
        MemoryConnection client = node.Connect();
        await client.SendAsync("MULTI\r\nBAG.PUT {k}1 a v\r\nBAG.TAKE {k}2 0\r\nEXEC\r\nECHO x\r\n");
        await WaitForAsync(() => _router.Calls.Count == 1);
        Assert.IsTrue(_router.Calls[0].Command.IsTransaction);
        Assert.AreEqual("BAG.PUT {k}1 a v; BAG.TAKE {k}2 0", TextOf(_router.Calls[0]));
        _router.Calls[0].Answer("*2\r\n:1\r\n*-1\r\n");
        const string Expected = "+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n:1\r\n*-1\r\n$1\r\nx\r\n";
        Assert.AreEqual(Expected, await client.ReceiveAsync(Expected.Length));
    }

    [TestMethod]
    [DataRow("MULTI\r\nBAG.PUT k1 a v\r\nBAG.TAKE k2 0\r\nEXEC\r\n", "*2\r\n:1\r\n*-1\r\n", DisplayName = "two partitions")]
    [DataRow("WATCH j\r\nMULTI\r\nBAG.TAKE k 0\r\nEXEC\r\n", "*1\r\n*-1\r\n", DisplayName = "watched elsewhere")]
    [DataRow("WATCH k\r\nBAG.PUT k a v\r\nMULTI\r\nBAG.PUT k b v\r\nEXEC\r\n", "*-1\r\n", DisplayName = "has changed")]
    [DataRow("MULTI\r\nBAG.PUT k a v\r\nPROBE.SIZE k\r\nEXEC\r\n", "*2\r\n:1\r\n:1\r\n", DisplayName = "nothing routed")]
    [DataRow("MULTI\r\nBAG.TAKE k 0\r\nECHO x\r\nEXEC\r\n", "*2\r\n*-1\r\n$1\r\nx\r\n", DisplayName = "not only data")]
    public async Task Transaction_OfOtherKinds_RunsHere(string commands, string reply)
    {
        await using NodeRunner node = new(_router);
        Assert.EndsWith(reply, await node.ConverseAsync(commands));
        Assert.IsEmpty(_router.Calls);
    }

    /// <summary>What was watched travels as a hash of its content, which the owner compares with its own.</summary>
    [TestMethod]
    public async Task Transaction_WithWatchedKeys_RunsAtTheOwnerIfTheyAreTheSameThere()
    {
        await using NodeRunner entry = new(_router);
        await using NodeRunner owner = new();
        MemoryConnection client = entry.Connect();
        foreach ((string before, string expected) in new[] { ("", "*1\r\n:1\r\n"), ("BAG.PUT k z v\r\n", "*-1\r\n") })
        {
            await owner.ConverseAsync(before);
            await client.SendAsync("WATCH k\r\nMULTI\r\nBAG.PUT k a v\r\nEXEC\r\n");
            Assert.AreEqual("+OK\r\n+OK\r\n+QUEUED\r\n", await client.ReceiveAsync(19));
            var executor = new RoutedExecutor(
                owner.Keyspace, owner.Table, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
            var listener = new ExecutionListener();
            executor.Start(_router.Calls[^1].Command, listener);
            string reply = (await listener.WhenEnded).Reply!;
            Assert.AreEqual(expected, reply);
            _router.Calls[^1].Answer(reply);
            Assert.AreEqual(reply, await client.ReceiveAsync(reply.Length));
        }
    }

    [TestMethod]
    public async Task Transaction_WhoseNodeIsLost_IsInDoubtAndOver()
    {
        await using NodeRunner node = new(_router);
        MemoryConnection client = node.Connect();
        await client.SendAsync("MULTI\r\nBAG.TAKE k 0\r\nEXEC\r\nBAG.PUT k a v\r\n");
        await WaitForAsync(() => _router.Calls.Count == 1);
        _router.Calls[0].Lose();
        string expected = "+OK\r\n+QUEUED\r\n" + InDoubt + ":1\r\n";
        Assert.AreEqual(expected, await client.ReceiveAsync(expected.Length));
    }

    [TestMethod]
    public async Task Reply_ThatTheClientDoesNotWant_IsNotGiven()
    {
        await using NodeRunner node = new(_router);
        MemoryConnection client = node.Connect();
        await client.SendAsync("CLIENT REPLY SKIP\r\nBAG.TAKE k 0\r\nECHO x\r\n");
        _router.Calls.Single().Answer("$1\r\na\r\n");
        Assert.AreEqual("$1\r\nx\r\n", await client.ReceiveAsync(7));
    }

    private static string TextOf(FakeCall call) => string.Join("; ", RoutedArguments.Read(call.Command.Arguments).Select(
        ranges => string.Join(' ', ranges.Select(range => System.Text.Encoding.Latin1.GetString(
            call.Command.Arguments, range.Offset, range.Length)))));

    private static async Task WaitForAsync(Func<bool> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!holds())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
