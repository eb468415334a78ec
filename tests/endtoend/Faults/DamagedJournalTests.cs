using System.Globalization;
using Marekvs.EndToEnd.Wire;
using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.EndToEnd.Faults;

/// <summary>
/// What a journal goes through on bad days. A torn tail is what a power cut leaves and is cut off; damage before it
/// means that the disk lost what it had confirmed, and stops the start.
/// </summary>
[TestClass]
public sealed class DamagedJournalTests
{
    private const int Keys = 200;
    private const int ValueBytes = 100;
    private const int ManyKeys = 4000;
    private const int LargeValueBytes = 1000;

    [TestMethod]
    [Timeout(60_000)]
    public async Task TornTail_HalfAnEntryAfterTheLast_IsCutAndReported()
    {
        using var data = new TemporaryDirectory();
        using NodeProcess node = await WriteAndKillAsync(Settings(data.Path, "always"), Keys, ValueBytes);
        string segment = JournalFiles.Newest(data.Path);
        byte[] torn = [0x90, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
        JournalFiles.Overwrite(segment, JournalFiles.EntryOffsets(segment)[^1], torn);

        await node.RestartAsync();

        Assert.Contains("torn tail", node.Log);
        Assert.Contains(segment, node.Log);
        using RespClient client = node.Connect();
        SampleData.AssertAllThere(client, 0, Keys, ValueBytes);
        Assert.AreEqual("+OK", SampleData.Answer(client.Call("SET", "after", "1")));
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task TornTail_LastEntryGarbledBeforeItWasSynced_LosesOnlyThatEntry()
    {
        using var data = new TemporaryDirectory();
        using NodeProcess node = await WriteAndKillAsync(Settings(data.Path, "no"), Keys, ValueBytes);
        string segment = JournalFiles.Newest(data.Path);
        JournalFiles.FlipByte(segment, JournalFiles.EntryOffsets(segment)[^1] - 20);

        await node.RestartAsync();

        Assert.Contains("torn tail", node.Log);
        using RespClient client = node.Connect();
        Assert.AreSequenceEqual(
            [Keys - 1], SampleData.Faults(client, Enumerable.Range(0, Keys), ValueBytes));
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task FlippedByte_InTheMiddle_StopsTheStartNamingFileAndOffset()
    {
        using var data = new TemporaryDirectory();
        NodeSettings settings = Settings(data.Path, "always");
        using NodeProcess node = await WriteAndKillAsync(settings, Keys, ValueBytes);
        string segment = JournalFiles.Newest(data.Path);
        long damaged = JournalFiles.EntryOffsets(segment)[Keys / 2];
        JournalFiles.FlipByte(segment, damaged + 50);

        await StartFailure.ExpectAsync(
            settings, segment, damaged.ToString(CultureInfo.InvariantCulture), "--repair-journal", "backup");
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task FlippedByte_StartedWithRepair_KeepsWhatComesBefore()
    {
        using var data = new TemporaryDirectory();
        NodeSettings settings = Settings(data.Path, "always");
        using NodeProcess node = await WriteAndKillAsync(settings, Keys, ValueBytes);
        string segment = JournalFiles.Newest(data.Path);
        JournalFiles.FlipByte(segment, JournalFiles.EntryOffsets(segment)[Keys / 2] + 50);

        using NodeProcess repaired = await NodeProcess.StartAsync(settings with { Arguments = ["--repair-journal"] });

        using RespClient client = repaired.Connect();
        SampleData.AssertAllThere(client, 0, Keys / 2, ValueBytes);
        Assert.HasCount(
            Keys / 2, SampleData.Faults(client, Enumerable.Range(Keys / 2, Keys / 2), ValueBytes));
        Assert.IsNotEmpty(Directory.GetFiles(JournalFiles.Directory(data.Path), "*.damaged"));
        Assert.AreEqual(0, await repaired.StopAsync());
        await node.RestartAsync();
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task MissingSegment_InTheMiddle_StopsTheStartNamingTheFile()
    {
        using var data = new TemporaryDirectory();
        NodeSettings settings = Settings(data.Path, "always");
        using NodeProcess node = await WriteAndKillAsync(settings, ManyKeys, LargeValueBytes);
        IReadOnlyList<string> segments = JournalFiles.Segments(data.Path);
        Assert.IsGreaterThan(3, segments.Count);
        File.Delete(segments[1]);

        await StartFailure.ExpectAsync(settings, Path.GetFileName(segments[1]), "missing", "backup");
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task ForeignSegment_BetweenOwnOnes_StopsTheStartNamingTheFile()
    {
        using var data = new TemporaryDirectory();
        using var otherData = new TemporaryDirectory();
        NodeSettings settings = Settings(data.Path, "always");
        using NodeProcess node = await WriteAndKillAsync(settings, ManyKeys, LargeValueBytes);
        using NodeProcess other = await WriteAndKillAsync(
            Settings(otherData.Path, "always"), ManyKeys, LargeValueBytes);
        string replaced = JournalFiles.Segments(data.Path)[1];
        File.Copy(JournalFiles.Segments(otherData.Path)[1], replaced, overwrite: true);

        await StartFailure.ExpectAsync(settings, Path.GetFileName(replaced), "journal");
    }

    [TestMethod]
    [DataRow("rocksdb")]
    [DataRow("litedb")]
    [Timeout(60_000)]
    public async Task ForeignJournal_UnderAnotherStore_StopsTheStart(string storage)
    {
        using var data = new TemporaryDirectory();
        using var otherData = new TemporaryDirectory();
        NodeSettings settings = Settings(data.Path, "always") with { Storage = storage };
        NodeSettings otherSettings = Settings(otherData.Path, "always") with { Storage = storage };
        foreach (NodeSettings each in new[] { settings, otherSettings })
        {
            using NodeProcess node = await NodeProcess.StartAsync(each);
            using RespClient client = node.Connect();
            SampleData.Write(client, 0, Keys, ValueBytes);
            Assert.AreEqual(0, await node.StopAsync());
        }

        Directory.Delete(JournalFiles.Directory(data.Path), recursive: true);
        Directory.Move(JournalFiles.Directory(otherData.Path), JournalFiles.Directory(data.Path));

        await StartFailure.ExpectAsync(settings, JournalFiles.Directory(data.Path), "another");
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task DeletedJournal_UnderAStore_StopsTheStart()
    {
        using var data = new TemporaryDirectory();
        NodeSettings settings = Settings(data.Path, "always");
        using NodeProcess node = await NodeProcess.StartAsync(settings);
        using (RespClient client = node.Connect())
        {
            SampleData.Write(client, 0, Keys, ValueBytes);
        }

        Assert.AreEqual(0, await node.StopAsync());
        Directory.Delete(JournalFiles.Directory(data.Path), recursive: true);

        await StartFailure.ExpectAsync(settings, JournalFiles.Directory(data.Path), "journal");
    }

    /// <summary>Small segments and no checkpoints, so that all there is lies in the journal.</summary>
    private static NodeSettings Settings(string data, string sync) => new()
    {
        DataDirectory = data,
        Sync = sync,
        Environment = new Dictionary<string, string>
        {
            ["MAREKVS_SEGMENT"] = "1mb",
            ["MAREKVS_CHECKPOINT_SECONDS"] = "86400",
        },
    };

    /// <summary>The first keys of the sample, one journal entry each, in order; then SIGKILL.</summary>
    private static async Task<NodeProcess> WriteAndKillAsync(NodeSettings settings, int keys, int valueBytes)
    {
        NodeProcess node = await NodeProcess.StartAsync(settings);
        try
        {
            using RespClient client = node.Connect();
            SampleData.Write(client, 0, keys, valueBytes);
            node.Kill();
            return node;
        }
        catch
        {
            node.Dispose();
            throw;
        }
    }
}
