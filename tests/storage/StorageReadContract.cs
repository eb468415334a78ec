using Marekvs.Abstractions.Storage;

namespace Marekvs.Storage.Tests;

/// <summary>Reads: order, bounds, snapshots.</summary>
public abstract class StorageReadContract<TProvider> : StorageContract<TProvider>
    where TProvider : IStorageProvider, new()
{
    [TestMethod]
    public void Get_NewStore_IsEmpty()
    {
        Assert.IsNull(Store.Get("a"u8));
        Assert.IsNull(Store.Get([]));
        Assert.AreEqual(0UL, Store.Watermark);
        Assert.AreEqual(0UL, Store.DurableWatermark);
        Assert.IsEmpty(Rows(Store));
        Assert.IsEmpty(Rows(Store, reverse: true));
    }

    [TestMethod]
    public void Get_EmptyKeyAndEmptyValue_ArePresent()
    {
        Put(Store, [], "v"u8);
        Put(Store, "k"u8, []);
        AssertValue("v"u8.ToArray(), Store.Get([]), "empty key");
        AssertValue([], Store.Get("k"u8), "empty value");
    }

    [TestMethod]
    public void Get_ReturnedArrayChanged_StoreKeepsItsOwn()
    {
        Put(Store, "k"u8, "abc"u8);
        Store.Get("k"u8)![0] = 0;
        AssertValue("abc"u8.ToArray(), Store.Get("k"u8), "value");
    }

    [TestMethod]
    public void Scan_KeysOfAllBytes_AreOrderedAsUnsignedBytes()
    {
        byte[][] keys =
        [
            [], [0], [0, 0], [0, 0, 0], [0, 1], [0, 255], [1], [1, 0], [1, 1, 1], [0x7F], [0x7F, 0xFF], [0x80],
            [0x80, 0], [0x81, 5], [0xFE], [0xFF], [0xFF, 0], [0xFF, 0xFF], [0xFF, 0xFF, 0xFF],
        ];
        Commit(Store, batch =>
        {
            foreach (byte[] key in keys.OrderBy(k => Convert.ToHexString([.. k.Reverse(), (byte)k.Length])))
            {
                batch.Put(key, key);
            }
        });
        Assert.AreEqual(Keys(keys), Keys(Rows(Store)));
        Assert.AreEqual(Keys(keys.Reverse()), Keys(Rows(Store, reverse: true)));
        foreach (byte[] from in keys)
        {
            foreach (byte[] to in keys.Where(k => k.Length > 0))
            {
                byte[][] expected = [.. keys.Where(k => ByteOrder.Instance.Compare(k, from) >= 0 && ByteOrder.Instance.Compare(k, to) < 0)];
                Assert.AreEqual(Keys(expected), Keys(Rows(Store, from, to)));
                Assert.AreEqual(Keys(expected.Reverse()), Keys(Rows(Store, from, to, reverse: true)));
            }
        }
    }

    [TestMethod]
    public void Scan_BoundsBetweenKeys_GiveTheKeysInside()
    {
        Commit(Store, batch =>
        {
            for (int i = 0; i < 1000; i++)
            {
                batch.Put([(byte)(i >> 8), (byte)i, 7], [(byte)i]);
            }
        });
        List<(byte[] Key, byte[] Value)> up = Rows(Store, [0, 200], [3, 0]);
        Assert.HasCount(568, up);
        Assert.AreEqual("00C807", Convert.ToHexString(up[0].Key));
        Assert.AreEqual("02FF07", Convert.ToHexString(up[^1].Key));
        Assert.IsTrue(up.All(row => row.Value.AsSpan().SequenceEqual(row.Key.AsSpan(1, 1))));
        Assert.AreEqual(
            Keys(up.AsEnumerable().Reverse()), Keys(Rows(Store, [0, 200], [3, 0], reverse: true)));
        Assert.IsEmpty(Rows(Store, [5], [9]));
        Assert.IsEmpty(Rows(Store, [5], [1]));
        Assert.IsEmpty(Rows(Store, [1], [1], reverse: true));
    }

    [TestMethod]
    public void Scan_EndReached_StaysAtTheEnd()
    {
        Put(Store, "k"u8, "v"u8);
        using IStoreScan scan = Store.Scan([], []);
        Assert.IsTrue(scan.MoveNext());
        Assert.IsFalse(scan.MoveNext());
        Assert.IsFalse(scan.MoveNext());
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Scan_CommitsMeanwhile_SeesTheSnapshot(bool reverse)
    {
        const int Count = 3000;
        byte[] Key(int i) => [(byte)(i >> 8), (byte)i];
        Commit(Store, batch =>
        {
            for (int i = 0; i < Count; i += 2)
            {
                batch.Put(Key(i), "old"u8);
            }
        });
        string expected = string.Join(' ', Rows(Store, reverse: reverse).Select(Describe));
        using IStoreScan early = Store.Scan([], [], reverse);
        var seen = new List<(byte[] Key, byte[] Value)>();
        for (int i = 0; i < 500; i++)
        {
            Assert.IsTrue(early.MoveNext());
            seen.Add((early.Key.ToArray(), early.Value.ToArray()));
        }

        Commit(Store, batch =>
        {
            for (int i = 0; i < Count; i++)
            {
                batch.Put(Key(i), "new"u8);
            }
        });
        using IStoreScan middle = Store.Scan([], [], reverse);
        Commit(Store, batch => batch.DeleteRange(Key(100), Key(2900)));
        Commit(Store, batch => batch.Put(Key(1000), "newest"u8));

        seen.AddRange(Rest(early));
        Assert.AreEqual(expected, string.Join(' ', seen.Select(Describe)));
        List<(byte[] Key, byte[] Value)> later = Rest(middle);
        Assert.HasCount(Count, later);
        Assert.IsTrue(later.All(row => row.Value.AsSpan().SequenceEqual("new"u8)));
        Assert.HasCount(201, Rows(Store, reverse: reverse));
        AssertValue("newest"u8.ToArray(), Store.Get(Key(1000)), "value read with scans open");

        static string Describe((byte[] Key, byte[] Value) row) =>
            $"{Convert.ToHexString(row.Key)}={Convert.ToHexString(row.Value)}";
    }
}
