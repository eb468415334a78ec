using System.Buffers.Binary;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Tests;

/// <summary>Runs against a sorted list: wherever elements come and go, and however runs are divided, every run knows how
/// many elements it has and how many lie before it.</summary>
[TestClass]
public sealed class ElementRunsTests
{
    private const byte Tag = 200;
    private const int Length = 8;

    private readonly SortedSet<uint> _model = [];
    private readonly Dictionary<string, long> _store = [];

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void Runs_RandomChanges_StayExact(int seed)
    {
        var random = new Random(seed);
        var runs = ElementRuns.Whole(Tag, Length, 0);
        bool all = true;
        foreach (double growth in (ReadOnlySpan<double>)[0.95, 0.5, 0.1, 0.7, 0.02])
        {
            for (int i = 0; i < 4_000; i++)
            {
                Change(runs, (uint)random.Next(5_000), random.NextDouble() < growth);
                if (i % 50 == 0)
                {
                    Divide(runs, (uint)random.Next(5_000));
                }

                if (i % 1_000 == 0)
                {
                    Save(runs, all);
                    all = false;
                }
            }

            Check(runs);
        }
    }

    [TestMethod]
    public void Runs_AtTheEnds_BeginByThemselves()
    {
        const int Pushes = 5_000;
        var runs = ElementRuns.Of(new ElementTree(), Tag, Length);
        runs.First = runs.Last = Suffix(Pushes);
        for (uint i = 1; i <= Pushes; i++)
        {
            Change(runs, Pushes + i, isThere: true);
            Change(runs, Pushes - i, isThere: true);
        }

        Check(runs);
        Assert.IsTrue(All(runs).All(run => run.Count <= Length));
        for (uint i = 0; i <= 2 * Pushes; i++)
        {
            Change(runs, i, isThere: false);
        }

        Check(runs);
        Assert.AreEqual(1, runs.Count, "empty runs are joined");
    }

    private static byte[] Suffix(uint number)
    {
        byte[] suffix = [Tag, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32BigEndian(suffix.AsSpan(1), number);
        return suffix;
    }

    private static uint NumberIn(byte[] suffix) => suffix.Length == 1
        ? suffix[0] == Tag ? 0 : uint.MaxValue
        : BinaryPrimitives.ReadUInt32BigEndian(suffix.AsSpan(1));

    private void Change(ElementRuns runs, uint number, bool isThere)
    {
        if (isThere ? _model.Add(number) : _model.Remove(number))
        {
            runs.Shift(Suffix(number), isThere ? 1 : -1);
        }
    }

    private void Divide(ElementRuns runs, uint number)
    {
        ElementRun run = runs.Find(Suffix(number));
        if (number > NumberIn(run.Low))
        {
            runs.Split(Suffix(number), CountBetween(NumberIn(run.Low), number));
        }
    }

    /// <summary>Tells the store of changes, which then has every run.</summary>
    private void Save(ElementRuns runs, bool all)
    {
        runs.TakeChanges(all, (low, count) =>
        {
            _store.Remove(Convert.ToHexString(low));
            if (count is { } elements)
            {
                _store.Add(Convert.ToHexString(low), elements);
            }
        });
        CollectionAssert.AreEquivalent(
            All(runs).ToDictionary(run => Convert.ToHexString(run.Low), run => run.Count), _store);
    }

    private void Check(ElementRuns runs)
    {
        byte[] low = [Tag];
        long before = 0;
        foreach (ElementRun run in All(runs))
        {
            CollectionAssert.AreEqual(low, run.Low);
            Assert.AreEqual(before, run.Before);
            Assert.AreEqual(CountBetween(NumberIn(run.Low), NumberIn(run.High)), run.Count);
            low = run.High;
            before += run.Count;
        }

        CollectionAssert.AreEqual((byte[])[Tag + 1], low);
        Assert.AreEqual(_model.Count, before);
        long index = 0;
        foreach (uint number in _model)
        {
            ElementRun run = runs.FindAt(index++);
            Assert.IsTrue(number >= NumberIn(run.Low) && number < NumberIn(run.High), $"element {index} of {before}");
        }
    }

    private static IEnumerable<ElementRun> All(ElementRuns runs)
    {
        for (byte[] low = [Tag]; low[0] == Tag;)
        {
            ElementRun run = runs.Find(low);
            yield return run;
            low = run.High;
        }
    }

    private long CountBetween(uint low, uint high) => high == 0 ? 0 : _model.GetViewBetween(low, high - 1).Count;
}
