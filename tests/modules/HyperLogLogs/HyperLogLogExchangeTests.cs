using System.Text;
using Marekvs.Testing;

namespace Marekvs.Modules.Tests.HyperLogLogs;

/// <summary>
/// The same elements here and on a redis-server give the same replies, notifications and bytes, the count that is kept in
/// the string included, and either server goes on from what the other dumped.
/// </summary>
[TestClass]
public sealed class HyperLogLogExchangeTests
{
    private const int Rounds = 400;
    private static readonly string[] Keys = ["p", "q", "r"];

    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(2, 20)]
    [DataRow(3, 300)]
    public async Task Commands_AnyElements_LeaveTheBytesOfRedis(int seed, int elementsMax)
    {
        using var redis = new RedisServer();
        using var events = new RedisEvents(redis);
        await using KeyspaceRunner ours = ModuleSet.Open();
        var random = new Random(seed);
        for (int round = 0; round < Rounds; round++)
        {
            string key = Keys[random.Next(Keys.Length)];
            string[] command = random.Next(60) switch
            {
                < 40 => ["PFADD", key, .. Enumerable.Range(0, random.Next(elementsMax + 1)).Select(_ => Element(random))],
                < 48 => ["PFCOUNT", .. Some(random)],
                < 51 => ["PFMERGE", key, .. Some(random)],
                < 54 => ["PFDEBUG", "DECODE", key],
                < 56 => ["PFDEBUG", "ENCODING", key],
                < 57 => ["PFDEBUG", random.Next(20) == 0 ? "TODENSE" : "ENCODING", key],
                < 58 => ["DEL", key],
                _ => ["STRLEN", key],
            };
            Assert.AreEqual(
                redis.Connection.RunArguments(command), ours.Connection.RunArguments(command), string.Join(' ', command));
            CollectionAssert.AreEqual(events.Take(), ours.TakeEvents().Select(line => line[2..]).ToArray());
            foreach (string name in Keys)
            {
                Assert.AreEqual(
                    redis.Run($"GET {name}"), ours.Run($"GET {name}"), string.Join(' ', command));
            }

            if (round % 20 == 0)
            {
                await Exchange(redis, ours, key);
                events.Take();
            }
        }
    }

    private static async Task Exchange(RedisServer redis, KeyspaceRunner ours, string key)
    {
        string theirs = redis.Run($"DUMP {key}");
        if (theirs == Resp.Nil)
        {
            return;
        }

        string count = redis.Run($"PFCOUNT {key}");
        string dump = RespReading.String(ours.Run($"DUMP {key}"));
        Assert.AreEqual(Resp.Ok, redis.Connection.RunArguments("RESTORE", "copy", "0", dump, "REPLACE"));
        Assert.AreEqual(count, redis.Run("PFCOUNT copy"));
        Assert.AreEqual(
            Resp.Ok, ours.Connection.RunArguments("RESTORE", key, "0", RespReading.String(redis.Run($"DUMP {key}")), "REPLACE"));
        Assert.AreEqual(count, ours.Run($"PFCOUNT {key}"));
        redis.Run("DEL copy");
        ours.TakeEvents();
        await ours.ReopenAsync();
        foreach (string name in Keys)
        {
            // A restart forgets the counts that were kept.
            Assert.AreEqual(redis.Run($"PFCOUNT {name}"), ours.Run($"PFCOUNT {name}"));
        }
    }

    private static string[] Some(Random random) =>
        [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(8) == 0 ? "none" : Keys[random.Next(Keys.Length)])];

    private static string Element(Random random) => random.Next(3) switch
    {
        0 => $"{random.Next(100_000)}",
        1 => $"element-{random.Next(10_000)}",
        _ => Encoding.Latin1.GetString(Bytes(random)),
    };

    private static byte[] Bytes(Random random)
    {
        byte[] bytes = new byte[random.Next(40)];
        random.NextBytes(bytes);
        return bytes;
    }
}
