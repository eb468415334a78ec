using System.Globalization;
using Marekvs.Modules.Keys;
using Marekvs.Testing;

namespace Marekvs.Storage.Engine.Tests;

/// <summary>A bag many times larger than memory.</summary>
[TestClass]
public sealed class LargeBagTests
{
    private const int MemoryMax = 256 * 1024;
    private const int Names = 12_000;

    [TestMethod]
    public async Task Bag_FarLargerThanMemory_StaysWithinTheBound()
    {
        await using var runner = new KeyspaceRunner(
            new RunnerSettings(Shards: 1, MemoryMax, ResidentElementsMax: 100),
            new SortedStore(),
            new BagModule(),
            new KeysModule());
        long peak = 0;
        string value = new('v', 100);
        for (int i = 0; i < Names; i++)
        {
            Assert.AreEqual(":1\r\n", runner.Run($"BAG.PUT big n{i:D6} {value}"));
            peak = Math.Max(peak, runner.Keyspace.Statistics.ResidentBytes);
        }

        await runner.Keyspace.CheckpointAsync();
        var random = new Random(1);
        for (int i = 0; i < 2_000; i++)
        {
            Assert.AreEqual($"$100\r\n{value}\r\n", runner.Run($"BAG.GET big n{random.Next(Names):D6}"));
            peak = Math.Max(peak, runner.Keyspace.Statistics.ResidentBytes);
        }

        Assert.AreEqual($":{Names}\r\n", runner.Run("BAG.COUNT big"));
        string names = runner.Run("BAG.NAMES big");
        Assert.StartsWith($"*{Names}\r\n", names);
        string all = runner.Run("BAG.ALL big");
        Assert.StartsWith($"*{2 * Names}\r\n", all);
        Assert.HasCount(Names, all.Split($"$100\r\n{value}\r\n")[..^1]);
        peak = Math.Max(peak, runner.Keyspace.Statistics.ResidentBytes);
        Console.WriteLine($"{peak} bytes at most, of {MemoryMax} allowed");

        // Writes wait at nine eighths; the hand needs a few calls to get round.
        Assert.IsLessThan(MemoryMax * 5 / 4, peak);

        Assert.AreEqual(":1\r\n", runner.Run("DEL big"));
        Assert.AreEqual(":0\r\n", runner.Run("BAG.COUNT big"));
        await runner.ReopenAsync();
        Assert.AreEqual("*0\r\n", runner.Run("BAG.NAMES big"));
        Assert.IsLessThan(10_000, runner.Keyspace.Statistics.StoreBytes, "the rows of the bag are gone");
    }

    [TestMethod]
    [DataRow("BAG.FIRST")]
    [DataRow("BAG.LAST")]
    public async Task Taking_FromAnEndOfALargeBag_ReadsManyNamesAtOnce(string take)
    {
        const int Taken = 3_000;
        await using var runner = new KeyspaceRunner(
            new RunnerSettings(Shards: 1, MemoryMax, ResidentElementsMax: 100), new SortedStore(), new BagModule());
        for (int i = 0; i < Names; i++)
        {
            runner.Run($"BAG.PUT big n{i:D6} {new string('v', 100)}");
        }

        await runner.Keyspace.CheckpointAsync();
        long before = runner.Keyspace.Statistics.ColdCalls;
        for (int i = 0; i < Taken; i++)
        {
            int expected = take == "BAG.FIRST" ? i : Names - 1 - i;
            Assert.AreEqual($"$7\r\nn{expected:D6}\r\n", runner.Run($"{take} big"));
        }

        Assert.IsLessThan(Taken / 10, runner.Keyspace.Statistics.ColdCalls - before);
        Assert.AreEqual($":{Names - Taken}\r\n", runner.Run("BAG.COUNT big"));
    }

    [TestMethod]
    public async Task Walks_WhileOthersWriteAndMemoryIsShort_SeeEveryNameThatStays()
    {
        const int Staying = 600;
        const int Walks = 60;
        await using var runner = new KeyspaceRunner(
            new RunnerSettings(Shards: 1, 48 * 1024, ResidentElementsMax: 10), new SortedStore(), new BagModule());
        for (int i = 0; i < Staying; i++)
        {
            runner.Run($"BAG.PUT bag s{i:D4} value");
        }

        await runner.Keyspace.CheckpointAsync();
        using var over = new CancellationTokenSource();
        Task writer = Task.Run(async () =>
        {
            KeyspaceConnection connection = runner.Connect();
            var random = new Random(1);
            for (int i = 0; !over.IsCancellationRequested; i++)
            {
                string verb = random.Next(2) == 0 ? "BAG.PUT bag {0} some-value-of-some-length" : "BAG.REMOVE bag {0}";
                await connection.Start(string.Format(CultureInfo.InvariantCulture, verb, "m" + random.Next(300)));
                if (i % 50 == 0)
                {
                    await runner.Keyspace.CheckpointAsync();
                }
            }
        });
        Task[] walkers = [.. Enumerable.Range(0, 3).Select(number => Task.Run(async () =>
        {
            KeyspaceConnection connection = runner.Connect();
            for (int i = 0; i < Walks; i++)
            {
                string[] names = number switch
                {
                    0 => Names(await connection.Start("BAG.BACKWARDS bag")),
                    1 => Names(await connection.Start("BAG.NAMES bag")),
                    _ => [.. Names(await connection.Start("BAG.ALL bag")).Where((_, index) => index % 2 == 0)],
                };
                CollectionAssert.AllItemsAreUnique(names);
                Assert.AreEqual(Staying, names.Count(name => name[0] == 's'));
                string[] sorted = [.. names.Order(StringComparer.Ordinal)];
                CollectionAssert.AreEqual(number == 0 ? sorted.Reverse().ToArray() : sorted, names);
            }
        }))];
        try
        {
            await Task.WhenAll(walkers).WaitAsync(TimeSpan.FromSeconds(60));
        }
        finally
        {
            await over.CancelAsync();
            await writer;
        }

        Assert.AreEqual(
            $":{Names(runner.Run("BAG.NAMES bag")).Length}\r\n", runner.Run("BAG.COUNT bag"), "counts equal a walk");

        static string[] Names(string reply) =>
            [.. reply.Split("\r\n").Skip(2).Where((_, index) => index % 2 == 0).Where(name => name.Length > 0)];
    }
}
