using System.Text;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;
using Marekvs.Host.Routing;
using Marekvs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Marekvs.Host.Tests.Routing;

[TestClass]
public sealed class RoutedExecutorTests : IAsyncDisposable
{
    private readonly NodeRunner _node = new();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [TestMethod]
    public async Task Command_OfAnother_RunsAndTellsWhereItWrote()
    {
        await _node.ConverseAsync("BAG.PUT k a v\r\n");
        var listener = new ExecutionListener();
        Executor().Start(Take("k"), listener);
        (string? reply, long position) = await listener.WhenEnded;
        Assert.AreEqual("$1\r\na\r\n", reply);
        Assert.AreEqual(_node.Keyspace.Statistics.JournalBytes, position);
    }

    [TestMethod]
    [DataRow(CallStop.Abandon, null)]
    [DataRow(CallStop.TimeOut, "*-1\r\n")]
    [DataRow(CallStop.Unblock, "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n")]
    public async Task WaitingCommand_IsStopped(CallStop how, string? expected)
    {
        var listener = new ExecutionListener();
        IExecution execution = Executor().Start(Take("k"), listener);
        await listener.WhenWaiting;
        execution.Stop(how);
        Assert.AreEqual((expected, 0L), await listener.WhenEnded);
        Assert.AreEqual(0, _node.Keyspace.Statistics.WaitingCalls);
        Assert.AreEqual(":1\r\n:1\r\n", await _node.ConverseAsync("BAG.PUT k a v\r\nPROBE.SIZE k\r\n"), "nobody takes it");
    }

    [TestMethod]
    public async Task WaitingCommand_IsServed_AndItsTimeGoesOn()
    {
        var served = new ExecutionListener();
        Executor().Start(Take("k"), served);
        await served.WhenWaiting;
        await _node.ConverseAsync("BAG.PUT k a v\r\n");
        Assert.AreEqual("$1\r\na\r\n", (await served.WhenEnded).Reply);

        var late = new ExecutionListener();
        Executor().Start(Take("k", "1000") with { WaitedMilliseconds = 900 }, late);
        await late.WhenWaiting;
        _node.Time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.AreEqual("*-1\r\n", (await late.WhenEnded).Reply);
    }

    [TestMethod]
    public async Task Transaction_RunsAsOne()
    {
        var listener = new ExecutionListener();
        Executor().Start(
            new RoutedCommand(Bytes(["BAG.PUT", "{k}", "a", "v"], ["BAG.TAKE", "{k}", "0"], ["BAG.TAKE", "{k}", "0"]))
            {
                Partition = KeyAddress.PartitionOf("k"u8),
                IsTransaction = true,
            },
            listener);
        Assert.AreEqual("*3\r\n:1\r\n$1\r\na\r\n*-1\r\n", (await listener.WhenEnded).Reply);
    }

    [TestMethod]
    public async Task Command_ThatRunsForNobodyElse_IsNotRun()
    {
        ushort partition = KeyAddress.PartitionOf("k"u8);
        RoutedCommand[] commands =
        [
            new(Bytes(["BAG.PUT", "k", "a", "v"])) { Partition = partition },
            new(Bytes(["BAG.TAKE", "k", "0"])) { Partition = (ushort)(partition + 1) },
            new(Bytes(["BAG.TAKE", "k", "0"])),
            new(Bytes(["BAG.TAKE", "k"])) { Partition = partition },
            new(Bytes(["BAG.TAKE", "k", "0"], ["BAG.TAKE", "k", "0"])) { Partition = partition },
            new(Bytes(["BAG.TAKE", "k", "0"], ["BAG.TAKE", "j", "0"])) { Partition = partition, IsTransaction = true },
            new(Bytes(["BAG.TAKE", "k", "0"], ["ECHO", "x"])) { Partition = partition, IsTransaction = true },
            new(Bytes(["PROBE.COUNT"])) { Partition = partition },
            new(Bytes(["NOTHING"])) { Partition = partition },
            new([]) { Partition = partition },
            new([255, 255, 255, 255, 0, 0, 0, 0]) { Partition = partition },
            new([.. Bytes(["BAG.TAKE", "k", "0"]).SkipLast(1)]) { Partition = partition },
        ];
        foreach (RoutedCommand command in commands)
        {
            var listener = new ExecutionListener();
            Executor().Start(command, listener);
            Assert.AreEqual((null, 0L), await listener.WhenEnded);
        }

        Assert.AreEqual(0, _node.Probe.Runs);
    }

    private RoutedExecutor Executor() => new(_node.Keyspace, _node.Table, NullLogger.Instance);

    private static RoutedCommand Take(string key, string timeout = "0") => new(Bytes(["BAG.TAKE", key, timeout]))
    {
        Partition = KeyAddress.PartitionOf(Encoding.Latin1.GetBytes(key)),
    };

    private static byte[] Bytes(params string[][] commands)
    {
        var transaction = new Storage.Engine.Transaction();
        foreach (string[] command in commands)
        {
            byte[][] args = CommandLine.ToBytes(command);
            var ranges = new ArgumentRange[args.Length];
            int at = 0;
            for (int i = 0; i < args.Length; at += args[i++].Length)
            {
                ranges[i] = new ArgumentRange(at, args[i].Length);
            }

            transaction.Add(
                new CommandSpec(command[0], -1, CommandFlags.None, KeySpec.None, (in CommandCall _) => Reply.None),
                new CommandArgs([.. args.SelectMany(arg => arg)], ranges));
        }

        return RoutedArguments.Write(transaction);
    }
}
