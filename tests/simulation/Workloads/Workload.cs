using Marekvs.Simulation.Tests.Workloads;

namespace Marekvs.Simulation.Tests;

/// <summary>Random commands of clients.</summary>
internal sealed class Workload(Random random, Oracle oracle, Action<string> trace, bool flushes)
{
    private long _steps;

    public required IReadOnlyList<Family> Families { get; init; }

    /// <summary>Every family there is.</summary>
    public static IReadOnlyList<Family> All(bool keepsJournals) =>
    [
        new ElementFamily("set")
        {
            Add = static (client, key) => ["SADD", key, "e" + client.Unique],
            Remove = static (key, element) => ["SREM", key, element],
            Pops = ["SPOP"],
            List = static key => ["SMEMBERS", key],
            Count = "SCARD",
        },
        new ElementFamily("hash")
        {
            Add = static (client, key) => ["HSET", key, "e" + client.Unique, "v" + client.Unique],
            Remove = static (key, element) => ["HDEL", key, element],
            List = static key => ["HKEYS", key],
            Count = "HLEN",
        },
        new ElementFamily("zset")
        {
            Add = static (client, key) => ["ZADD", key, client.Random.Next(50).ToString(), "e" + client.Unique],
            Remove = static (key, element) => ["ZREM", key, element],
            Pops = ["ZPOPMIN", "ZPOPMAX"],
            List = static key => ["ZRANGE", key, "0", "-1"],
            Count = "ZCARD",
        },
        new ElementFamily("list")
        {
            Add = static (client, key) => [client.Random.Next(3) == 0 ? "LPUSH" : "RPUSH", key, "e" + client.Unique],
            Remove = static (key, element) => ["LREM", key, "0", element],
            Pops = ["LPOP", "RPOP"],
            List = static key => ["LRANGE", key, "0", "-1"],
            Count = "LLEN",
        },
        new ElementFamily("stream")
        {
            Add = static (client, key) => ["XADD", key, "*", "f", "e" + client.Unique],
            Remove = static (key, id) => ["XDEL", key, id],
            List = static key => ["XRANGE", key, "-", "+"],
            Read = static listing => listing.Parts.Select(entry => (entry.Parts[1].Parts[1].Text!, entry.Parts[0].Text!)),
            Count = "XLEN",
        },
        new CounterFamily("count", static (key, amount) => ["INCRBY", key, amount], static key => ["GET", key]),
        new CounterFamily("tally", static (key, amount) => ["HINCRBY", key, "c", amount], static key => ["HGET", key, "c"]),
        new CounterFamily("rank", static (key, amount) => ["ZINCRBY", key, amount, "c"], static key => ["ZSCORE", key, "c"]),
        new TextFamily(),
        new PairFamily(),
        new SketchFamily(),
        new GroupFamily(keepsJournals),
        new MixedFamily(
            "life", "SET K U PX T", "SET K U PX T", "PEXPIRE K T", "PERSIST K", "APPEND K U", "GETEX K PX T", "SETRANGE K 3 U"),
        new MixedFamily("lives", "SADD K U", "SADD K U", "PEXPIRE K T", "PERSIST K", "SREM K U", "DEL K"),
        new MixedFamily(
            "field", "HSET K a U", "HSET K b U", "HPEXPIRE K T FIELDS 1 a", "HPEXPIRE K T FIELDS 2 a b", "HPERSIST K FIELDS 1 a",
            "HINCRBY K c 1", "HDEL K b", "HGETDEL K FIELDS 1 a"),
        new MixedFamily("name", "SADD K U", "RENAME K L", "SADD K U", "COPY K L REPLACE", "SPOP K"),
        new MixedFamily(
            "mess", "RPUSH K U", "LPUSH K U V", "LSET K 0 U", "LTRIM K 0 9", "LMOVE K L LEFT RIGHT", "LINSERT K AFTER V U",
            "LREM K 1 V", "RPUSH K V"),
        new MixedFamily(
            "score", "ZADD K 5 a", "ZADD K GT 9 a", "ZADD K LT 2 b", "ZINCRBY K 3 b", "ZREM K a", "ZUNIONSTORE K 2 K L",
            "ZREMRANGEBYRANK K 0 0"),
        new MixedFamily("log", "XADD K * f U", "XTRIM K MAXLEN 3", "XADD K MAXLEN 4 * f U", "XADD K * g U", "DEL K"),
    ];

    /// <summary>Few keys, which are often deleted.</summary>
    public static IReadOnlyList<Family> Few() =>
    [
        new ElementFamily("set")
        {
            Add = static (client, key) => ["SADD", key, "e" + client.Unique],
            Remove = static (key, element) => ["SREM", key, element],
            List = static key => ["SMEMBERS", key],
            Count = "SCARD",
            DeletesOf = 20,
        },
        new ElementFamily("list")
        {
            Add = static (client, key) => ["RPUSH", key, "e" + client.Unique],
            Remove = static (key, element) => ["LREM", key, "0", element],
            Pops = ["LPOP"],
            List = static key => ["LRANGE", key, "0", "-1"],
            Count = "LLEN",
            DeletesOf = 20,
        },
        new CounterFamily("count", static (key, amount) => ["INCRBY", key, amount], static key => ["GET", key]),
        new TextFamily(),
        new MixedFamily("sum", "SET K 5", "INCRBY K 1", "INCRBY K 2", "DEL K"),
    ];

    /// <summary>Runs one command at a node.</summary>
    public void Step(SimulatedNode node)
    {
        var client = new Client(node, random, oracle, trace, ++_steps);
        if (flushes && random.Next(60) == 0)
        {
            client.Run("FLUSHALL");
            client.Note(OperationKind.Flush, "");
            return;
        }

        Family family = Families[random.Next(Families.Count)];
        string[] keys = [.. family.Keys];
        family.Step(client, keys[random.Next(keys.Length)]);
    }
}
