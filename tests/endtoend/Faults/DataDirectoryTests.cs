using Marekvs.EndToEnd.Processes;
using Marekvs.EndToEnd.Wire;
using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.EndToEnd.Faults;

/// <summary>A data directory that cannot be used, or that somebody else uses.</summary>
[TestClass]
public sealed class DataDirectoryTests
{
    private const int Keys = 500;
    private const int ValueBytes = 100;

    [TestMethod]
    [Timeout(60_000)]
    public async Task ReadOnly_Empty_StopsTheStartNamingIt()
    {
        using var disk = new MemoryDisk(megabytes: 16);
        disk.MakeReadOnly();

        await StartFailure.ExpectAsync(new NodeSettings { DataDirectory = disk.Path }, disk.Path);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task ReadOnly_WithData_StopsTheStartNamingIt()
    {
        using var disk = new MemoryDisk(megabytes: 400);
        var settings = new NodeSettings { DataDirectory = disk.Path };
        using (NodeProcess node = await NodeProcess.StartAsync(settings))
        {
            using RespClient client = node.Connect();
            SampleData.Write(client, 0, Keys, ValueBytes);
            Assert.AreEqual(0, await node.StopAsync());
        }

        disk.MakeReadOnly();

        await StartFailure.ExpectAsync(settings, disk.Path);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task BelowAFile_StopsTheStartNamingIt()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory.Combine("file"), "not a directory");
        string data = Path.Combine(directory.Combine("file"), "data");

        await StartFailure.ExpectAsync(new NodeSettings { DataDirectory = data }, data);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task UsedByAnotherProcess_StopsTheSecondAndLeavesTheFirstAlone()
    {
        using var data = new TemporaryDirectory();
        var settings = new NodeSettings { DataDirectory = data.Path };
        using NodeProcess first = await NodeProcess.StartAsync(settings);
        using RespClient client = first.Connect();
        SampleData.Write(client, 0, Keys, ValueBytes);

        await StartFailure.ExpectAsync(settings, data.Path);

        SampleData.Write(client, Keys, Keys, ValueBytes);
        first.Kill();
        await first.RestartAsync();
        using RespClient again = first.Connect();
        SampleData.AssertAllThere(again, 0, 2 * Keys, ValueBytes);
    }

    /// <summary>Never an empty node in place of a full one: either the journal still holds everything, or the start
    /// stops and says which directory is gone.</summary>
    [TestMethod]
    [DataRow("rocksdb")]
    [DataRow("litedb")]
    [Timeout(60_000)]
    public async Task StoreDeleted_NeverComesBackWithLess(string storage)
    {
        using var data = new TemporaryDirectory();
        var settings = new NodeSettings { DataDirectory = data.Path, Storage = storage };
        string store = data.Combine($"store-{storage}");
        using NodeProcess node = await NodeProcess.StartAsync(settings);
        using (RespClient client = node.Connect())
        {
            SampleData.Write(client, 0, Keys, ValueBytes);
        }

        Assert.AreEqual(0, await node.StopAsync());
        Assert.IsTrue(Directory.Exists(store) || File.Exists(store), store);
        Directory.Delete(store, recursive: true);

        try
        {
            await node.RestartAsync();
        }
        catch (NodeStartException refused) when (refused.Exit is not null)
        {
            Assert.Contains(store, refused.Exit.Output);
            Assert.DoesNotContain("Unhandled exception", refused.Exit.Output);
            return;
        }

        using RespClient again = node.Connect();
        SampleData.AssertAllThere(again, 0, Keys, ValueBytes);
    }

    [TestMethod]
    [DataRow("rocksdb")]
    [DataRow("litedb")]
    [Timeout(60_000)]
    public async Task StoreFilesGarbled_StopsTheStartInWords(string storage)
    {
        using var data = new TemporaryDirectory();
        var settings = new NodeSettings { DataDirectory = data.Path, Storage = storage };
        using (NodeProcess node = await NodeProcess.StartAsync(settings))
        {
            using RespClient client = node.Connect();
            SampleData.Write(client, 0, Keys, ValueBytes);
            Assert.AreEqual(0, await node.StopAsync());
        }

        string store = data.Combine($"store-{storage}");
        foreach (string file in Directory.GetFiles(store, "*", SearchOption.AllDirectories))
        {
            byte[] garbage = new byte[(int)Math.Min(64 * 1024, new FileInfo(file).Length)];
            new Random(7).NextBytes(garbage);
            JournalFiles.Overwrite(file, 0, garbage);
        }

        await StartFailure.ExpectAsync(settings, store);
    }
}
