using Marekvs.Abstractions.Storage;

namespace Marekvs.Storage.Tests;

/// <summary>Writes: batches, watermarks, reopening, lengths of keys and values.</summary>
public abstract class StorageWriteContract<TProvider> : StorageContract<TProvider>
    where TProvider : IStorageProvider, new()
{
    /// <summary>The longest index key of the most limited provider.</summary>
    private const int IndexLimit = 1023;

    [TestMethod]
    public void Commit_RowsOfOneBatch_ApplyInOrder()
    {
        Commit(Store, batch =>
        {
            batch.Put("a"u8, "1"u8);
            batch.Put("b"u8, "1"u8);
            batch.Put("c"u8, "1"u8);
            batch.Put("d"u8, "1"u8);
        });
        Commit(Store, batch =>
        {
            batch.Put("a"u8, "2"u8);
            batch.Put("a"u8, "3"u8);
            batch.Put("bb"u8, "dies"u8);
            batch.DeleteRange("b"u8, "d"u8);
            batch.Put("c"u8, "again"u8);
            batch.Delete("d"u8);
            batch.Put("e"u8, "dies"u8);
            batch.Delete("e"u8);
            batch.Delete("absent"u8);
            batch.DeleteRange("x"u8, "y"u8);
            batch.DeleteRange("z"u8, "a"u8);
        });
        Assert.AreEqual("61 63", Keys(Rows(Store)));
        AssertValue("3"u8.ToArray(), Store.Get("a"u8), "a");
        AssertValue("again"u8.ToArray(), Store.Get("c"u8), "c");
        Assert.IsNull(Store.Get("d"u8));
    }

    [TestMethod]
    public void Commit_Watermark_ChangesOnlyWhenTheBatchHasOne()
    {
        Commit(Store, batch => batch.Watermark = 7);
        Assert.AreEqual(7UL, Store.Watermark);
        Put(Store, "k"u8, "v"u8);
        Assert.AreEqual(7UL, Store.Watermark);
        Commit(Store, batch => batch.Watermark = ulong.MaxValue);
        Assert.AreEqual(ulong.MaxValue, Store.Watermark);
        Assert.AreEqual("6B", Keys(Rows(Store)));
        Store.Flush();
        Assert.AreEqual(ulong.MaxValue, Reopen().Watermark);
    }

    [TestMethod]
    public void DeleteRange_FromTheEmptyKey_TakesTheEmptyKeyToo()
    {
        Commit(Store, batch =>
        {
            batch.Put([], "v"u8);
            batch.Put([0], "v"u8);
            batch.Put([1], "v"u8);
            batch.Watermark = 3;
        });
        Commit(Store, batch => batch.DeleteRange([], [1]));
        Assert.AreEqual("01", Keys(Rows(Store)));
        Commit(Store, batch => batch.DeleteRange([], [255, 255]));
        Assert.IsEmpty(Rows(Store));
        Assert.AreEqual(3UL, Store.Watermark);
    }

    [TestMethod]
    public void Flush_Committed_RaisesTheDurableWatermark()
    {
        Commit(Store, batch =>
        {
            batch.Put("k"u8, "v"u8);
            batch.Watermark = 5;
        });
        Assert.IsLessThanOrEqualTo(5UL, Store.DurableWatermark);
        Store.Flush();
        Assert.AreEqual(5UL, Store.DurableWatermark);
        Commit(Store, batch => batch.Watermark = 6);
        Store.Flush();
        Store.Flush();
        Assert.AreEqual(6UL, Store.DurableWatermark);
        Assert.IsGreaterThan(0L, Store.SizeBytes);
    }

    [TestMethod]
    public void Reopen_AfterDispose_HoldsEverything()
    {
        var random = new Random(11);
        byte[] large = Bytes(random, 3_000_000);
        Commit(Store, batch =>
        {
            for (int i = 0; i < 2000; i++)
            {
                batch.Put([(byte)(i >> 8), (byte)i], [(byte)i]);
            }

            batch.Put("large"u8, large);
            batch.Watermark = 42;
        });
        Reopen();
        Assert.AreEqual(42UL, Store.Watermark);
        Assert.AreEqual(42UL, Store.DurableWatermark);
        Assert.HasCount(2001, Rows(Store));
        AssertValue(large, Store.Get("large"u8), "large");
        Commit(Store, batch => batch.DeleteRange([0], [8]));
        Reopen();
        Assert.AreEqual("6C61726765", Keys(Rows(Store)));
        Assert.AreEqual(42UL, Store.Watermark);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(IndexLimit - 120)]
    [DataRow(IndexLimit - 8)]
    [DataRow(IndexLimit)]
    [DataRow(IndexLimit + 1)]
    [DataRow(2 * IndexLimit)]
    [DataRow(64 * 1024)]
    [DataRow(1024 * 1024)]
    public void Get_KeyOfLength_FindsIt(int length)
    {
        var random = new Random(length);
        byte[] key = Bytes(random, length);
        byte[] neighbour = [.. key, 0];
        Put(Store, key, "v"u8);
        Put(Store, neighbour, "w"u8);
        AssertValue("v"u8.ToArray(), Store.Get(key), "key");
        Assert.AreEqual(Keys([key, neighbour]), Keys(Rows(Store)));
        Assert.AreEqual(Keys([neighbour, key]), Keys(Rows(Store, reverse: true)));
        Assert.AreEqual(Keys([neighbour]), Keys(Rows(Store, neighbour)));
        Reopen();
        AssertValue("w"u8.ToArray(), Store.Get(neighbour), "neighbour after reopening");
        Commit(Store, batch => batch.Delete(key));
        Assert.IsNull(Store.Get(key));
        Assert.AreEqual(Keys([neighbour]), Keys(Rows(Store)));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(8 * 1024)]
    [DataRow((64 * 1024) - 1)]
    [DataRow(64 * 1024)]
    [DataRow((64 * 1024) + 1)]
    [DataRow(1024 * 1024)]
    [DataRow(16 * 1024 * 1024)]
    [DataRow((20 * 1024 * 1024) + 1)]
    public void Get_ValueOfLength_ReturnsIt(int length)
    {
        byte[] value = Bytes(new Random(length), length);
        Put(Store, "k"u8, value);
        AssertValue(value, Store.Get("k"u8), "value");
        using (IStoreScan scan = Store.Scan([], []))
        {
            Assert.IsTrue(scan.MoveNext());
            AssertValue(value, scan.Value.ToArray(), "scanned value");
        }

        AssertValue(value, Reopen().Get("k"u8), "value after reopening");
        Put(Store, "k"u8, "short"u8);
        AssertValue("short"u8.ToArray(), Store.Get("k"u8), "value replaced");
    }

    [TestMethod]
    public void Get_KeyAndValueOf16MiB_ReturnsIt()
    {
        var random = new Random(16);
        byte[] key = Bytes(random, 16 * 1024 * 1024);
        byte[] value = Bytes(random, 16 * 1024 * 1024);
        Put(Store, key, value);
        AssertValue(value, Store.Get(key), "value");
        AssertValue(value, Reopen().Get(key), "value after reopening");
        Commit(Store, batch => batch.Delete(key));
        Assert.IsEmpty(Rows(Store));
    }

    [TestMethod]
    public void Scan_KeysSharingALongPrefix_AreInOrder()
    {
        var random = new Random(5);
        byte[] prefix = Bytes(random, 1100);
        var expected = new SortedDictionary<byte[], byte[]>(ByteOrder.Instance);
        Commit(Store, batch =>
        {
            for (int i = 0; i < 400; i++)
            {
                byte[] key = [.. prefix[..random.Next(900, 1101)], .. Bytes(random, random.Next(0, 4))];
                expected[key] = [(byte)i];
                batch.Put(key, expected[key]);
            }
        });
        Assert.AreEqual(Keys(expected.Keys), Keys(Rows(Store)));
        Assert.AreEqual(Keys(expected.Keys.Reverse()), Keys(Rows(Store, reverse: true)));
        byte[][] keys = [.. expected.Keys];
        for (int i = 0; i < 100; i++)
        {
            int low = random.Next(keys.Length);
            int high = random.Next(keys.Length);
            IEnumerable<byte[]> inside = keys.Take(high).Skip(low);
            Assert.AreEqual(Keys(inside), Keys(Rows(Store, keys[low], keys[high])));
            Assert.AreEqual(Keys(inside.Reverse()), Keys(Rows(Store, keys[low], keys[high], reverse: true)));
        }

        Commit(Store, batch => batch.DeleteRange(keys[10], keys[^10]));
        Assert.AreEqual(Keys(keys[..10].Concat(keys[^10..])), Keys(Rows(Store)));
    }
}
