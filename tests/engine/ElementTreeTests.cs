using System.Text;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Tests;

/// <summary>The tree against a sorted list: same order both ways, same ranks, same positions, whatever came and went.
/// </summary>
[TestClass]
public sealed class ElementTreeTests
{
    private readonly ElementTree _tree = new();
    private readonly SortedDictionary<string, bool> _model = new(StringComparer.Ordinal);

    [TestMethod]
    [DataRow(1, 50, "e")]
    [DataRow(2, 500, "e")]
    [DataRow(3, 20_000, "e")]
    [DataRow(4, 500, "e", "eighteen letters |", "eighteen letters || and more")]
    [DataRow(5, 20_000, "eighteen letters |", "eighteen letters || and more", "eighteen letters |||")]
    public void Tree_RandomChanges_StaysLikeASortedList(int seed, int names, params string[] prefixes)
    {
        var random = new Random(seed);
        foreach (double growth in (ReadOnlySpan<double>)[0.9, 0.5, 0.1, 0.5])
        {
            for (int i = 0; i < names; i++)
            {
                Change(random, prefixes[random.Next(prefixes.Length)] + random.Next(names), random.NextDouble() < growth);
            }

            CheckAll(random, names);
        }

        foreach (string name in _model.Keys.ToList())
        {
            Remove(name);
        }

        CheckAll(random, names);
    }

    [TestMethod]
    public void Tree_FilledInOrderAndDrainedFromEitherEnd_StaysLikeASortedList()
    {
        const int Names = 10_000;
        for (int i = 0; i < Names; i++)
        {
            Put($"e{i:D6}", isVisible: true);
        }

        for (int i = 0; i < Names * 2 / 5; i++)
        {
            Remove($"e{i:D6}");
            Remove($"e{Names - 1 - i:D6}");
        }

        CheckAll(new Random(1), Names);
        for (int i = Names; i-- > 0;)
        {
            Put($"e{i:D6}", isVisible: i % 3 != 0);
        }

        CheckAll(new Random(2), Names);
    }

    [TestMethod]
    public void TakeDirty_ChangesOfAllKinds_AreTakenOnceAndInOrder()
    {
        const int Rounds = 20;
        const int Names = 3_000;
        var random = new Random(1);
        var changed = new SortedSet<string>(StringComparer.Ordinal);
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < Names; i++)
            {
                string name = $"eighteen letters |{random.Next(Names)}";
                if (random.Next(Rounds) < round)
                {
                    Remove(name);
                    changed.Remove(name);
                }
                else
                {
                    Put(name, isVisible: true);
                    _tree.Find(Bytes(name)).MarkDirty();
                    changed.Add(name);
                }
            }

            CollectionAssert.AreEqual(changed.ToArray(), _tree.TakeDirty().Select(Name).ToArray());
            Assert.IsFalse(_tree.TakeDirty().Any());
            changed.Clear();
        }
    }

    private static byte[] Bytes(string name) => Encoding.ASCII.GetBytes(name);

    private static string Name(ElementTree.Position at) => Encoding.ASCII.GetString(at.Suffix);

    private static RecordState State(bool isVisible) =>
        isVisible ? new RecordState { Payload = [] } : new RecordState { Cell = new() };

    private void Change(Random random, string name, bool grow)
    {
        if (grow)
        {
            Put(name, random.Next(4) > 0);
        }
        else
        {
            Remove(name);
        }
    }

    private void Put(string name, bool isVisible)
    {
        ElementTree.Position at = _tree.Find(Bytes(name));
        ref ElementItem item = ref (at.IsValid ? at : _tree.Add(Bytes(name))).Item;
        int change = (isVisible ? 1 : 0) - (item.State.IsVisible ? 1 : 0);
        item.State = State(isVisible);
        _tree.Reweigh(Bytes(name), change);
        _model[name] = isVisible;
    }

    private void Remove(string name)
    {
        if (_model.Remove(name, out bool wasVisible))
        {
            _tree.Find(Bytes(name)).Item.State = default;
            _tree.Reweigh(Bytes(name), wasVisible ? -1 : 0);
            _tree.Remove(Bytes(name));
        }
    }

    private void CheckAll(Random random, int names)
    {
        string[] all = [.. _model.Keys];
        string[] visible = [.. _model.Where(pair => pair.Value).Select(pair => pair.Key)];
        Assert.AreEqual(all.Length, _tree.Count);
        Assert.AreEqual(visible.Length, _tree.Weight);
        var forward = new List<string>();
        for (ElementTree.Position at = _tree.First(); at.IsValid; at = at.Next())
        {
            forward.Add(Name(at));
        }

        var backward = new List<string>();
        for (ElementTree.Position at = _tree.SeekBefore([byte.MaxValue]); at.IsValid; at = at.Previous())
        {
            backward.Add(Name(at));
        }

        CollectionAssert.AreEqual(all, forward);
        CollectionAssert.AreEqual(all.Reverse().ToList(), backward);
        for (int i = 0; i < 200; i++)
        {
            string name = "e" + random.Next(names);
            int found = Array.BinarySearch(all, name, StringComparer.Ordinal);
            int from = found < 0 ? ~found : found;
            Assert.AreEqual(all.ElementAtOrDefault(from), NameOrNull(_tree.Seek(Bytes(name))));
            Assert.AreEqual(all.ElementAtOrDefault(from - 1), NameOrNull(_tree.SeekBefore(Bytes(name))));
            Assert.AreEqual(
                found < 0 ? all.ElementAtOrDefault(from - 1) : name,
                NameOrNull(_tree.SeekBefore(Bytes(name), inclusive: true)));
            int rank = Array.BinarySearch(visible, name, StringComparer.Ordinal);
            Assert.AreEqual(rank < 0 ? ~rank : rank, _tree.Rank(Bytes(name)));
            int index = random.Next(-1, visible.Length + 1);
            Assert.AreEqual(visible.ElementAtOrDefault(index), NameOrNull(_tree.Select(index)));
        }
    }

    private static string? NameOrNull(ElementTree.Position at) => at.IsValid ? Name(at) : null;
}
