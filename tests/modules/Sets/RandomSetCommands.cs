namespace Marekvs.Modules.Tests.Sets;

/// <summary>Draws set commands, mistakes included. Members are drawn at random only where all are.</summary>
/// <param name="random">The source of every choice.</param>
/// <param name="anyKey">A key that may hold anything.</param>
internal sealed class RandomSetCommands(Random random, Func<string> anyKey)
{
    private static readonly string[] Keys = ["s", "t", "u"];
    private static readonly string[] Members =
    [
        "", "0", "1", "2", "3", "-1", "07", "300", "70000", "5000000000", "9223372036854775807", "-9223372036854775808",
        "a", "b", "c", "d", "e", "\0\xff\r\n", "a member that is longer than what Redis packs into a list of elements",
    ];

    private static readonly string[] Numbers = ["0", "1", "2", "99", "-1", "x", "", "9223372036854775807"];

    /// <summary>The next command.</summary>
    internal string[] Next() => random.Next(22) switch
    {
        0 or 1 or 2 or 3 => ["SADD", Key(), .. Many(Member)],
        4 or 5 => ["SREM", Key(), .. Many(Member)],
        6 => ["SISMEMBER", Key(), Member()],
        7 => ["SMISMEMBER", Key(), .. Many(Member)],
        8 => ["SMEMBERS", Key()],
        9 => ["SCARD", Key()],
        10 => ["SMOVE", Key(), Key(), Member()],
        11 => [Any("SINTER", "SUNION", "SDIFF"), .. Many(Key)],
        12 or 13 => [Any("SINTERSTORE", "SUNIONSTORE", "SDIFFSTORE"), Key(), .. Many(Key)],
        14 => ["SINTERCARD", Any("1", "2", "3", "0", "x"), .. Many(Key), .. Limit()],
        15 => ["SPOP", Key(), Any("0", "100000", "-1", "x", "9223372036854775807")],
        16 => ["SRANDMEMBER", Key(), Any("0", "100000", "x", "9223372036854775807")],
        17 => [Any("SPOP", "SRANDMEMBER"), "none", .. random.Next(2) == 0 ? (string[])[] : ["3"]],
        18 => ["SADD", Key(), .. Enumerable.Range(random.Next(1000), random.Next(1, 600)).Select(i => $"{i}")],
        19 => ["SSCAN", Key(), Any("0", "00"), "COUNT", "100000", .. Pattern()],
        20 => ["SSCAN", Key(), Any("0", "x"), Any("COUNT", "TYPE", "FOO"), Any("0", "x", "-1")],
        _ => [Any("SADD", "SREM", "SMOVE", "SISMEMBER", "SINTERSTORE", "SINTERCARD"), .. Many(Key)],
    };

    private string Key() => random.Next(10) == 0 ? anyKey() : Any(Keys);

    private string Member() => Any(Members);

    private string Any(params ReadOnlySpan<string> choices) => choices[random.Next(choices.Length)];

    private string[] Many(Func<string> part) => [.. Enumerable.Range(0, 1 + random.Next(4)).Select(_ => part())];

    private string[] Pattern() => random.Next(2) == 0 ? [] : ["MATCH", Any("*", "[0-9]*", "?", "-*", "a*", "")];

    private string[] Limit() => random.Next(4) switch
    {
        0 => ["LIMIT", Any(Numbers)],
        1 => [Any("limit", "FOO")],
        _ => [],
    };
}
