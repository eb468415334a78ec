using System.Globalization;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Modules;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Storage;
using Marekvs.Testing;

namespace Marekvs.Storage.Engine.Tests;

/// <summary>Draws from collections larger than memory.</summary>
[TestClass]
public sealed class ElementDrawTests
{
    private const int Names = 1_000;

    [TestMethod]
    [DataRow("n{0}", 0)]
    [DataRow("n{0}", 3)]
    [DataRow("a-long-prefix-that-all-names-share-{0:D9}", 2)]
    public async Task Draw_LargeBag_GivesEveryNameTheSameChance(string format, int usedOneIn)
    {
        const int Draws = 12_000;
        await using KeyspaceRunner runner = Open(new SortedStore());
        int[] drawn = new int[Names];
        string[] names =
            [.. Enumerable.Range(0, Names).Select(i => string.Format(CultureInfo.InvariantCulture, format, i))];
        Dictionary<string, int> numbers = names.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        foreach (string name in names)
        {
            runner.Run($"BAG.PUT bag {name} value");
        }

        await runner.Keyspace.CheckpointAsync();
        await runner.ReopenAsync();
        for (int i = 0; usedOneIn > 0 && i < Names; i += usedOneIn)
        {
            // Some names are in memory, some changed there, some gone without the store knowing.
            runner.Run(i % 2 == 0 ? $"BAG.GET bag {names[i]}" : $"BAG.PUT bag {names[i]} other");
            if (i % 5 == 0)
            {
                runner.Run($"BAG.REMOVE bag {names[i]}");
                numbers.Remove(names[i]);
            }
        }

        for (int i = 0; i < Draws / 100; i++)
        {
            foreach (string name in runner.Run("DRAW bag 100").Split("\r\n").Where(line => numbers.ContainsKey(line)))
            {
                drawn[numbers[name]]++;
            }
        }

        Assert.AreEqual(Draws, drawn.Sum(), "what was removed is not drawn");
        double expected = (double)Draws / numbers.Count;
        double distance = numbers.Values.Sum(number => Math.Pow(drawn[number] - expected, 2) / expected);

        // Chi-squared is about normal with so many names; five deviations.
        Assert.IsLessThan(numbers.Count + (5 * Math.Sqrt(2.0 * numbers.Count)), distance);
    }

    [TestMethod]
    public async Task Draw_LargeBag_ReadsLittleOfTheStore()
    {
        const int Draws = 200;
        var store = new CountingStore(new SortedStore());
        await using KeyspaceRunner runner = Open(store);
        for (int i = 0; i < 10 * Names; i++)
        {
            runner.Run($"BAG.PUT bag n{i} value");
        }

        await runner.Keyspace.CheckpointAsync();
        await runner.ReopenAsync();
        runner.Run("BAG.GET bag n1");
        long before = store.Rows;
        for (int i = 0; i < Draws; i++)
        {
            Assert.StartsWith("*1\r\n$", runner.Run("DRAW bag 1"));
        }

        Assert.IsLessThan(150 * Draws, store.Rows - before);
    }

    [TestMethod]
    public async Task Draw_FewNamesLeft_FindsThem()
    {
        await using KeyspaceRunner runner = Open(new SortedStore());
        for (int i = 0; i < 500; i++)
        {
            runner.Run($"BAG.PUT bag n{i} value");
        }

        for (int i = 0; i < 499; i++)
        {
            runner.Run($"BAG.REMOVE bag n{i}");
        }

        Assert.AreEqual("*2\r\n$4\r\nn499\r\n$4\r\nn499\r\n", runner.Run("DRAW bag 2"));
        runner.Run("BAG.REMOVE bag n499");
        Assert.AreEqual("*0\r\n", runner.Run("DRAW bag 2"));
    }

    private static KeyspaceRunner Open(IStore store) => new(
        new RunnerSettings(Shards: 1, MemoryMax: 64 * 1024, ResidentElementsMax: 10),
        store,
        new BagModule(order: ElementOrder.ByHash),
        new DrawModule());

    /// <summary><c>DRAW key count</c>: names drawn from a bag.</summary>
    private sealed class DrawModule : IModule
    {
        public string Name => "draws";

        public void Register(IModuleRegistry registry) =>
            registry.AddCommands(new CommandSpec("DRAW", 3, CommandFlags.ReadOnly, KeySpec.One, Draw));

        private static Reply Draw(in CommandCall call)
        {
            Key key = call.Open(call.Args[1]);
            var names = new List<byte[]>();
            int count = int.Parse(call.Args[2], CultureInfo.InvariantCulture);
            while (names.Count < count && key.Type is { } type && key.TryDraw(type.Kind, out ElementCursor? drawn))
            {
                names.Add(drawn.Element.ToArray());
            }

            call.Writer.Array(names.Count);
            foreach (byte[] name in names)
            {
                call.Writer.Bulk(name);
            }

            return Reply.Written;
        }
    }

    /// <summary>Counts the rows that scans give.</summary>
    private sealed class CountingStore(IStore store) : IStore
    {
        public long Rows;

        public ulong Watermark => store.Watermark;

        public ulong DurableWatermark => store.DurableWatermark;

        public long SizeBytes => store.SizeBytes;

        public byte[]? Get(ReadOnlySpan<byte> key) => store.Get(key);

        public IStoreScan Scan(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to, bool reverse = false) =>
            new CountingScan(this, store.Scan(from, to, reverse));

        public void Commit(WriteBatch batch) => store.Commit(batch);

        public void Flush() => store.Flush();

        public void Dispose() => store.Dispose();
    }

    private sealed class CountingScan(CountingStore store, IStoreScan scan) : IStoreScan
    {
        public ReadOnlySpan<byte> Key => scan.Key;

        public ReadOnlySpan<byte> Value => scan.Value;

        public bool MoveNext()
        {
            Interlocked.Increment(ref store.Rows);
            return scan.MoveNext();
        }

        public void Dispose() => scan.Dispose();
    }
}
