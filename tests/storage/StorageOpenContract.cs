using Marekvs.Abstractions.Storage;
using Marekvs.Testing;

namespace Marekvs.Storage.Tests;

/// <summary>What cannot be opened, and what it says.</summary>
public abstract class StorageOpenContract<TProvider> : StorageContract<TProvider>
    where TProvider : IStorageProvider, new()
{
    [TestMethod]
    public void Open_DirectoryHeldByAnotherStore_SaysSo()
    {
        Put(Store, "k"u8, "v"u8);
        StorageException e = Assert.ThrowsExactly<StorageException>(() => Open(Folder.Path));
        Assert.Contains("its own data directory", e.Message);
        AssertValue("v"u8.ToArray(), Store.Get("k"u8), "the first store goes on");
    }

    [TestMethod]
    public void Open_FilesDamaged_SaysWhatToDo()
    {
        FillForDamage();
        using TemporaryDirectory copy = Folder.Copy();
        foreach (string file in DataFiles(copy.Path))
        {
            byte[] bytes = File.ReadAllBytes(file);
            bytes.AsSpan(0, Math.Min(bytes.Length, 4096)).Fill(0xA5);
            File.WriteAllBytes(file, bytes);
        }

        AssertRefused(copy.Path);
    }

    [TestMethod]
    public void Open_FilesCutShort_SaysWhatToDo()
    {
        FillForDamage();
        using TemporaryDirectory copy = Folder.Copy();
        foreach (string file in DataFiles(copy.Path))
        {
            using FileStream stream = File.OpenWrite(file);
            stream.SetLength(stream.Length / 2);
        }

        AssertRefused(copy.Path);
    }

    [TestMethod]
    public void SizeBytes_AskedWhileTheStoreCloses_Answers()
    {
        IStore store = Store;
        FillForDamage();
        Assert.IsGreaterThanOrEqualTo(0, store.SizeBytes);
    }

    /// <summary>The files whose damage an open must notice.</summary>
    protected abstract IEnumerable<string> DataFiles(string directory);

    private void FillForDamage()
    {
        Commit(Store, batch =>
        {
            for (int i = 0; i < 500; i++)
            {
                batch.Put([(byte)(i >> 8), (byte)i], new byte[100]);
            }

            batch.Watermark = 1;
        });
        Close();
    }

    private void AssertRefused(string path)
    {
        StorageException e = Assert.ThrowsExactly<StorageException>(() => Open(path).Dispose());
        TestContext.WriteLine(e.Message);
        Assert.Contains(path, e.Message);
        Assert.Contains("restore", e.Message);

        // A refused open lets go of the directory.
        StorageException again = Assert.ThrowsExactly<StorageException>(() => Open(path).Dispose());
        Assert.AreEqual(e.Message, again.Message);
    }
}
