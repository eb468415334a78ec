using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;
using Marekvs.Abstractions.Storage;
using Marekvs.Modules.Zsets;
using Marekvs.Testing;

namespace Marekvs.Modules.Tests.Zsets;

/// <summary>What sorted sets look like in the store.</summary>
[TestClass]
public sealed class ZsetRowTests
{
    private const string Prefix = "01";

    /// <summary>A change here is a new format version.</summary>
    [TestMethod]
    public async Task Rows_OfAZset_HaveTheseBytes()
    {
        var store = new SortedStore();
        await using var runner = new KeyspaceRunner(store, new ZsetsModule());
        runner.Run("ZADD z 1.5 name");
        runner.Run("ZADD y -1.5 name");
        runner.Run("ZINCRBY x 2.5 name");
        await runner.Keyspace.CheckpointAsync();

        // The clock stands at 1735689600000 ms = 0x01941F297C00; what follows the tag is half of XxHash3("name").
        const string Stamp = "0000007C291F9401";
        const string Self = "01000100";
        Dictionary<string, string> rows = Rows(store, "7A");
        Assert.AreEqual("00" + Stamp + Self + "BFF8000000000000", rows["z C24A77D5" + "6E616D65"]);
        Assert.AreEqual("00" + "0100007C291F9401" + Self + "4007FFFFFFFFFFFF", rows["y C24A77D5" + "6E616D65"]);
        Assert.IsTrue(rows.ContainsKey("x C24A77D5" + "6E616D65"));
        Dictionary<string, string> index = Rows(store, "5A");
        Assert.HasCount(3, index);
        Assert.IsTrue(index.ContainsKey("z BFF8000000000000" + "6E616D65"));
        Assert.IsTrue(index.ContainsKey("y 4007FFFFFFFFFFFF" + "6E616D65"));
        Assert.IsTrue(index.ContainsKey("x C004000000000000" + "6E616D65"));
    }

    [TestMethod]
    [DataRow(1, 4096)]
    [DataRow(2, 4096)]
    [DataRow(3, 20)]
    [DataRow(4, 20)]
    public async Task Index_AfterAnyHistory_IsWhatTheMembersMakeIt(int seed, int residentElementsMax)
    {
        await using var runner = new KeyspaceRunner(
            new RunnerSettings(Shards: 1, MemoryMax: 64 * 1024, ResidentElementsMax: residentElementsMax),
            new SortedStore(),
            new ZsetsModule());
        var random = new Random(seed);
        for (int round = 0; round < 12; round++)
        {
            for (int i = 0; i < 150; i++)
            {
                runner.Run(Change(random));
            }

            switch (random.Next(4))
            {
                case 0:
                    await runner.CrashAsync();
                    break;
                case 1:
                    await runner.ReopenAsync();
                    break;
                case 2:
                    await runner.Keyspace.CheckpointAsync();
                    await runner.CrashAsync();
                    break;
                default:
                    break;
            }

            await runner.Keyspace.CheckpointAsync();
            string[] rebuilt = [.. new[] { "y", "z" }.SelectMany(key => Entries(runner, key)).Order(StringComparer.Ordinal)];
            string[] stored = [.. Rows((SortedStore)runner.Store, "5A").Keys.Order(StringComparer.Ordinal)];
            CollectionAssert.AreEqual(rebuilt, stored, $"seed {seed}, round {round}");
        }
    }

    private static string Change(Random random)
    {
        string key = random.Next(2) == 0 ? "y" : "z";
        string member = $"m{random.Next(120)}";
        string score = (random.Next(-80, 80) / 8.0).ToString(CultureInfo.InvariantCulture);
        return random.Next(14) switch
        {
            0 or 1 => $"ZREM {key} {member}",
            2 or 3 or 4 => $"ZINCRBY {key} {score} {member}",
            5 => $"ZADD {key} GT {score} {member}",
            6 => $"ZADD {key} NX INCR {score} {member}",
            7 => $"ZPOPMAX {key} 2",
            8 => random.Next(8) == 0 ? $"ZREMRANGEBYSCORE {key} 0 5" : $"ZREMRANGEBYRANK {key} 3 4",
            9 => random.Next(30) == 0 ? $"ZUNIONSTORE {key} 2 y z" : $"ZADD {key} {score} {member} 1 {member}",
            _ => $"ZADD {key} {score} {member}",
        };
    }

    /// <summary>The entries that the members of a key ask for.</summary>
    private static IEnumerable<string> Entries(KeyspaceRunner runner, string key)
    {
        foreach (string[] pair in RespReading.Page(runner.Run($"ZSCAN {key} 0 COUNT 100000")).Names.Chunk(2))
        {
            ulong bits = Unsafe.BitCast<double, ulong>(double.Parse(pair[1], CultureInfo.InvariantCulture));
            byte[] order = new byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64BigEndian(order, bits >> 63 == 0 ? bits ^ (1UL << 63) : ~bits);
            byte[] name = System.Text.Encoding.Latin1.GetBytes(pair[0]);
            yield return $"{key} {Convert.ToHexString(order)}{Convert.ToHexString(name)}";
        }
    }

    /// <summary>Records under a tag, by key and what follows the tag.</summary>
    private static Dictionary<string, string> Rows(SortedStore store, string tag)
    {
        var rows = new Dictionary<string, string>();
        using IStoreScan scan = store.Scan([1], [2]);
        while (scan.MoveNext())
        {
            // Space, partition, length of the key, the key of one letter, the tag.
            string key = Convert.ToHexString(scan.Key);
            Assert.StartsWith(Prefix, key);
            if (key[10..12] == tag)
            {
                rows.Add($"{(char)scan.Key[4]} {key[12..]}", Convert.ToHexString(scan.Value));
            }
        }

        return rows;
    }
}
