using Marekvs.EndToEnd.Faults;
using Marekvs.EndToEnd.Survival;
using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.EndToEnd;

/// <summary>An acknowledged write survives the death of its node, at any moment: of strings, hashes, sets and sorted sets,
/// alone and in transactions, which are there whole or not at all.</summary>
[TestClass]
public sealed class Kill9Tests
{
    private const int Connections = 6;
    private static readonly TimeSpan LoadWithin = TimeSpan.FromSeconds(20);

    [TestMethod]
    [DataRow("rocksdb", "interval", 12, 101)]
    [DataRow("rocksdb", "always", 6, 201)]
    [DataRow("litedb", "interval", 8, 301)]
    [Timeout(180_000)]
    public Task Kill9_UnderLoad_KeepsEveryAcknowledgedWrite(string storage, string sync, int rounds, int seed) =>
        RunAsync(new NodeSettings { DataDirectory = null, Storage = storage, Sync = sync }, rounds, seed);

    /// <summary>Hardly anything fits into memory, files are small and checkpoints never rest: keys are dropped, brought
    /// in and written again all the time, and segments are let go as soon as they may be.</summary>
    [TestMethod]
    [DataRow("rocksdb", 8, 401)]
    [DataRow("litedb", 4, 501)]
    [Timeout(180_000)]
    public Task Kill9_WithHardlyAnyMemory_KeepsEveryAcknowledgedWrite(string storage, int rounds, int seed)
    {
        var settings = new NodeSettings
        {
            DataDirectory = null,
            Storage = storage,
            MemoryMax = "2mb",
            Environment = new Dictionary<string, string>
            {
                ["MAREKVS_SEGMENT"] = "1mb",
                ["MAREKVS_CHECKPOINT_SECONDS"] = "1",
                ["MAREKVS_CHECKPOINT_BYTES"] = "2mb",
                ["MAREKVS_SHARDS"] = "4",
            },
        };
        return RunAsync(settings, rounds, seed);
    }

    private static async Task RunAsync(NodeSettings settings, int rounds, int seed)
    {
        using var data = new TemporaryDirectory();
        var random = new Random(seed);
        var history = new SurvivalHistory(Connections);
        using NodeProcess node = await NodeProcess.StartAsync(settings with { DataDirectory = data.Path });
        long acknowledged = 0;
        for (int round = 0; round < rounds; round++)
        {
            WriteLoad load = WriteLoad.Start(node.Resp, history, (seed * 1000) + round, random.Next(500, 10_000));
            await load.Reached.WaitAsync(LoadWithin);
            node.Kill();
            await load.Ended.WaitAsync(LoadWithin);
            acknowledged += load.Acknowledged;

            if (round % 4 == 1)
            {
                await KillDuringStartAsync(node, random);
            }

            await node.RestartAsync();
            using RespClient client = node.Connect();
            IReadOnlyList<string> contradictions =
                SurvivalCheck.Settle(client, history, everyKey: round == rounds - 1);
            Assert.IsEmpty(
                contradictions, $"seed {seed}, round {round}:\n{string.Join('\n', contradictions)}");
        }

        Console.WriteLine($"{settings.Storage}, sync {settings.Sync}: {rounds} kills, {acknowledged} acknowledged commands");
    }

    /// <summary>The same run on a node that forgets: the check is worth nothing if it passes.</summary>
    [TestMethod]
    [Timeout(60_000)]
    public async Task Kill9_JournalCutBehindTheNodesBack_IsNoticed()
    {
        const int MoreThanInFlight = 500;
        using var data = new TemporaryDirectory();
        var history = new SurvivalHistory(Connections);
        using NodeProcess node = await NodeProcess.StartAsync(new NodeSettings
        {
            DataDirectory = data.Path,
            Sync = "no",
            Environment = new Dictionary<string, string> { ["MAREKVS_CHECKPOINT_SECONDS"] = "86400" },
        });
        WriteLoad load = WriteLoad.Start(node.Resp, history, seed: 1, target: 3_000, checkpoints: false);
        await load.Reached.WaitAsync(LoadWithin);
        node.Kill();
        await load.Ended.WaitAsync(LoadWithin);

        string segment = JournalFiles.Newest(data.Path);
        IReadOnlyList<long> entries = JournalFiles.EntryOffsets(segment);
        JournalFiles.ZeroFrom(segment, entries[^MoreThanInFlight]);
        await node.RestartAsync();

        using RespClient client = node.Connect();
        Assert.IsNotEmpty(SurvivalCheck.Settle(client, history, everyKey: true));
    }

    /// <summary>Recovery itself must survive being killed, and must not take half of it for the whole.</summary>
    private static async Task KillDuringStartAsync(NodeProcess node, Random random)
    {
        node.BeginRestart();
        await Task.Delay(TimeSpan.FromMilliseconds(random.Next(50, 700)), TimeProvider.System);
        node.Kill();
    }
}
