using System.Globalization;
using System.Text;
using Marekvs.Abstractions;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Storage;
using Marekvs.Modules.Keys;
using Marekvs.Modules.Strings;
using Marekvs.Storage.Engine.Resident;
using Marekvs.Testing;

namespace Marekvs.Storage.Engine.Tests.Replication;

/// <summary>Digests that are wrong are found and put right, and those that are right are left alone.</summary>
[TestClass]
public sealed class DigestScrubTests
{
    private const int PerSecond = 10_000;
    private const int ResidentElements = 50;

    [TestMethod]
    public async Task Partition_WithAWrongDigest_IsPutRight()
    {
        await using KeyspaceRunner runner = Make();
        runner.Run("SET k v");
        ushort partition = PartitionOf("k");
        ulong[] right = Digest(runner, partition);
        runner.Keyspace.Partitions.Toggle(partition, keyHash: 7, contribution: 42);
        await ScrubAsync(runner);
        Assert.AreEqual(1, runner.Keyspace.Statistics.DigestMismatches);
        CollectionAssert.AreEqual(right, Digest(runner, partition));

        // It stays right on disk.
        await runner.ReopenAsync();
        CollectionAssert.AreEqual(right, Digest(runner, partition));
        await ScrubAsync(runner);
        Assert.AreEqual(0, runner.Keyspace.Statistics.DigestMismatches);
    }

    [TestMethod]
    [DataRow(10)]
    [DataRow(10 * ResidentElements)]
    public async Task Collection_WithAWrongDigest_IsPutRight(int elements)
    {
        await using KeyspaceRunner runner = Make();
        Fill(runner, "bag", elements);
        ushort partition = PartitionOf("bag");
        ulong[] right = Digest(runner, partition);
        Entry(runner, "bag").Elements!.DigestSum ^= 42;
        await ScrubAsync(runner);

        // That of the collection, and that of the partition, which agreed with the records.
        Assert.AreEqual(2, runner.Keyspace.Statistics.DigestMismatches);
        CollectionAssert.AreEqual(right, Digest(runner, partition));
        await runner.ReopenAsync();
        await ScrubAsync(runner);
        Assert.AreEqual(0, runner.Keyspace.Statistics.DigestMismatches);
        CollectionAssert.AreEqual(right, Digest(runner, partition));
    }

    [TestMethod]
    [DataRow("k")]
    [DataRow("bag")]
    [DataRow("large")]
    public async Task Record_ThatIsNotWhatWasWritten_IsNoticed(string key)
    {
        await using KeyspaceRunner runner = Make();
        runner.Run("SET k v");
        Fill(runner, "bag", 10);
        Fill(runner, "large", 10 * ResidentElements);
        ulong[] before = Digest(runner, PartitionOf(key));
        await runner.ReopenAsync();
        Spoil(runner.Store, key);
        await ScrubAsync(runner);
        Assert.IsGreaterThan(0, runner.Keyspace.Statistics.DigestMismatches);
        CollectionAssert.AreNotEqual(before, Digest(runner, PartitionOf(key)), "others can see now that it differs");
    }

    [TestMethod]
    public async Task Digests_ThatAreRight_AreLeftAlone_WhateverIsWrittenMeanwhile()
    {
        await using var runner = new KeyspaceRunner(
            new RunnerSettings(MemoryMax: 64 * 1024, ResidentElementsMax: ResidentElements, ScrubRecordsPerSecond: PerSecond),
            new SortedStore(), new BagModule(), new KeysModule(), new StringsModule(), new FlushModule());
        var random = new Random(3);
        long looked = 0;
        for (int i = 0; i < 6000; i++)
        {
            int key = random.Next(40);
            runner.Run(random.Next(12) switch
            {
                0 => $"SET k{key} v{i}",
                1 => $"INCR n{key}",
                2 => $"DEL k{key} b{key}",
                3 => $"PEXPIRE b{key} {random.Next(1, 5000)}",
                4 => $"DEL b{key}",
                5 when random.Next(1000) == 0 => "FLUSHALL",
                _ => $"BAG.PUT b{key % 8} e{random.Next(200)} v{i}",
            });
            if (i % 20 == 0)
            {
                runner.Advance(100);
                await runner.Keyspace.TickAsync();
            }

            Assert.AreEqual(0, runner.Keyspace.Statistics.DigestMismatches);
            if (i % 1500 == 1499)
            {
                looked += runner.Keyspace.Statistics.ScrubbedRecords;
                await runner.ReopenAsync();
            }
        }

        Assert.IsGreaterThan(500, looked);
    }

    [TestMethod]
    public async Task Work_IsDoneAtTheRateThatIsSet_AndGoesRound()
    {
        await using var runner = new KeyspaceRunner(
            new RunnerSettings(ScrubRecordsPerSecond: 100), new SortedStore(), new BagModule(), new KeysModule(), new StringsModule());
        for (int i = 0; i < 1000; i++)
        {
            runner.Run($"SET k{i} v");
        }

        for (int i = 0; i < 50; i++)
        {
            runner.Advance(100);
            await runner.Keyspace.TickAsync();
        }

        Assert.IsGreaterThan(300, runner.Keyspace.Statistics.ScrubbedRecords);
        Assert.IsLessThan(600, runner.Keyspace.Statistics.ScrubbedRecords);
        await ScrubAsync(runner);
        Assert.AreEqual(0, runner.Keyspace.Statistics.DigestMismatches);
        Assert.IsGreaterThan(0, runner.Keyspace.Statistics.ScrubRounds);
    }

    private static KeyspaceRunner Make() => new(
        new RunnerSettings(ResidentElementsMax: ResidentElements, ScrubRecordsPerSecond: PerSecond),
        new SortedStore(), new BagModule(), new KeysModule(), new StringsModule());

    private static void Fill(KeyspaceRunner runner, string key, int elements)
    {
        for (int i = 0; i < elements; i++)
        {
            runner.Run(string.Create(CultureInfo.InvariantCulture, $"BAG.PUT {key} e{i} v"));
        }
    }

    /// <summary>A whole round, and what it began to look at again.</summary>
    private static async Task ScrubAsync(KeyspaceRunner runner)
    {
        long rounds = runner.Keyspace.Statistics.ScrubRounds;
        for (int i = 0; i < 2000 && runner.Keyspace.Statistics.ScrubRounds == rounds; i++)
        {
            runner.Advance(100);
            await runner.Keyspace.TickAsync();
        }

        Assert.IsGreaterThan(rounds, runner.Keyspace.Statistics.ScrubRounds);
    }

    /// <summary>Changes the stamp of a record in the store.</summary>
    private static void Spoil(IStore store, string key)
    {
        ushort partition = PartitionOf(key);
        var prefix = new Abstractions.Crdt.RecordWriter();
        StorageKeys.WriteRecordPrefix(prefix, partition, Encoding.Latin1.GetBytes(key));
        byte[] row;
        byte[] value;
        using (IStoreScan scan = store.Scan(prefix.Written, [.. prefix.Written, byte.MaxValue]))
        {
            do
            {
                Assert.IsTrue(scan.MoveNext());
            }
            while (scan.Key[prefix.Length] < (byte)'a');
            (row, value) = (scan.Key.ToArray(), scan.Value.ToArray());
        }

        value[4] ^= 1;
        var batch = new WriteBatch();
        batch.Put(row, value);
        store.Commit(batch);
    }

    private static KeyEntry Entry(KeyspaceRunner runner, string key)
    {
        byte[] name = Encoding.Latin1.GetBytes(key);
        return runner.Keyspace.ShardOf(PartitionOf(key)).Table.Find(runner.Keyspace.HashOf(name), name)!;
    }

    private static ulong[] Digest(KeyspaceRunner runner, ushort partition)
    {
        var digest = new ulong[Limits.DigestBuckets];
        runner.Keyspace.ReadDigest(partition, digest);
        return digest;
    }

    private static ushort PartitionOf(string key) => KeyAddress.PartitionOf(Encoding.Latin1.GetBytes(key));
}
