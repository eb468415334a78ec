using System.Globalization;
using Marekvs.Testing;

namespace Marekvs.Benchmarks.Large;

/// <summary>A command whose latency is measured.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Next">Makes the next one from a number drawn among the elements.</param>
/// <param name="Calls">How often it is sent, at most.</param>
internal sealed record LargeProbe(string Name, Func<int, string[]> Next, int Calls = 2_000)
{
    /// <summary>Tells whether an answer is right; the number is the one the command was made from.</summary>
    public Func<int, RespReply, bool> IsRight { get; init; } = static (_, reply) => !reply.IsError;

    /// <summary>Few elements, asked for again and again.</summary>
    public bool IsHot { get; init; }
}

/// <summary>A type of large collection: how it is filled and what is asked of it.</summary>
internal abstract class LargeShape(int elements)
{
    public const string Key = "large";

    public static IReadOnlyList<string> Names { get; } = ["hash", "set", "zset", "list"];

    public abstract string Name { get; }

    /// <summary>Adds some elements with one command.</summary>
    public abstract string[] Fill(IEnumerable<int> some);

    /// <summary>Asks how many there are.</summary>
    public abstract string[] Count { get; }

    /// <summary>Asks for all of them.</summary>
    public abstract string[] All { get; }

    /// <summary>Bulk strings that <see cref="All"/> answers for each element.</summary>
    public virtual int BulksPerElement => 1;

    /// <summary>Walks them step by step; null when the type has no such command.</summary>
    public abstract string? Scan { get; }

    public abstract IEnumerable<LargeProbe> Probes { get; }

    /// <summary>What changes the number of elements: each that adds some is followed by one that takes as many away.</summary>
    public abstract IEnumerable<LargeProbe> Changes { get; }

    protected int Elements => elements;

    public static LargeShape Of(string word, int elements) => word switch
    {
        "hash" => new LargeHash(elements),
        "set" => new LargeSet(elements),
        "zset" => new LargeZset(elements),
        "list" => new LargeList(elements),
        _ => throw new OptionException($"{word} is none of {string.Join(", ", Names)}"),
    };

    protected static string Text(string prefix, int number) =>
        prefix + number.ToString("D8", CultureInfo.InvariantCulture);

    protected static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Fields with values of 32 bytes.</summary>
internal sealed class LargeHash(int elements) : LargeShape(elements)
{
    private const string Padding = "........................";

    public override string Name => "hash";

    public override string[] Count => ["HLEN", Key];

    public override string[] All => ["HGETALL", Key];

    public override int BulksPerElement => 2;

    public override string Scan => "HSCAN";

    public override IEnumerable<LargeProbe> Probes =>
    [
        new("HGET hot", i => ["HGET", Key, Text("field:", i)]) { IsHot = true, IsRight = IsValue },
        new("HGET cold", i => ["HGET", Key, Text("field:", i)]) { IsRight = IsValue },
        new("HGET absent", i => ["HGET", Key, Text("absent:", i)]) { IsRight = static (_, reply) => reply.IsNull },
        new("HSET hot", i => ["HSET", Key, Text("field:", i), Value(i)]) { IsHot = true },
        new("HSET cold", i => ["HSET", Key, Text("field:", i), Value(i)]),
        new("HMGET of 10 cold", i => ["HMGET", Key, .. Ten(i)], Calls: 500),
        new("HRANDFIELD", _ => ["HRANDFIELD", Key], Calls: 500),
    ];

    public override IEnumerable<LargeProbe> Changes =>
    [
        new("HSET new", i => ["HSET", Key, Text("new:", i), Value(i)]),
        new("HDEL", i => ["HDEL", Key, Text("new:", i)]),
    ];

    public override string[] Fill(IEnumerable<int> some) =>
        ["HSET", Key, .. some.SelectMany(i => (string[])[Text("field:", i), Value(i)])];

    private static string Value(int number) => Text(Padding, number);

    private static bool IsValue(int number, RespReply reply) => reply.Text == Value(number);

    private IEnumerable<string> Ten(int first) =>
        Enumerable.Range(0, 10).Select(i => Text("field:", (int)((first + (i * 7_919_007L)) % Elements)));
}

/// <summary>Members of 15 bytes.</summary>
internal sealed class LargeSet(int elements) : LargeShape(elements)
{
    public override string Name => "set";

    public override string[] Count => ["SCARD", Key];

    public override string[] All => ["SMEMBERS", Key];

    public override string Scan => "SSCAN";

    public override IEnumerable<LargeProbe> Probes =>
    [
        new("SISMEMBER hot", i => ["SISMEMBER", Key, Text("member:", i)]) { IsHot = true, IsRight = IsOne },
        new("SISMEMBER cold", i => ["SISMEMBER", Key, Text("member:", i)]) { IsRight = IsOne },
        new("SADD there hot", i => ["SADD", Key, Text("member:", i)]) { IsHot = true },
        new("SADD there cold", i => ["SADD", Key, Text("member:", i)]),
        new("SRANDMEMBER", _ => ["SRANDMEMBER", Key], Calls: 500),
    ];

    public override IEnumerable<LargeProbe> Changes =>
    [
        new("SADD new", i => ["SADD", Key, Text("new:", i)]) { IsRight = IsOne },
        new("SREM", i => ["SREM", Key, Text("new:", i)]) { IsRight = IsOne },
    ];

    public override string[] Fill(IEnumerable<int> some) => ["SADD", Key, .. some.Select(i => Text("member:", i))];

    private static bool IsOne(int number, RespReply reply) => reply.Text == "1";
}

/// <summary>Members added in an order that has nothing to do with their scores, which are their ranks.</summary>
internal sealed class LargeZset(int elements) : LargeShape(elements)
{
    /// <summary>A prime, so that it takes every number to another.</summary>
    private const long Factor = 982_451_653;

    public override string Name => "zset";

    public override string[] Count => ["ZCARD", Key];

    public override string[] All => ["ZRANGE", Key, "0", "-1", "WITHSCORES"];

    public override int BulksPerElement => 2;

    public override string Scan => "ZSCAN";

    public override IEnumerable<LargeProbe> Probes =>
    [
        new("ZSCORE hot", i => ["ZSCORE", Key, Text("member:", i)]) { IsHot = true, IsRight = IsRank },
        new("ZSCORE cold", i => ["ZSCORE", Key, Text("member:", i)]) { IsRight = IsRank },
        new("ZADD there hot", i => ["ZADD", Key, Text(RankOf(i)), Text("member:", i)]) { IsHot = true },
        new("ZADD there cold", i => ["ZADD", Key, Text(RankOf(i)), Text("member:", i)]),
        new("ZRANGE of 10, head", _ => ["ZRANGE", Key, "0", "9"], Calls: 500),
        new("ZRANGE of 10, tail", _ => ["ZRANGE", Key, "-10", "-1"], Calls: 500),
        new("ZRANK, first", i => ["ZRANK", Key, Text("member:", i)], Calls: 1) { IsRight = IsRank },
        new("ZRANK cold", i => ["ZRANK", Key, Text("member:", i)], Calls: 500) { IsRight = IsRank },
        new("ZRANK hot", i => ["ZRANK", Key, Text("member:", i)], Calls: 500) { IsHot = true, IsRight = IsRank },
        new("ZRANGE of 10, anywhere", i => Range("ZRANGE", i), Calls: 500) { IsRight = IsFrom },
        new("ZREVRANGE of 10, anywhere", i => Range("ZREVRANGE", i), Calls: 500) { IsRight = IsDownFrom },
        new("ZRANGEBYSCORE of 10", i => ["ZRANGEBYSCORE", Key, Text(i), Text(i + 9)], Calls: 500),
        new("ZCOUNT of a tenth", i => ["ZCOUNT", Key, Text(i), Text(i + (Elements / 10))], Calls: 500),
    ];

    public override IEnumerable<LargeProbe> Changes =>
    [
        new("ZADD new", i => ["ZADD", Key, Text(i) + ".5", Text("new:", i)]),
        new("ZREM", i => ["ZREM", Key, Text("new:", i)]),
    ];

    public override string[] Fill(IEnumerable<int> some) =>
        ["ZADD", Key, .. some.SelectMany(i => (string[])[Text(RankOf(i)), Text("member:", i)])];

    private long RankOf(int number) => number * Factor % Elements;

    private bool IsRank(int number, RespReply reply) => reply.Text == Text(RankOf(number));

    private static string[] Range(string command, int first) =>
        [command, Key, Text(first), Text(first + 9), "WITHSCORES"];

    private static bool IsFrom(int first, RespReply reply) => reply.Items[1].Text == Text(first);

    private bool IsDownFrom(int first, RespReply reply) => reply.Items[1].Text == Text(Elements - 1 - first);
}

/// <summary>Values pushed to the right.</summary>
internal sealed class LargeList(int elements) : LargeShape(elements)
{
    public override string Name => "list";

    public override string[] Count => ["LLEN", Key];

    public override string[] All => ["LRANGE", Key, "0", "-1"];

    public override string? Scan => null;

    public override IEnumerable<LargeProbe> Probes =>
    [
        new("LRANGE of 10, head", _ => ["LRANGE", Key, "0", "9"], Calls: 500),
        new("LRANGE of 10, tail", _ => ["LRANGE", Key, "-10", "-1"], Calls: 500),
        new("LINDEX, first", i => ["LINDEX", Key, Text(i)], Calls: 1) { IsRight = IsValue },
        new("LINDEX cold", i => ["LINDEX", Key, Text(i)], Calls: 500) { IsRight = IsValue },
        new("LINDEX hot", i => ["LINDEX", Key, Text(i)], Calls: 500) { IsHot = true, IsRight = IsValue },
        new("LRANGE of 10, anywhere", i => ["LRANGE", Key, Text(i), Text(i + 9)], Calls: 500)
        {
            IsRight = static (i, reply) => IsValue(i, reply.Items[0]),
        },
        new("LSET cold", i => ["LSET", Key, Text(i), Text("value:", i)], Calls: 500),
    ];

    public override IEnumerable<LargeProbe> Changes =>
    [
        new("RPUSH", i => ["RPUSH", Key, Text("new:", i)]),
        new("RPOP", _ => ["RPOP", Key]),
        new("LPUSH", i => ["LPUSH", Key, Text("new:", i)]),
        new("LPOP", _ => ["LPOP", Key]),
    ];

    public override string[] Fill(IEnumerable<int> some) => ["RPUSH", Key, .. some.Select(i => Text("value:", i))];

    private static bool IsValue(int number, RespReply reply) => reply.Text == Text("value:", number);
}
