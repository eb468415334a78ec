using Marekvs.Abstractions.Storage;

namespace Marekvs.Storage.Tests;

/// <summary>Random operations agree with a sorted dictionary.</summary>
public abstract class StorageModelContract<TProvider> : StorageContract<TProvider>
    where TProvider : IStorageProvider, new()
{
    /// <summary>Batches of the random run; a slow provider may do fewer.</summary>
    protected virtual int RandomBatches => 300;

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void Store_RandomOperations_AgreeWithASortedDictionary(int seed)
    {
        TestContext.WriteLine($"seed {seed}");
        var random = new Random(seed);
        byte[] prefix = Bytes(random, 1100);
        var model = new SortedDictionary<byte[], byte[]>(ByteOrder.Instance);
        var snapshots = new Queue<(IStoreScan Scan, string Expected)>();
        ulong watermark = 0;
        for (int i = 0; i < RandomBatches; i++)
        {
            Commit(Store, batch =>
            {
                FillRandom(batch, model, random, prefix);
                watermark = random.Next(3) == 0 ? watermark : watermark + (ulong)random.Next(9);
                batch.Watermark = watermark;
            });
            Assert.AreEqual(watermark, Store.Watermark);
            switch (random.Next(8))
            {
                case 0:
                    byte[] key = RandomKey(random, prefix);
                    AssertValue(model.GetValueOrDefault(key), Store.Get(key), $"batch {i}");
                    break;
                case 1:
                    byte[] from = RandomKey(random, prefix);
                    byte[] to = RandomKey(random, prefix);
                    bool reverse = random.Next(2) == 0;
                    Assert.AreEqual(
                        Describe(Inside(model, from, to, reverse)), Describe(Rows(Store, from, to, reverse)));
                    break;
                case 2:
                    bool down = random.Next(2) == 0;
                    snapshots.Enqueue((Store.Scan([], [], down), Describe(Inside(model, [], [], down))));
                    break;
                case 3 when snapshots.TryDequeue(out (IStoreScan Scan, string Expected) snapshot):
                    using (snapshot.Scan)
                    {
                        Assert.AreEqual(snapshot.Expected, Describe(Rest(snapshot.Scan)), $"snapshot, batch {i}");
                    }

                    break;
                case 4 when snapshots.Count == 0 && random.Next(4) == 0:
                    Reopen();
                    Assert.AreEqual(watermark, Store.Watermark);
                    break;
                case 5 when random.Next(4) == 0:
                    Store.Flush();
                    Assert.AreEqual(watermark, Store.DurableWatermark);
                    break;
            }
        }

        foreach ((IStoreScan scan, string expected) in snapshots)
        {
            using (scan)
            {
                Assert.AreEqual(expected, Describe(Rest(scan)));
            }
        }

        Assert.AreEqual(Describe(Inside(model, [], [], reverse: false)), Describe(Rows(Reopen())));
    }

    private static void FillRandom(
        WriteBatch batch, SortedDictionary<byte[], byte[]> model, Random random, byte[] prefix)
    {
        for (int rows = random.Next(30); rows > 0; rows--)
        {
            byte[] key = RandomKey(random, prefix);
            switch (random.Next(12))
            {
                case < 8:
                    int length = random.Next(50) == 0 ? random.Next(300_000) : random.Next(30);
                    model[key] = Bytes(random, length);
                    batch.Put(key, model[key]);
                    break;
                case < 11:
                    model.Remove(key);
                    batch.Delete(key);
                    break;
                default:
                    byte[] to = RandomKey(random, prefix);
                    to = to.Length == 0 ? [1] : to;
                    if (random.Next(3) > 0)
                    {
                        // Most ranges are narrow, or nothing would ever live long.
                        to = [.. key, 0xFF];
                    }

                    foreach ((byte[] gone, _) in Inside(model, key, to, reverse: false))
                    {
                        model.Remove(gone);
                    }

                    batch.DeleteRange(key, to);
                    break;
            }
        }
    }

    /// <summary>Few enough keys that they meet again, with lengths around every limit.</summary>
    private static byte[] RandomKey(Random random, byte[] prefix)
    {
        byte[] tail = [.. Enumerable.Range(0, random.Next(4)).Select(_ => (byte)random.Next(0, 256))];
        for (int i = 0; i < tail.Length; i++)
        {
            tail[i] = (byte)(tail[i] % 3 == 0 ? 0 : tail[i] % 3 == 1 ? 0xFF : tail[i] & 0x83);
        }

        return random.Next(3) == 0 ? [.. prefix[..random.Next(940, 1100)], .. tail] : tail;
    }

    private static List<(byte[] Key, byte[] Value)> Inside(
        SortedDictionary<byte[], byte[]> model, byte[] from, byte[] to, bool reverse)
    {
        IEnumerable<(byte[] Key, byte[] Value)> rows = model
            .Where(row => ByteOrder.Instance.Compare(row.Key, from) >= 0
                && (to.Length == 0 || ByteOrder.Instance.Compare(row.Key, to) < 0))
            .Select(row => (row.Key, row.Value));
        return [.. reverse ? rows.Reverse() : rows];
    }

    private static string Describe(List<(byte[] Key, byte[] Value)> rows) => string.Join(
        '\n',
        rows.Select(row => $"{Convert.ToHexString(row.Key)}={row.Value.Length}:{Sample(row.Value)}"));

    private static string Sample(byte[] value) => Convert.ToHexString(value.AsSpan(0, Math.Min(9, value.Length)));
}
