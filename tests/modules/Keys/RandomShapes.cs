namespace Marekvs.Modules.Tests.Keys;

/// <summary>Draws values whose encodings differ.</summary>
/// <param name="random">The source of every choice.</param>
internal sealed class RandomShapes(Random random)
{
    /// <summary>Commands that show the last value; <c>key</c> stands for its key.</summary>
    internal IReadOnlyList<string> Reads { get; private set; } = [];

    /// <summary>Whether what they show has an order.</summary>
    internal bool IsOrdered { get; private set; }

    /// <summary>Whether the last value has one dumped form only, neither packed nor in an order of its own.</summary>
    internal bool HasOneForm { get; private set; }

    /// <summary>Commands that make the next value.</summary>
    internal IReadOnlyList<string[]> Next(string key)
    {
        IsOrdered = false;
        return random.Next(5) switch
        {
            0 => [String(key)],
            1 => [Set(key)],
            2 => [List(key)],
            3 => [Zset(key)],
            _ => [Hash(key)],
        };
    }

    private string[] String(string key)
    {
        string text = Text(random.Next(4) == 0 ? 20_000 : 100);
        Reads = ["GET key"];
        HasOneForm = text.Length <= 20;
        return ["SET", key, text];
    }

    private string[] Set(string key)
    {
        bool areIntegers = random.Next(2) == 0;
        int bits = random.Next(1, 64);
        string[] members = new string[random.Next(1, random.Next(3) == 0 ? 700 : 20)];
        for (int i = 0; i < members.Length; i++)
        {
            members[i] = areIntegers ? $"{random.NextInt64() >> bits}" : Text(100);
        }

        int count = members.Distinct().Count();
        bool isIntset = areIntegers && count <= 512;
        Reads = ["SMEMBERS key", "SCARD key"];

        // An intset is a string and may be packed as one.
        HasOneForm = isIntset && count == 1;
        return ["SADD", key, .. members];
    }

    private string[] List(string key)
    {
        string[] values =
        [
            .. Enumerable.Range(0, random.Next(1, random.Next(3) == 0 ? 700 : 20))
                .Select(_ => Text(random.Next(20) == 0 ? 20_000 : 100)),
        ];
        Reads = ["LLEN key", "LRANGE key 0 -1"];
        IsOrdered = true;
        HasOneForm = values.Length == 1 && values[0].Length <= 10;
        return ["RPUSH", key, .. values];
    }

    private string[] Hash(string key)
    {
        const int UnpackedBytesMax = 9;
        int lengthMax = random.Next(3) == 0 ? 100 : 30;
        string[] fields =
        [
            .. Enumerable.Range(0, random.Next(1, random.Next(3) == 0 ? 700 : 20)).Select(_ => Text(lengthMax)).Distinct(),
        ];
        string[] pairs = [.. fields.SelectMany(field => new[] { field, Text(lengthMax) })];
        Reads = ["HGETALL key", "HLEN key"];
        HasOneForm = pairs.Length == 2 && pairs[0].Length + pairs[1].Length <= UnpackedBytesMax;
        return ["HSET", key, .. pairs];
    }

    /// <summary>Scores are such as 7.0 and 7.4 write alike.</summary>
    private string[] Zset(string key)
    {
        const int UnpackedBytesMax = 9;
        int lengthMax = random.Next(3) == 0 ? 100 : 30;
        string[] members =
        [
            .. Enumerable.Range(0, random.Next(1, random.Next(3) == 0 ? 300 : 20)).Select(_ => Text(lengthMax)).Distinct(),
        ];
        string[] pairs = [.. members.SelectMany(member => new[] { Score(), member })];
        Reads = ["ZRANGE key 0 -1 WITHSCORES", "ZCARD key", "ZREVRANGEBYSCORE key +inf 0"];
        IsOrdered = true;
        HasOneForm = pairs.Length == 2 && pairs[0].Length + pairs[1].Length <= UnpackedBytesMax;
        return ["ZADD", key, .. pairs];
    }

    private string Score() => random.Next(6) switch
    {
        0 => "inf",
        1 => "-inf",
        2 => $"{random.NextInt64() >> random.Next(12, 64)}",
        3 => $"-{random.Next(1000)}.125",
        _ => $"{random.Next(10)}.5",
    };

    private string Text(int lengthMax) => random.Next(5) switch
    {
        0 => $"{random.NextInt64() >> random.Next(64)}",
        1 => $"-{random.NextInt64() >> random.Next(64)}",
        2 => new string((char)random.Next(256), random.Next(lengthMax)),
        3 => new string([.. Enumerable.Range(0, random.Next(lengthMax)).Select(_ => (char)random.Next(256))]),
        _ => string.Join(' ', Enumerable.Repeat("some words that repeat", random.Next(lengthMax / 20))),
    };
}
