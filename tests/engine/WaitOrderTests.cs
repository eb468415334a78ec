using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Resp;
using Marekvs.Modules.Strings;
using Marekvs.Testing;

namespace Marekvs.Storage.Engine.Tests;

/// <summary>Who waits for a key longest gets it first, and nobody gets it in between.</summary>
[TestClass]
public sealed class WaitOrderTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [TestMethod]
    public async Task Take_ManyWait_GetOneEachInTheOrderTheyCame()
    {
        await using KeyspaceRunner runner = Open();
        Task<string>[] waiting = [.. Enumerable.Range(0, 20).Select(_ => runner.Connect().Start("BAG.TAKE k 0"))];
        for (int i = 0; i < waiting.Length; i++)
        {
            runner.Run($"BAG.PUT k n{i} v");
            Assert.AreEqual(Resp.Bulk($"n{i}"), await waiting[i].WaitAsync(Patience));
        }

        Assert.AreEqual(0, runner.Keyspace.Statistics.WaitingCalls);
    }

    [TestMethod]
    public async Task Take_ManyComeAtOnce_GoToThoseWhoWaitInTheirOrder()
    {
        await using KeyspaceRunner runner = Open();
        Task<string>[] waiting = [.. Enumerable.Range(0, 5).Select(_ => runner.Connect().Start("BAG.TAKE k 0"))];
        var transaction = new Transaction();
        for (int i = 0; i < 7; i++)
        {
            Add(transaction, runner, $"BAG.PUT k n{i} v");
        }

        Run(transaction, runner);
        Assert.AreEqual(Resp.Integer(2), runner.Run("BAG.COUNT k"));
        for (int i = 0; i < waiting.Length; i++)
        {
            Assert.AreEqual(Resp.Bulk($"n{i}"), await waiting[i].WaitAsync(Patience));
        }
    }

    [TestMethod]
    public async Task Take_ComesRightAfterThePut_LetsThoseWhoWaitGoFirst()
    {
        await using KeyspaceRunner runner = Open();
        for (int i = 0; i < 100; i++)
        {
            Task<string> first = runner.Connect().Start("BAG.TAKE k other 0");
            KeyspaceConnection late = runner.Connect();
            runner.Run("BAG.PUT k a v");
            Task<string> second = late.Start("BAG.TAKE k 0");
            Assert.AreEqual(Resp.Bulk("a"), await first.WaitAsync(Patience));
            runner.Run("BAG.PUT k b v");
            Assert.AreEqual(Resp.Bulk("b"), await second.WaitAsync(Patience));
        }
    }

    [TestMethod]
    public async Task Take_KeyHoldsAnotherType_WaitsInItsPlace()
    {
        await using KeyspaceRunner runner = Open();
        Task<string> first = runner.Connect().Start("BAG.TAKE k 0");
        Task<string> second = runner.Connect().Start("BAG.TAKE k 0");
        runner.Run("SET k v");
        runner.Run("GETDEL k");
        runner.Run("BAG.PUT k a v");
        Assert.AreEqual(Resp.Bulk("a"), await first.WaitAsync(Patience));
        runner.Run("BAG.PUT k b v");
        Assert.AreEqual(Resp.Bulk("b"), await second.WaitAsync(Patience));
    }

    [TestMethod]
    public async Task Take_GoneAgainWithinTheTransaction_GoesOnWaiting()
    {
        await using KeyspaceRunner runner = Open();
        Task<string> waiting = runner.Connect().Start("BAG.TAKE k 0");
        var transaction = new Transaction();
        Add(transaction, runner, "BAG.PUT k a v");
        Add(transaction, runner, "BAG.REMOVE k a");
        Run(transaction, runner);
        Assert.AreEqual(1, runner.Keyspace.Statistics.WaitingCalls);
        runner.Run("BAG.PUT k b v");
        Assert.AreEqual(Resp.Bulk("b"), await waiting.WaitAsync(Patience));
    }

    [TestMethod]
    public async Task Take_WhoHasItsTurnLeaves_TheNextHasIt()
    {
        await using KeyspaceRunner runner = Open();
        var leaving = new CallTicket();
        Assert.AreEqual(ExecuteOutcome.Parked, Execute(runner, "BAG.TAKE k 0", leaving));
        Task<string> next = runner.Connect().Start("BAG.TAKE k 0");
        runner.Run("BAG.PUT k a v");
        var reading = new CallTicket();
        Assert.AreEqual(ExecuteOutcome.Parked, Execute(runner, "BAG.COUNT k", reading));
        Assert.IsFalse(next.IsCompleted);
        leaving.Abandon();
        Assert.AreEqual(Resp.Bulk("a"), await next.WaitAsync(Patience));
        await reading.WhenReady();
        Assert.AreEqual(ExecuteOutcome.Done, Execute(runner, "BAG.COUNT k", reading));
        Assert.AreEqual(0, runner.Keyspace.Statistics.WaitingCalls);
    }

    [TestMethod]
    public async Task Take_TimeIsUpBeforeATurnAtNothing_DoesNotWaitAgain()
    {
        await using KeyspaceRunner runner = Open();
        var ticket = new CallTicket();
        Execute(runner, "BAG.TAKE k 100", ticket);
        runner.Run("BAG.PUT k a v");
        runner.Advance(200);
        runner.Run("FLUSHALL");
        await ticket.WhenReady();
        Assert.AreEqual(ExecuteOutcome.Parked, Execute(runner, "BAG.TAKE k 100", ticket));
        await ticket.WhenReady();
        Assert.AreEqual(ExecuteOutcome.Done, Execute(runner, "BAG.TAKE k 100", ticket));
        Assert.AreEqual(0, runner.Keyspace.Statistics.WaitingCalls);
    }

    [TestMethod]
    public async Task Take_ManyKeysAndThreads_EveryNameIsTakenOnce()
    {
        const int Takers = 8;
        const int Each = 200;
        await using var runner = new KeyspaceRunner(
            new RunnerSettings(Shards: 4), new SortedStore(), new BagModule(), new StringsModule());
        Task<string[]>[] takers = [.. Enumerable.Range(0, Takers).Select(taker => Task.Run(async () =>
        {
            KeyspaceConnection connection = runner.Connect();
            var taken = new string[Each];
            for (int i = 0; i < Each; i++)
            {
                string keys = string.Join(' ', Enumerable.Range(0, 4).Select(key => $"k{(key + taker + i) % 4}"));
                taken[i] = await connection.Start($"BAG.TAKE {keys} 0");
            }

            return taken;
        }))];
        await Task.WhenAll(Enumerable.Range(0, Takers).Select(giver => Task.Run(async () =>
        {
            KeyspaceConnection connection = runner.Connect();
            for (int i = 0; i < Each; i++)
            {
                await connection.Start($"BAG.PUT k{(giver + i) % 4} {giver}-{i} v");
            }
        }))).WaitAsync(Patience);
        string[][] taken = await Task.WhenAll(takers).WaitAsync(Patience);
        Assert.AreEqual(Takers * Each, taken.SelectMany(names => names).Distinct().Count());
        Assert.AreEqual(0, runner.Keyspace.Statistics.WaitingCalls);
    }

    private static KeyspaceRunner Open() => new(new BagModule(), new StringsModule(), new FlushModule());

    private static ExecuteOutcome Execute(KeyspaceRunner runner, string line, CallTicket ticket)
    {
        CommandSpec command = runner.Modules.Find(CommandLine.Split(line))!;
        return runner.Keyspace.Execute(command, Arguments(line), runner.Connection, new RespWriter(), ticket);
    }

    internal static void Add(Transaction transaction, KeyspaceRunner runner, string line) =>
        transaction.Add(runner.Modules.Find(CommandLine.Split(line))!, Arguments(line));

    private static void Run(Transaction transaction, KeyspaceRunner runner) => Assert.AreEqual(
        ExecuteOutcome.Done,
        runner.Keyspace.Execute(transaction, runner.Connection, new RespWriter(), new CallTicket()));

    private static CommandArgs Arguments(string line)
    {
        byte[][] words = CommandLine.ToBytes(CommandLine.Split(line));
        ArgumentRange[] ranges =
            [.. words.Select((word, i) => new ArgumentRange(words.Take(i).Sum(before => before.Length), word.Length))];
        byte[] bytes = [.. words.SelectMany(word => word)];
        return new CommandArgs(bytes, ranges);
    }
}
