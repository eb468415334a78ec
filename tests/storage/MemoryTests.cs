using Marekvs.Abstractions.Storage;
using Marekvs.Storage.Memory;
using Marekvs.Testing;

namespace Marekvs.Storage.Tests;

[TestClass]
public sealed class MemoryReadTests : StorageReadContract<MemoryProvider>;

[TestClass]
public sealed class MemoryWriteTests : StorageWriteContract<MemoryProvider>;

[TestClass]
public sealed class MemoryThreadTests : StorageThreadContract<MemoryProvider>;

[TestClass]
public sealed class MemoryModelTests : StorageModelContract<MemoryProvider>
{
    protected override int RandomBatches => 2000;
}

[TestClass]
public sealed class MemoryOpenTests : StorageOpenContract<MemoryProvider>
{
    protected override IEnumerable<string> DataFiles(string directory) =>
        [Path.Combine(directory, "rows.snapshot")];
}

/// <summary>What is particular to this provider.</summary>
[TestClass]
public sealed class MemoryTests : StorageContract<MemoryProvider>
{
    [TestMethod]
    public void Open_AfterACrash_HoldsTheLastFlush()
    {
        Commit(Store, batch =>
        {
            batch.Put("a"u8, "1"u8);
            batch.Watermark = 1;
        });
        Store.Flush();
        Commit(Store, batch =>
        {
            batch.Put("b"u8, "1"u8);
            batch.Watermark = 2;
        });
        Assert.AreEqual(1UL, Store.DurableWatermark);
        using TemporaryDirectory copy = Folder.Copy();
        using IStore crashed = Open(copy.Path);
        Assert.AreEqual(1UL, crashed.Watermark);
        Assert.AreEqual("61", Keys(Rows(crashed)));
    }

    [TestMethod]
    public void Open_CrashWhileFlushing_HoldsTheFlushBefore()
    {
        Commit(Store, batch => batch.Watermark = 1);
        Store.Flush();
        using TemporaryDirectory copy = Folder.Copy();
        File.WriteAllText(copy.Combine("rows.snapshot.new"), "half a file");
        using IStore crashed = Open(copy.Path);
        Assert.AreEqual(1UL, crashed.Watermark);
        Commit(crashed, batch => batch.Watermark = 2);
        crashed.Flush();
        Assert.AreEqual(2UL, crashed.DurableWatermark);
    }

    [TestMethod]
    public void Open_AnyByteOfTheSnapshotFlipped_IsRefused()
    {
        Commit(Store, batch =>
        {
            batch.Put("key"u8, "value"u8);
            batch.Put("other"u8, "value"u8);
            batch.Watermark = 1;
        });
        Store.Flush();
        using TemporaryDirectory copy = Folder.Copy();
        string path = copy.Combine("rows.snapshot");
        byte[] good = File.ReadAllBytes(path);
        for (int i = 0; i < good.Length; i++)
        {
            byte[] bad = [.. good];
            bad[i] ^= 0x10;
            File.WriteAllBytes(path, bad);
            Assert.ThrowsExactly<StorageException>(() => Open(copy.Path), $"byte {i}");
        }
    }

    [TestMethod]
    public void Snapshot_OfTwoRows_HasTheseBytes()
    {
        Commit(Store, batch =>
        {
            batch.Put("a"u8, "xyz"u8);
            batch.Put([], []);
            batch.Watermark = 0x0102;
        });
        Store.Flush();
        byte[] bytes = File.ReadAllBytes(Folder.Combine("rows.snapshot"));
        Assert.AreEqual(
            "4D56534D454D0001" + "0201000000000000" + "0200000000000000" + "0000000000000000" +
            "0100000003000000" + "61" + "78797A",
            Convert.ToHexString(bytes.AsSpan(..^8)));
    }
}
