namespace Marekvs.Modules.Tests.Streams;

/// <summary>Draws stream commands over few keys, ids, groups and consumers, mistakes included. Ids are given, so that they
/// are the same on two servers.</summary>
/// <param name="random">The source of every choice.</param>
internal sealed class RandomStreamCommands(Random random)
{
    private static readonly string[] Keys = ["x", "y", "s"];
    private static readonly string[] Groups = ["g", "h", "none"];
    private static readonly string[] Consumers = ["alice", "bob", ""];

    private long _milliseconds = 1;

    /// <summary>The next command.</summary>
    internal string[] Next() => random.Next(34) switch
    {
        0 or 1 or 2 or 3 or 4 or 5 => ["XADD", Key(), .. AddOptions(), NewId(), .. Fields()],
        6 => ["XLEN", Key()],
        7 => ["XRANGE", Key(), Bound(), Bound(), .. Count()],
        8 => ["XREVRANGE", Key(), Bound(), Bound(), .. Count()],
        9 => ["XDEL", Key(), .. Many(Id)],
        10 => ["XTRIM", Key(), .. Trim(), .. Some(0.1, "LIMIT", "5")],
        11 => ["XSETID", Key(), Id(), .. SetIdOptions()],
        12 or 13 => ["XREAD", .. Count(), "STREAMS", Key(), .. Some(0.1, Key()), Id()],
        14 => ["XREAD", .. Count(), "STREAMS", "x", "y", Id(), Any("$", "0", ">")],
        15 or 16 => ["XGROUP", "CREATE", Key(), Any(Groups), Any("0", "$", Id()), .. GroupOptions()],
        17 => ["XGROUP", "SETID", Key(), Any(Groups), Any("0", "$", Id()), .. EntriesRead()],
        18 => ["XGROUP", Any("DESTROY", "foo"), Key(), Any(Groups)],
        19 => ["XGROUP", Any("CREATECONSUMER", "CREATECONSUMER", "DELCONSUMER"), Key(), Any(Groups), Any(Consumers)],
        20 or 21 or 22 or 23 => ["XREADGROUP", "GROUP", Any(Groups), "alice", .. Count(), .. NoAck(), "STREAMS", Key(), ">"],
        24 => ["XREADGROUP", "GROUP", Any(Groups), "alice", .. Count(), "STREAMS", Key(), Any("0", $"{_milliseconds - 5}", "$", "x")],
        25 => ["XACK", Key(), Any(Groups), .. Many(Id)],
        26 => ["XPENDING", Key(), Any(Groups)],
        27 => ["XPENDING", Key(), Any(Groups), Bound(), Bound(), Any("0", "1", "10", "x"), .. Some(0.5, Any(Consumers))],
        28 => ["XCLAIM", Key(), Any(Groups), "alice", "0", .. Many(Id), .. ClaimOptions()],
        29 => ["XAUTOCLAIM", Key(), Any(Groups), "alice", "0", Bound(), .. Some(0.5, "COUNT", Any("1", "3", "0", "x")), .. Some(0.5, "JUSTID")],
        30 => ["XINFO", "GROUPS", Key()],
        31 => ["XINFO", "STREAM", Key(), .. Some(0.2, "FOO")],
        32 => [Any("DEL", "DUMP"), Key()],
        _ => [Any("XADD", "XRANGE", "XREAD", "XGROUP", "XCLAIM", "XTRIM"), Key(), .. Some(0.5, Id())],
    };

    private string Key() => random.Next(20) == 0 ? "text" : Any(Keys);

    private string NewId()
    {
        _milliseconds += random.Next(3);
        return random.Next(12) switch
        {
            0 => Id(),
            1 => "0-0",
            2 => "x",
            3 => "0-*",
            4 => $"{_milliseconds}",
            5 => $"{_milliseconds}-*x",
            6 or 7 => $"{_milliseconds}-{random.Next(3)}",
            8 when random.Next(60) == 0 => "18446744073709551615-18446744073709551615",
            _ => $"{_milliseconds}-*",
        };
    }

    private string Id() => random.Next(12) switch
    {
        0 => "x",
        1 => $"{_milliseconds}",
        2 => "0",
        3 => "18446744073709551615-18446744073709551615",
        4 => "0-1",
        _ => $"{Math.Max(0, _milliseconds - random.Next(12))}-{random.Next(2)}",
    };

    private string Bound() => random.Next(6) switch
    {
        0 or 1 => "-",
        2 => "+",
        3 => $"({Id()}",
        _ => Id(),
    };

    private string[] Fields() => random.Next(12) switch
    {
        0 => [],
        1 => ["f"],
        2 => ["f", "", "\0\xff", "12"],
        3 => ["a", "1", "b", "2", "c", "3"],
        _ => ["f", $"{random.Next(1000)}"],
    };

    private string[] AddOptions() =>
    [
        .. Some(0.1, "NOMKSTREAM"), .. random.Next(4) == 0 ? Trim() : [], .. Some(0.05, "LIMIT", Any("0", "-1", "7", "x")),
    ];

    private string[] Trim() => random.Next(6) switch
    {
        0 => ["MAXLEN", Any("0", "3", "-1", "x")],
        1 => ["MAXLEN", "=", Any("5", "8")],
        2 => ["MAXLEN", "~", "1000"],
        3 => ["MINID", Id()],
        4 => ["MINID", Any("=", "~"), Any("0", "x")],
        _ => ["MAXLEN", "10"],
    };

    private string[] Count() => Some(0.4, "COUNT", Any("1", "2", "0", "-1", "x", "100"));

    private string[] NoAck() => Some(0.1, "NOACK");

    private string[] GroupOptions() => [.. Some(0.4, "MKSTREAM"), .. EntriesRead()];

    private string[] EntriesRead() => Some(0.2, "ENTRIESREAD", Any("0", "3", "-1", "-2", "x"));

    private string[] SetIdOptions() =>
        [.. Some(0.3, "ENTRIESADDED", Any("0", "5", "100", "-1", "x")), .. Some(0.3, "MAXDELETEDID", Any("0-0", Id()))];

    private string[] ClaimOptions() =>
    [
        .. Some(0.3, "FORCE"), .. Some(0.3, "JUSTID"), .. Some(0.3, "RETRYCOUNT", Any("0", "4", "x")),
        .. Some(0.2, "LASTID", Id()), .. Some(0.1, "IDLE", Any("0", "x")), .. Some(0.1, Any("FOO", "TIME")),
    ];

    private string Any(params ReadOnlySpan<string> choices) => choices[random.Next(choices.Length)];

    private string[] Some(double chance, params string[] parts) => random.NextDouble() < chance ? parts : [];

    private string[] Many(Func<string> part) => [.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => part())];
}
