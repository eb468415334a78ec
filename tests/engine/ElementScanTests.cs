using System.Globalization;
using System.Text;
using Marekvs.Abstractions.Records;
using Marekvs.Testing;

namespace Marekvs.Storage.Engine.Tests;

/// <summary>Walks of elements ordered by hash that stop and go on: what is there all the while is seen.</summary>
[TestClass]
public sealed class ElementScanTests
{
    private const int Staying = 500;
    private const int Passing = 300;

    [TestMethod]
    [DataRow(1, 1 << 20, 1)]
    [DataRow(2, 1 << 20, 7)]
    [DataRow(3, 16, 3)]
    [DataRow(4, 16, 50)]
    public async Task Walk_WhileOtherNamesComeAndGo_SeesEveryNameThatStays(int seed, int memoryKilobytes, int count)
    {
        var random = new Random(seed);
        await using var runner = new KeyspaceRunner(
            new RunnerSettings(Shards: 1, memoryKilobytes * 1024L, ResidentElementsMax: 10),
            new SortedStore(),
            new BagModule(order: ElementOrder.ByHash));
        for (int i = 0; i < Staying; i++)
        {
            runner.Run($"BAG.PUT bag a-long-prefix-that-all-names-share-{i} value");
        }

        var seen = new HashSet<string>();
        string position = "0";
        int steps = 0;
        do
        {
            string[] page = Strings(runner.Run($"BAG.SCAN bag {position} {count}"));
            Assert.IsLessThanOrEqualTo(count + 1, page.Length - 1, "two names may share a position");
            seen.UnionWith(page.Skip(1));
            position = page[0];
            for (int i = 0; i < 5; i++)
            {
                string verb = random.Next(2) == 0 ? "BAG.PUT bag {0} value" : "BAG.REMOVE bag {0}";
                runner.Run(string.Format(CultureInfo.InvariantCulture, verb, $"passing-{random.Next(Passing)}"));
            }

            if (++steps % 40 == 0)
            {
                await (random.Next(2) == 0 ? runner.ReopenAsync() : runner.CrashAsync());
            }
        }
        while (position != "0");
        Assert.AreEqual(Staying, seen.Count(name => name.StartsWith("a-long", StringComparison.Ordinal)));
        Assert.IsLessThanOrEqualTo(((Staying + Passing) / count) + 1, steps, "a walk comes to its end");
    }

    [TestMethod]
    public async Task Walk_NamesWithOneHash_ComeTogether()
    {
        await using var runner = new KeyspaceRunner(new BagModule(order: ElementOrder.ByHash));
        (string first, string second) = FindCollision();
        runner.Run($"BAG.PUT bag {first} v");
        runner.Run($"BAG.PUT bag {second} v");
        string[] page = Strings(runner.Run("BAG.SCAN bag 0 1"));
        CollectionAssert.AreEquivalent(new[] { "0", first, second }, page);
        Assert.AreEqual(":1\r\n", runner.Run($"BAG.REMOVE bag {first}"));
        Assert.AreEqual("$-1\r\n", runner.Run($"BAG.GET bag {first}"));
        Assert.AreEqual("$1\r\nv\r\n", runner.Run($"BAG.GET bag {second}"));
    }

    [TestMethod]
    [DataRow("4294967296")]
    [DataRow("9223372036854775807")]
    public async Task Walk_FromBeyondAllPositions_IsAtItsEnd(string position)
    {
        await using var runner = new KeyspaceRunner(new BagModule(order: ElementOrder.ByHash));
        runner.Run("BAG.PUT bag name v");
        Assert.AreEqual("*1\r\n$1\r\n0\r\n", runner.Run($"BAG.SCAN bag {position} 10"));
    }

    private static (string First, string Second) FindCollision()
    {
        var names = new Dictionary<uint, string>();
        for (int i = 0; ; i++)
        {
            string name = i.ToString(CultureInfo.InvariantCulture);
            if (!names.TryAdd(ElementSuffix.HashOf(Encoding.ASCII.GetBytes(name)), name))
            {
                return (names[ElementSuffix.HashOf(Encoding.ASCII.GetBytes(name))], name);
            }
        }
    }

    private static string[] Strings(string reply) =>
        [.. reply.Split("\r\n").Skip(2).Where((_, index) => index % 2 == 0).Where(name => name.Length > 0)];
}
