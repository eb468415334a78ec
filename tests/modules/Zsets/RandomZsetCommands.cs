namespace Marekvs.Modules.Tests.Zsets;

/// <summary>Draws sorted set commands, mistakes included. Scores are multiples of 1/8, which 7.0 and 7.4 write alike;
/// there is no negative zero, which 7.4 packs as zero. Members are drawn at random only where all are. Ranges of names are
/// asked for where scores are equal, and forward where they differ but Redis packs the sorted set.</summary>
/// <param name="random">The source of every choice.</param>
/// <param name="anyKey">A key that may hold anything.</param>
internal sealed class RandomZsetCommands(Random random, Func<string> anyKey)
{
    private static readonly string[] Keys = ["z", "y", "x"];
    private static readonly string[] Members =
    [
        "", "0", "1", "2", "-1", "07", "70000", "a", "b", "c", "d", "e", "aa", "ab", "\0\xff\r\n",
        "a member that is longer than what Redis packs into a list of elements",
    ];

    private static readonly string[] Mixed = ["a", "aa", "b", "c", "d", "", "07"];

    private static readonly string[] Scores =
    [
        "0", "1", "2", "-1", "1.5", "-2.125", "3", "1e3", "-12345678901", "9007199254740993", "+7", "inf",
        "-inf", "+Infinity", "1e400", "nan", "x", "", " 1", "0x10",
    ];

    private static readonly string[] GoodScores = ["0", "1", "2", "-1", "1.5", "-2.125", "3", "100", "inf", "-inf"];
    private static readonly string[] Ends =
        ["-inf", "+inf", "0", "(0", "1", "(1", "2", "1.5", "(1.5", "(-2.125", "-2.125", "(inf", "", "(", " 1", "x", "1e400"];

    private static readonly string[] LexEnds =
        ["-", "+", "[a", "(a", "[b", "(c", "[aa", "(", "[", "[\xff", "(07", "a", "", "-x", "[0"];

    private static readonly string[] Numbers = ["0", "1", "2", "-1", "-2", "3", "99", "-99", "x", "", "9223372036854775807"];

    /// <summary>The next command.</summary>
    internal string[] Next() => random.Next(36) switch
    {
        0 or 1 or 2 or 3 => ["ZADD", Key(), .. Options(), .. Many(() => Any(GoodScores), Member)],
        4 => ["ZADD", Key(), .. Options(), .. Many(() => Any(Scores), Member)],
        5 => ["ZADD", Any("lex", "lax"), .. Many(() => "0", Member)],
        6 => ["ZADD", Key(), .. Enumerable.Range(0, random.Next(1, 200)).SelectMany(i => (string[])[$"{i % 50}", $"{i}"])],
        7 or 8 => ["ZINCRBY", Key(), Any(GoodScores), Member()],
        9 => ["ZINCRBY", Key(), Any(Scores), Member()],
        10 => ["ZREM", Key(), .. Many(Member)],
        11 => [Any("ZSCORE", "ZMSCORE"), Key(), Member()],
        12 => ["ZMSCORE", Key(), .. Many(Member)],
        13 => ["ZCARD", Key()],
        14 => [Any("ZRANK", "ZREVRANK"), Key(), Member()],
        15 => ["ZCOUNT", Key(), Any(Ends), Any(Ends)],
        16 => ["ZLEXCOUNT", Any("lex", "lax"), Any(LexEnds), Any(LexEnds)],
        17 => ["ZRANGE", Key(), Any(Numbers), Any(Numbers), .. RangeOptions("REV", "WITHSCORES", "LIMIT")],
        18 => ["ZRANGE", Key(), Any(Ends), Any(Ends), "BYSCORE", .. RangeOptions("REV", "WITHSCORES", "LIMIT", "BYLEX")],
        19 => ["ZRANGE", Any("lex", "lax"), Any(LexEnds), Any(LexEnds), "BYLEX", .. RangeOptions("REV", "LIMIT", "WITHSCORES")],
        20 => ["ZREVRANGE", Key(), Any(Numbers), Any(Numbers), .. RangeOptions("WITHSCORES", "LIMIT")],
        21 => [Any("ZRANGEBYSCORE", "ZREVRANGEBYSCORE"), Key(), Any(Ends), Any(Ends), .. RangeOptions("LIMIT", "WITHSCORES")],
        22 => [Any("ZRANGEBYLEX", "ZREVRANGEBYLEX"), Any("lex", "lax"), Any(LexEnds), Any(LexEnds), .. RangeOptions("LIMIT")],
        23 => ["ZRANGESTORE", Key(), Key(), Any(Ends), Any(Ends), "BYSCORE", .. RangeOptions("REV", "LIMIT", "WITHSCORES")],
        24 => ["ZRANGESTORE", Key(), Key(), Any(Numbers), Any(Numbers), .. RangeOptions("REV", "BYSCORE")],
        25 => ["ZREMRANGEBYRANK", Key(), Any(Numbers), Any(Numbers)],
        26 => random.Next(2) == 0
            ? ["ZREMRANGEBYSCORE", Key(), Any(Ends), Any(Ends)]
            : ["ZREMRANGEBYLEX", Any("lex", "lax"), Any(LexEnds), Any(LexEnds)],
        27 or 28 => ["ZPOPMIN", Key(), .. Count()],
        29 => [Any("ZPOPMAX", "ZPOPMIN"), Key(), .. Count()],
        30 => ["ZMPOP", Any("1", "2", "0", "x", "9"), .. Many(Key), Any("MIN", "max"), .. MpopOptions()],
        31 => [Any("ZUNION", "ZINTER"), .. Counted(), .. Algebra("WITHSCORES")],
        32 => random.Next(2) == 0
            ? [Any("ZUNIONSTORE", "ZINTERSTORE"), Key(), .. Counted(), .. Algebra("FOO")]
            : ["ZDIFFSTORE", Key(), .. Counted()],
        33 => ["ZADD", "mix", .. Many(() => Any(GoodScores), () => Any(Mixed))],
        34 => [Any("ZRANGEBYLEX", "ZLEXCOUNT", "ZLEXCOUNT", "ZREMRANGEBYLEX"), "mix", Any(LexEnds), Any(LexEnds)],
        _ => random.Next(4) switch
        {
            0 => ["ZDIFF", .. Counted(), .. random.Next(2) == 0 ? (string[])[] : ["WITHSCORES"]],
            1 => ["ZINTERCARD", .. Counted(), .. random.Next(2) == 0 ? (string[])[] : ["LIMIT", Any(Numbers)]],
            2 => ["ZRANDMEMBER", Key(), Any("0", "100000", "x"), .. random.Next(2) == 0 ? (string[])[] : [Any("WITHSCORES", "FOO")]],
            _ => ["ZSCAN", Key(), "0", "COUNT", "100000"],
        },
    };

    private string Key() => random.Next(12) == 0 ? anyKey() : Any(Keys);

    private string Member() => Any(Members);

    private string Any(params ReadOnlySpan<string> choices) => choices[random.Next(choices.Length)];

    private string[] Many(params Func<string>[] parts) =>
        [.. Enumerable.Range(0, 1 + random.Next(4)).SelectMany(_ => parts.Select(part => part()))];

    private string[] Options() =>
        [.. Enumerable.Range(0, random.Next(3)).Select(_ => Any("NX", "XX", "GT", "LT", "ch", "CH", "INCR"))];

    private string[] RangeOptions(params string[] words)
    {
        var options = new List<string>();
        for (int i = random.Next(3); i > 0; i--)
        {
            string word = Any(words);
            options.AddRange(word == "LIMIT" ? [word, Any("0", "1", "2", "x"), Any("0", "1", "3", "-1", "x")] : [word]);
        }

        return [.. options];
    }

    private string[] Count() => random.Next(2) == 0 ? [] : [Any("0", "1", "2", "3", "-1", "x", "100000")];

    private string[] MpopOptions() => random.Next(2) == 0 ? [] : [Any("COUNT", "FOO"), Any("1", "2", "0", "x", "99")];

    private string[] Counted()
    {
        string[] keys = Many(() => random.Next(4) == 0 ? Any("s", "t", "u") : Key());
        return [random.Next(10) == 0 ? Any("0", "x", "9") : $"{keys.Length}", .. keys];
    }

    private string[] Algebra(string last) => random.Next(5) switch
    {
        0 => ["AGGREGATE", Any("SUM", "MIN", "max", "FOO")],
        1 => ["WEIGHTS", .. Many(() => Any("1", "2", "0", "-1", "0.5", "inf", "x"))],
        2 => [last],
        3 => ["WEIGHTS", "2", "AGGREGATE", "MAX", last],
        _ => [],
    };
}
