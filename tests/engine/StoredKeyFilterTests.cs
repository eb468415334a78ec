using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Tests;

/// <summary>No key that was added is ever denied, and few that were not are affirmed.</summary>
[TestClass]
public sealed class StoredKeyFilterTests
{
    [TestMethod]
    public void MayContain_AddedKeys_AllAffirmedAndFewOthers()
    {
        const int Keys = 200_000;
        var random = new Random(5);
        var filter = new StoredKeyFilter { IsComplete = true };
        var added = new ulong[Keys];
        for (int i = 0; i < Keys; i++)
        {
            added[i] = (ulong)random.NextInt64();
            filter.Add(added[i]);
        }

        Assert.IsTrue(Array.TrueForAll(added, filter.MayContain));
        int wrong = Enumerable.Range(0, Keys).Count(_ => filter.MayContain((ulong)random.NextInt64()));
        Assert.IsLessThan(Keys / 25, wrong, "four in a hundred over all stages");
    }

    [TestMethod]
    public void MayContain_BeforeItIsComplete_AffirmsEverything()
    {
        var filter = new StoredKeyFilter();
        Assert.IsTrue(filter.MayContain(1));
        filter.IsComplete = true;
        Assert.IsFalse(filter.MayContain(1));
    }

    [TestMethod]
    public void Clear_ForgetsAllKeys()
    {
        var filter = new StoredKeyFilter { IsComplete = true };
        filter.Add(7);
        filter.Clear();
        Assert.IsFalse(filter.MayContain(7));
    }
}
