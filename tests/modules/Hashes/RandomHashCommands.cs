namespace Marekvs.Modules.Tests.Hashes;

/// <summary>Draws those hash commands that Redis 7.0 knows, mistakes included. Fields are drawn at random only where all
/// are.</summary>
/// <param name="random">The source of every choice.</param>
/// <param name="anyKey">A key that may hold anything.</param>
internal sealed class RandomHashCommands(Random random, Func<string> anyKey)
{
    private static readonly string[] Keys = ["h", "i", "j"];
    private static readonly string[] Fields =
    [
        "", "0", "1", "-1", "07", "300", "70000", "9223372036854775807", "a", "b", "c", "n", "\0\xff\r\n",
        "a field that is longer than what Redis packs into a list of elements",
    ];

    private static readonly string[] Values =
    [
        "", "0", "1", "-1", "7", "10", "-250", "3.5", "-0.25", "1e3", "+5", " 5", "5 ", "007", "-0", "abc",
        "9223372036854775807", "-9223372036854775808", "9223372036854775808", "inf", "nan", "\0\xff\r\n",
        "a value that is longer than what Redis packs into a list of elements",
    ];

    private static readonly string[] Integers =
        ["0", "1", "-1", "2", "-3", "100", "9223372036854775807", "-9223372036854775808", "x", "", "1.5"];

    private static readonly string[] Fractions =
        ["0", "1", "-1", "0.25", "-2.75", "1e2", "+3", "12.50", "x", "", "inf", "-inf", "nan", " 1", "1e"];

    /// <summary>The next command.</summary>
    internal string[] Next() => random.Next(22) switch
    {
        0 or 1 or 2 or 3 => [Any("HSET", "HSET", "HMSET"), Key(), .. Many(Field, Value)],
        4 or 5 => ["HDEL", Key(), .. Many(Field)],
        6 => ["HGET", Key(), Field()],
        7 => ["HMGET", Key(), .. Many(Field)],
        8 => ["HSETNX", Key(), Field(), Value()],
        9 => [Any("HEXISTS", "HSTRLEN"), Key(), Field()],
        10 => [Any("HGETALL", "HKEYS", "HVALS"), Key()],
        11 => ["HLEN", Key()],
        12 or 13 or 14 => ["HINCRBY", Key(), Any(Fields), Any(Integers)],
        15 => ["HINCRBYFLOAT", Key(), Any(Fields), Any(Fractions)],
        16 => ["HRANDFIELD", Key(), Any("0", "100000", "x", "9223372036854775807"), .. WithValues()],
        17 => ["HRANDFIELD", "none", .. random.Next(2) == 0 ? (string[])[] : ["3", .. WithValues()]],
        18 => ["HSET", Key(), .. Run(random.Next(1000), random.Next(1, 600))],
        19 => ["HSCAN", Key(), Any("0", "00"), "COUNT", "100000", .. Pattern()],
        20 => ["HSCAN", Key(), Any("0", "x"), Any("COUNT", "TYPE", "FOO"), Any("0", "x", "-1")],
        _ => [Any("HSET", "HMSET", "HDEL", "HGET", "HSETNX", "HINCRBY", "HLEN"), .. Many(Key)],
    };

    private string Key() => random.Next(10) == 0 ? anyKey() : Any(Keys);

    private string Field() => random.Next(4) == 0 ? $"{random.Next(1000)}" : Any(Fields);

    private string Value() => Any(Values);

    private string Any(params ReadOnlySpan<string> choices) => choices[random.Next(choices.Length)];

    private string[] Many(params Func<string>[] parts) =>
    [
        .. Enumerable.Range(0, 1 + random.Next(4)).SelectMany(_ => parts.Select(part => part())),
        .. random.Next(20) == 0 ? (string[])[Field()] : [],
    ];

    private static string[] Run(int first, int count) =>
        [.. Enumerable.Range(first, count).SelectMany(i => new[] { $"{i}", "v" })];

    private string[] WithValues() => random.Next(3) switch
    {
        0 => [Any("WITHVALUES", "withvalues")],
        1 => [Any("WITHVALUES", "FOO"), .. random.Next(2) == 0 ? (string[])["x"] : []],
        _ => [],
    };

    private string[] Pattern() => random.Next(2) == 0 ? [] : ["MATCH", Any("*", "[0-9]*", "?", "-*", "a*", "")];
}
