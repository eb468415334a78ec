using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Tests;

[TestClass]
public sealed class KeyTableTests
{
    private const int Entries = 20_000;

    private readonly KeyTable _table = new();

    [TestMethod]
    public void Find_AfterManySplitsAndRemovals_FindsWhatIsThere()
    {
        List<KeyEntry> entries = Fill(new Random(1));
        foreach (KeyEntry entry in entries.Where((_, i) => i % 3 == 0))
        {
            _table.Remove(entry);
        }

        Assert.AreEqual(entries.Count(entry => !entry.IsDropped), _table.Count);
        foreach (KeyEntry entry in entries)
        {
            Assert.AreSame(entry.IsDropped ? null : entry, _table.Find(entry.Hash, entry.Name));
        }
    }

    [TestMethod]
    public void Find_SameHash_TellsNamesApart()
    {
        var first = new KeyEntry([1], 42, 0);
        var second = new KeyEntry([2], 42, 0);
        _table.Add(first);
        _table.Add(second);
        Assert.AreSame(first, _table.Find(42, [1]));
        Assert.AreSame(second, _table.Find(42, [2]));
        Assert.IsNull(_table.Find(42, [3]));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(100)]
    [DataRow(int.MaxValue)]
    public void Collect_InSteps_VisitsEveryEntryOnceInHashOrder(int atLeast)
    {
        List<KeyEntry> entries = Fill(new Random(2));
        var found = new List<KeyEntry>();
        ulong? from = 0;
        while (from is not null)
        {
            ulong begin = from.Value;
            var step = new List<KeyEntry>();
            from = _table.Collect(begin, atLeast, step);
            Assert.IsTrue(step.TrueForAll(entry => entry.Hash >= begin && (from is null || entry.Hash < from)));
            Assert.IsTrue(from is null || step.Count >= atLeast);
            found.AddRange(step);
        }

        CollectionAssert.AreEquivalent(entries, found);
    }

    [TestMethod]
    public void Collect_WhileEntriesComeAndGo_VisitsThoseThatStay()
    {
        var random = new Random(3);
        List<KeyEntry> staying = Fill(random);
        var seen = new HashSet<KeyEntry>();
        var passing = new List<KeyEntry>();
        ulong? from = 0;
        while (from is not null)
        {
            var step = new List<KeyEntry>();
            from = _table.Collect(from.Value, 50, step);
            seen.UnionWith(step);
            for (int i = 0; i < 40; i++)
            {
                passing.Add(Add(random, Entries + passing.Count));
            }

            KeyEntry gone = passing[random.Next(passing.Count)];
            if (!gone.IsDropped)
            {
                _table.Remove(gone);
            }
        }

        Assert.IsTrue(seen.IsSupersetOf(staying));
    }

    [TestMethod]
    public void NextUnderHand_OneRound_PassesEveryEntryOnce()
    {
        List<KeyEntry> entries = Fill(new Random(4));
        var passed = new List<KeyEntry>();
        while (passed.Count < entries.Count)
        {
            _table.NextUnderHand(passed);
        }

        CollectionAssert.AreEquivalent(entries, passed);
    }

    [TestMethod]
    public void Draw_ManyTimes_ChoosesEveryEntryAboutAsOften()
    {
        const int Few = 300;
        const int Draws = 300_000;
        var random = new Random(5);
        for (int i = 0; i < Few; i++)
        {
            // Half of the hashes lie in a narrow range, so that pages are of very different depth.
            Add(i % 2 == 0 ? (ulong)random.NextInt64() : (ulong)random.NextInt64(1L << 56), i);
        }

        var counts = new Dictionary<KeyEntry, int>();
        int hits = 0;
        for (int i = 0; i < Draws; i++)
        {
            if (_table.Draw(random) is { } drawn)
            {
                counts[drawn] = counts.GetValueOrDefault(drawn) + 1;
                hits++;
            }
        }

        Assert.AreEqual(Few, counts.Count);
        double expected = (double)hits / Few;
        double statistic = counts.Values.Sum(count => (count - expected) * (count - expected) / expected);

        // Chi-square with 299 degrees of freedom: above 400 once in ten thousand.
        Assert.IsLessThan(400, statistic);
    }

    private List<KeyEntry> Fill(Random random) => [.. Enumerable.Range(0, Entries).Select(i => Add(random, i))];

    private KeyEntry Add(Random random, int number) => Add((ulong)random.NextInt64(), number);

    private KeyEntry Add(ulong hash, int number)
    {
        var entry = new KeyEntry(System.Text.Encoding.ASCII.GetBytes($"k{number}"), hash, 0);
        _table.Add(entry);
        return entry;
    }
}
