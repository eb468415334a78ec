namespace Marekvs.Modules.Tests.Lists;

/// <summary>Draws list commands that do not wait, mistakes included.</summary>
/// <param name="random">The source of every choice.</param>
/// <param name="anyKey">A key that may hold anything.</param>
internal sealed class RandomListCommands(Random random, Func<string> anyKey)
{
    private static readonly string[] Keys = ["l", "m", "n"];
    private static readonly string[] Values =
    [
        "", "0", "1", "-1", "07", "300", "9223372036854775807", "a", "b", "c", "d", "\0\xff\r\n",
        "a value that is longer than what Redis packs into a short string of a list",
    ];

    private static readonly string[] Indexes =
    [
        "0", "1", "2", "3", "-1", "-2", "-3", "5", "-7", "100", "-100", "9223372036854775807", "-9223372036854775808",
        "x", "", "1.5",
    ];

    private static readonly string[] Counts = ["0", "1", "2", "3", "100", "-1", "x", "9223372036854775807"];

    /// <summary>The next command.</summary>
    internal string[] Next() => random.Next(26) switch
    {
        0 or 1 or 2 or 3 => [Any("LPUSH", "RPUSH"), Key(), .. Many(Value)],
        4 => [Any("LPUSHX", "RPUSHX"), Key(), .. Many(Value)],
        5 => [Any("LPOP", "RPOP"), Key()],
        6 => [Any("LPOP", "RPOP"), Key(), Any(Counts)],
        7 => ["LLEN", Key()],
        8 => ["LINDEX", Key(), Any(Indexes)],
        9 or 10 => ["LSET", Key(), Any(Indexes), Value()],
        11 or 12 => ["LRANGE", Key(), Any(Indexes), Any(Indexes)],
        13 => ["LTRIM", Key(), Any(Indexes), Any(Indexes)],
        14 or 15 or 16 => ["LINSERT", Key(), Any("BEFORE", "after", "AFTER", "x"), Value(), Value()],
        17 => ["LREM", Key(), Any(Indexes), Value()],
        18 => ["LPOS", Key(), Value(), .. SearchOptions()],
        19 => ["RPOPLPUSH", Key(), Key()],
        20 or 21 => ["LMOVE", Key(), Key(), Any("LEFT", "right", "x"), Any("RIGHT", "left")],
        22 => ["LMPOP", Any("1", "2", "3", "0", "x"), .. Many(Key), Any("LEFT", "right", "x"), .. PopOptions()],
        23 => ["RPUSH", Key(), .. Enumerable.Range(random.Next(1000), random.Next(1, 600)).Select(i => $"{i}")],
        24 => ["LRANGE", Key(), "0", "-1"],
        _ => [Any("LPUSH", "LPOP", "LSET", "LINSERT", "LRANGE", "LPOS", "LMOVE", "LMPOP"), .. Many(Key)],
    };

    private string Key() => random.Next(10) == 0 ? anyKey() : Any(Keys);

    private string Value() => Any(Values);

    private string Any(params ReadOnlySpan<string> choices) => choices[random.Next(choices.Length)];

    private string[] Many(Func<string> part) => [.. Enumerable.Range(0, 1 + random.Next(4)).Select(_ => part())];

    private string[] SearchOptions()
    {
        var options = new List<string>();
        for (int i = random.Next(4); i > 0; i--)
        {
            options.AddRange(random.Next(5) switch
            {
                0 or 1 => ["RANK", Any("1", "2", "-1", "-2", "0", "x", "100")],
                2 => ["count", Any(Counts)],
                3 => ["MAXLEN", Any(Counts)],
                _ => [Any("RANK", "COUNT", "FOO")],
            });
        }

        return [.. options];
    }

    private string[] PopOptions() => random.Next(5) switch
    {
        0 or 1 => ["COUNT", Any(Counts)],
        2 => [Any("COUNT", "FOO"), .. Many(() => Any(Counts))],
        _ => [],
    };
}
