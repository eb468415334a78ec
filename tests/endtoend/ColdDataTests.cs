using Marekvs.EndToEnd.Wire;
using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.EndToEnd;

/// <summary>A data set ten times the memory limit: all of it is there, and the memory is not exceeded for it.</summary>
[TestClass]
public sealed class ColdDataTests
{
    private const long Megabyte = 1024 * 1024;
    private const long MemoryMax = 24 * Megabyte;
    private const int Keys = 60_000;
    private const int ValueBytes = 4_000;

    /// <summary>What a node needs besides data: the runtime, the store's own buffers, garbage not yet collected.
    /// </summary>
    private const long SlackBytes = 400 * Megabyte;

    /// <summary>Generous: it tells a hot read that waits for the disk queue from one that does not.</summary>
    private static readonly TimeSpan HotReadBound = TimeSpan.FromMilliseconds(250);

    [TestMethod]
    [DataRow("rocksdb", Keys)]
    [DataRow("litedb", Keys / 6)]
    [Timeout(180_000)]
    public async Task TenTimesTheMemory_AllReadable_MemoryBounded_HotKeysFast(string storage, int keys)
    {
        using var data = new TemporaryDirectory();
        using NodeProcess node = await NodeProcess.StartAsync(new NodeSettings
        {
            DataDirectory = data.Path,
            Storage = storage,
            MemoryMax = (MemoryMax * keys / Keys).ToString(System.Globalization.CultureInfo.InvariantCulture),
        });
        long peak = 0;
        using RespClient client = node.Connect();
        for (int from = 0; from < keys; from += 2_000)
        {
            SampleData.Write(client, from, 2_000, ValueBytes);
            peak = Math.Max(peak, ServerFigures.AnonymousBytes(node));
        }

        int[] order = [.. Enumerable.Range(0, keys)];
        new Random(5).Shuffle(order);
        Task<IReadOnlyList<int>> coldReads = Task.Run(() =>
        {
            using RespClient reader = node.Connect();
            return SampleData.Faults(reader, order, ValueBytes);
        });
        List<TimeSpan> hotReads = ReadHotKeysUntil(node, coldReads);
        peak = Math.Max(peak, ServerFigures.AnonymousBytes(node));
        IReadOnlyList<int> faults = await coldReads;

        hotReads.Sort();
        TimeSpan p99 = hotReads[hotReads.Count * 99 / 100];
        TimeSpan median = hotReads[hotReads.Count / 2];
        Console.WriteLine(
            $"{storage}: {keys} keys of {ValueBytes} bytes, own memory at most {peak / Megabyte} MB; " +
            $"{hotReads.Count} hot reads beside cold ones, median {median.TotalMilliseconds} ms, p99 {p99.TotalMilliseconds} ms");
        Assert.IsEmpty(faults);
        Assert.AreEqual(keys, client.Call("DBSIZE").Integer - 1);
        Assert.IsLessThan(MemoryMax + SlackBytes, peak);
        Assert.IsLessThan(HotReadBound, p99);
    }

    private static List<TimeSpan> ReadHotKeysUntil(NodeProcess node, Task done)
    {
        using RespClient client = node.Connect();
        client.Call("SET", "hot", "1");
        var took = new List<TimeSpan>();
        while (!done.IsCompleted)
        {
            long start = TimeProvider.System.GetTimestamp();
            Assert.AreEqual("1", client.Call("GET", "hot").Text);
            took.Add(TimeProvider.System.GetElapsedTime(start));
        }

        return took;
    }
}
