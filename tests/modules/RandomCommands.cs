using Marekvs.Modules.Tests.Hashes;
using Marekvs.Modules.Tests.Keys;
using Marekvs.Modules.Tests.Lists;
using Marekvs.Modules.Tests.Sets;
using Marekvs.Modules.Tests.Zsets;

namespace Marekvs.Modules.Tests;

/// <summary>
/// Draws string, hash, list, set, sorted set and key commands, mistakes included, over few keys so that they meet. Left
/// out is what cannot be the same on two servers: the order of keys (SCAN with small counts, RANDOMKEY with several
/// keys), reference counts, idle times. Numbers with a fraction are multiples of 1/4, which binary and decimal arithmetic
/// hold exactly.
/// </summary>
/// <param name="random">The source of every choice.</param>
internal sealed class RandomCommands(Random random)
{
    private readonly RandomHashCommands _hashes = new(random, () => Keys[random.Next(Keys.Length)]);
    private readonly RandomListCommands _lists = new(random, () => Keys[random.Next(Keys.Length)]);
    private readonly RandomSortCommands _sorts = new(random);
    private readonly RandomZsetCommands _zsets = new(random, () => Keys[random.Next(Keys.Length)]);
    private readonly RandomSetCommands _sets = new(random, () => Keys[random.Next(Keys.Length)]);

    private static readonly string[] Keys = ["a", "b", "c", "{t}d", "", "e\0\r\n"];
    private static readonly string[] Values =
    [
        "", "0", "1", "-1", "7", "10", "-250", "3.5", "-0.25", "1e3", "+5", " 5", "5 ", "007", "-0", "abc", "foobar",
        "9223372036854775807", "-9223372036854775808", "9223372036854775806", "9223372036854775808", "\0\xff\r\n",
        "inf", "nan", "12345678901234567890123456789012345678901234",
        "a string that is too long to be embedded anywhere",
    ];

    private static readonly string[] Integers =
    [
        "0", "1", "-1", "2", "-3", "5", "100", "-100", "9223372036854775807", "-9223372036854775808", "x", "", "1.5",
    ];

    private static readonly string[] Fractions =
        ["0", "1", "-1", "0.25", "-2.75", "1e2", "+3", "12.50", "x", "", "inf", "-inf", "nan", " 1", "1e"];

    // Far from now in either direction, so that both servers agree on what has expired.
    private static readonly string[] Delays =
        ["1000", "5000", "100000", "0", "-1", "-5000", "9223372036854775807", "9223372036854775", "x", "1.5"];

    private static readonly string[] Moments =
        ["1", "1000", "4000000000", "4000000000123", "4100000000000", "0", "-7", "9223372036854775807", "y"];

    private static readonly string[] Patterns =
        ["*", "**", "?", "[a-c]", "[^a]", "{t}*", "\\a", "[c-a]", "[a", "[^", "", "e*", "\\", "[]", "a*b*", "*d"];

    /// <summary>The next command.</summary>
    internal string[] Next() => random.Next(69) switch
    {
        >= 66 => _sorts.Next(),
        >= 58 => _lists.Next(),
        > 45 => _zsets.Next(),
        40 or 41 or 42 or 43 or 44 or 45 => _hashes.Next(),
        34 or 35 or 36 or 37 or 38 or 39 => _sets.Next(),
        0 or 1 => ["SET", Key(), Value(), .. SetOptions()],
        2 => ["SET", Key(), Value()],
        3 => ["GET", Key()],
        4 => ["APPEND", Key(), Value()],
        5 => [Any("INCR", "DECR"), Key()],
        6 => [Any("INCRBY", "DECRBY"), Key(), Any(Integers)],
        7 => ["INCRBYFLOAT", Key(), Any(Fractions)],
        8 => [Any("GETRANGE", "SUBSTR"), Key(), Any(Integers), Any(Integers)],
        9 => ["SETRANGE", Key(), Any("0", "1", "3", "40", "-1", "x", "536870912", "9223372036854775807"), Value()],
        10 => ["STRLEN", Key()],
        11 => ["GETSET", Key(), Value()],
        12 => ["GETDEL", Key()],
        13 => ["GETEX", Key(), .. GetExOptions()],
        14 => ["SETNX", Key(), Value()],
        15 => [Any("SETEX", "PSETEX"), Key(), Any(Delays), Value()],
        16 => ["MGET", .. Many(Key)],
        17 => [Any("MSET", "MSETNX"), .. Many(Key, Value)],
        18 => ["LCS", Key(), Key(), .. LcsOptions()],
        19 => [Any("DEL", "UNLINK"), .. Many(Key)],
        20 => [Any("EXISTS", "TOUCH"), .. Many(Key)],
        21 => ["TYPE", Key()],
        22 => [Any("RENAME", "RENAMENX"), Key(), Key()],
        23 => ["COPY", Key(), Key(), .. CopyOptions()],
        24 => [Any("EXPIRE", "PEXPIRE"), Key(), Any(Delays), .. Conditions()],
        25 => [Any("EXPIREAT", "PEXPIREAT"), Key(), Any(Moments), .. Conditions()],
        26 => ["PERSIST", Key()],
        27 => [Any("TTL", "PTTL"), Key()],
        28 => [Any("EXPIRETIME", "PEXPIRETIME"), Key()],
        29 => ["KEYS", Any(Patterns)],
        30 => ["SCAN", "0", "COUNT", "1000", .. ScanOptions()],
        31 => ["SCAN", Any("x", "0"), "COUNT", "1000", Any("COUNT", "MATCH", "TYPE", "FOO"), Any("0", "x")],
        32 => ["OBJECT", Any("ENCODING", "FREQ", "foo", "HELP"), .. Some(0.9, Key)],
        _ => [Any("GET", "SET", "INCR", "MSET", "DEL", "EXPIRE", "LCS", "COPY", "OBJECT", "GETEX"), .. Some(0.5, Key)],
    };

    private string Key() => random.Next(8) == 0 ? Any("s", "t", "u", "h", "i", "z", "y", "x") : Any(Keys);

    private string Value() => random.Next(4) == 0
        ? new string((char)('a' + random.Next(4)), random.Next(60))
        : Any(Values);

    private string Any(params ReadOnlySpan<string> choices) => choices[random.Next(choices.Length)];

    private string[] Some(double chance, params Func<string>[] parts) =>
        random.NextDouble() < chance ? [.. parts.Select(part => part())] : [];

    private string[] Many(params Func<string>[] parts) =>
        [.. Enumerable.Range(0, 1 + random.Next(4)).SelectMany(_ => parts.Select(part => part())), .. Some(0.05, Key)];

    private string[] SetOptions()
    {
        var options = new List<string>();
        for (int i = random.Next(4); i > 0; i--)
        {
            options.AddRange(random.Next(9) switch
            {
                0 => ["NX"],
                1 => ["xx"],
                2 => ["GET"],
                3 => ["KEEPTTL"],
                4 => [Any("EX", "PX"), Any(Delays)],
                5 => [Any("EXAT", "PXAT"), Any(Moments)],
                6 => ["get"],
                7 => [Any("EX", "PERSIST", "FOO")],
                _ => [],
            });
        }

        return [.. options];
    }

    private string[] GetExOptions() => random.Next(6) switch
    {
        0 => [Any("EX", "PX"), Any(Delays)],
        1 => [Any("EXAT", "PXAT"), Any(Moments)],
        2 => ["PERSIST"],
        3 => [Any("EX", "NX", "PERSIST"), Any("EX", "10", "PERSIST")],
        _ => [],
    };

    private string[] LcsOptions()
    {
        var options = new List<string>();
        for (int i = random.Next(4); i > 0; i--)
        {
            options.AddRange(random.Next(6) switch
            {
                0 => ["LEN"],
                1 or 2 => ["IDX"],
                3 => ["WITHMATCHLEN"],
                4 => ["MINMATCHLEN", Any("0", "2", "4", "-1", "x")],
                _ => [Any("MINMATCHLEN", "FOO")],
            });
        }

        return [.. options];
    }

    private string[] CopyOptions() => random.Next(5) switch
    {
        0 or 1 => ["REPLACE"],
        2 => ["DB", Any("0", "99", "x"), .. Some(0.5, () => "replace")],
        3 => [Any("DB", "FOO")],
        _ => [],
    };

    private string[] Conditions() =>
        [.. Some(0.5, () => Any("NX", "XX", "GT", "LT", "lt", "foo")), .. Some(0.2, () => Any("XX", "GT", "LT"))];

    private string[] ScanOptions() =>
    [
        .. Some(0.5, () => "MATCH", () => Any(Patterns)),
        .. Some(0.4, () => "TYPE", () => Any("string", "STRING", "set", "hash", "zset", "list")),
    ];
}
