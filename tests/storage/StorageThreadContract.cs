using System.Buffers.Binary;
using Marekvs.Abstractions.Storage;

namespace Marekvs.Storage.Tests;

/// <summary>Readers on many threads.</summary>
public abstract class StorageThreadContract<TProvider> : StorageContract<TProvider>
    where TProvider : IStorageProvider, new()
{
    private const int ThreadKeys = 64;

    [TestMethod]
    public async Task Store_ReadersDuringCommits_SeeWholeBatches()
    {
        // Every batch writes the same number under all keys, so any mixture a reader sees is a torn batch.
        CommitRound(0);
        using var stop = new CancellationTokenSource();
        Task[] readers =
        [
            .. Enumerable.Range(0, 3).Select(reader => Task.Run(() => ReadUntil(reader % 2 == 1, stop.Token))),
        ];
        for (int round = 1; round <= 30; round++)
        {
            CommitRound(round);
        }

        await stop.CancelAsync();
        await Task.WhenAll(readers).WaitAsync(TimeSpan.FromSeconds(60), TestContext.CancellationToken);
    }

    private void CommitRound(int round) => Commit(Store, batch =>
    {
        // Every other round the values are long enough to be stored in pieces.
        byte[] value = new byte[round % 2 == 0 ? 4 : 100_000];
        BinaryPrimitives.WriteInt32LittleEndian(value, round);
        batch.DeleteRange([0], [ThreadKeys]);
        for (byte key = 0; key < ThreadKeys; key++)
        {
            batch.Put([key], key % 16 == 0 ? value : value.AsSpan(0, 4));
        }

        batch.Watermark = (ulong)round;
    });

    private void ReadUntil(bool reverse, CancellationToken stop)
    {
        int newest = 0;
        do
        {
            List<(byte[] Key, byte[] Value)> rows = Rows(Store, reverse: reverse);
            Assert.HasCount(ThreadKeys, rows);
            int[] rounds = [.. rows.Select(row => BinaryPrimitives.ReadInt32LittleEndian(row.Value)).Distinct()];
            Assert.HasCount(1, rounds);
            Assert.IsGreaterThanOrEqualTo(newest, rounds[0]);
            newest = rounds[0];
            byte[]? value = Store.Get([0]);
            Assert.IsNotNull(value);
            int single = BinaryPrimitives.ReadInt32LittleEndian(value);
            Assert.IsGreaterThanOrEqualTo(newest, single);
            Assert.HasCount(single % 2 == 0 ? 4 : 100_000, value);
            newest = single;
        }
        while (!stop.IsCancellationRequested);
    }
}
