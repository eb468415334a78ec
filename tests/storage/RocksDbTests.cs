using System.Buffers.Binary;
using Marekvs.Abstractions.Storage;
using Marekvs.Storage.RocksDb;
using Marekvs.Testing;

namespace Marekvs.Storage.Tests;

[TestClass]
public sealed class RocksDbReadTests : StorageReadContract<RocksDbProvider>;

[TestClass]
public sealed class RocksDbWriteTests : StorageWriteContract<RocksDbProvider>;

[TestClass]
public sealed class RocksDbThreadTests : StorageThreadContract<RocksDbProvider>;

[TestClass]
public sealed class RocksDbModelTests : StorageModelContract<RocksDbProvider>;

[TestClass]
public sealed class RocksDbOpenTests : StorageOpenContract<RocksDbProvider>
{
    protected override IEnumerable<string> DataFiles(string directory) =>
        Directory.EnumerateFiles(directory).Where(file => file.EndsWith(".sst", StringComparison.Ordinal)
            || Path.GetFileName(file).StartsWith("MANIFEST", StringComparison.Ordinal));
}

/// <summary>What is particular to this provider.</summary>
[TestClass]
public sealed class RocksDbTests : StorageContract<RocksDbProvider>
{
    [TestMethod]
    public void DeleteRange_Large_GivesTheDiskBack()
    {
        const int Rows = 32;
        using var folder = new TemporaryDirectory();
        using IStore store = Open(folder.Path, ("compression", "none"));
        var batch = new WriteBatch();
        byte[] value = new byte[1024 * 1024];
        for (byte i = 0; i < Rows; i++)
        {
            batch.Put([1, i], value);
        }

        batch.Put([2], "stays"u8);
        store.Commit(batch);
        store.Flush();
        Assert.IsGreaterThan(Rows * value.Length, store.SizeBytes);

        batch.Clear();
        batch.DeleteRange([1], [2]);
        batch.Put([1, 7], "new"u8);
        store.Commit(batch);
        Assert.IsTrue(
            SpinWait.SpinUntil(() => store.SizeBytes < value.Length, TimeSpan.FromSeconds(30)), $"{store.SizeBytes} bytes");
        CollectionAssert.AreEqual("new"u8.ToArray(), store.Get([1, 7]));
        CollectionAssert.AreEqual("stays"u8.ToArray(), store.Get([2]));
        Assert.IsNull(store.Get([1, 8]));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(37)]
    [DataRow(80)]
    public void Open_AfterACrash_HoldsAWholePrefixOfTheBatches(int flushAt)
    {
        using var folder = new TemporaryDirectory();
        using IStore store = Open(folder.Path, ("writeBuffer", "64kb"), ("compression", "none"));
        var random = new Random(flushAt);
        for (int i = 1; i <= 80; i++)
        {
            // Small write buffers: files appear in the background in the middle of this.
            CommitBatch(store, random, i);
            if (i == flushAt)
            {
                store.Flush();
            }
        }

        ulong durable = store.DurableWatermark;
        using TemporaryDirectory copy = folder.Copy();
        using IStore crashed = Open(copy.Path);
        TestContext.WriteLine($"durable {durable}, after the crash {crashed.Watermark}");
        Assert.IsGreaterThanOrEqualTo((ulong)flushAt, durable);
        Assert.IsGreaterThanOrEqualTo(durable, crashed.Watermark);
        for (int i = 1; i <= 80; i++)
        {
            byte[] first = Prefixed(i, 0);
            byte[] last = Prefixed(i, 1);
            bool expected = (ulong)i <= crashed.Watermark;
            Assert.AreEqual(expected, crashed.Get(first) is not null, $"first row of batch {i}");
            Assert.AreEqual(expected, crashed.Get(last) is not null, $"last row of batch {i}");
        }
    }

    [TestMethod]
    public void DurableWatermark_BuffersWrittenInTheBackground_Rises()
    {
        using var folder = new TemporaryDirectory();
        using IStore store = Open(folder.Path, ("writeBuffer", "64kb"));
        var random = new Random(3);
        int i = 0;
        while (store.DurableWatermark == 0 && i < 100_000)
        {
            CommitBatch(store, random, ++i);
        }

        TestContext.WriteLine($"risen after {i} batches");
        Assert.IsGreaterThan(0UL, store.DurableWatermark);
        Assert.IsLessThanOrEqualTo((ulong)i, store.DurableWatermark);
    }

    [TestMethod]
    [DataRow("none")]
    [DataRow("lz4")]
    [DataRow("zstd")]
    public void Open_EachCompression_Works(string compression)
    {
        using var folder = new TemporaryDirectory();
        using IStore store = Open(folder.Path, ("compression", compression));
        Put(store, "k"u8, new byte[100_000]);
        store.Flush();
        AssertValue(new byte[100_000], store.Get("k"u8), "value");
    }

    [TestMethod]
    public void Open_UnknownCompression_SaysWhatToWrite()
    {
        using var folder = new TemporaryDirectory();
        StorageException e = Assert.ThrowsExactly<StorageException>(() => Open(folder.Path, ("compression", "lzma")));
        Assert.Contains("none, lz4 or zstd", e.Message);
    }

    [TestMethod]
    public void Get_KeyPresentOrAbsent_AllocatesOnlyTheValue()
    {
        Put(Store, "k"u8, new byte[100]);
        Store.Get("k"u8);
        Store.Get("absent"u8);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            Store.Get("k"u8);
            Store.Get("absent"u8);
        }

        Assert.AreEqual(128 * 100, GC.GetAllocatedBytesForCurrentThread() - before, 1000);
    }

    private static void CommitBatch(IStore store, Random random, int number) => Commit(store, batch =>
    {
        batch.Put(Prefixed(number, 0), []);
        for (int i = 0; i < 20; i++)
        {
            batch.Put(Bytes(random, 12), Bytes(random, 200));
        }

        batch.Put(Prefixed(number, 1), []);
        batch.Watermark = (ulong)number;
    });

    private static byte[] Prefixed(int batch, byte position)
    {
        byte[] key = [(byte)'#', 0, 0, 0, 0, position];
        BinaryPrimitives.WriteInt32BigEndian(key.AsSpan(1), batch);
        return key;
    }
}
