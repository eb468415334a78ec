using System.Globalization;

namespace Marekvs.Benchmarks.Compare;

/// <summary>What is compared.</summary>
internal sealed record CompareOptions(
    int Rounds, IReadOnlyList<string> Tests, IReadOnlyList<int> Pipelines, int Seconds, string Subject, string Storage)
{
    private const string AllTests =
        "set,get,incr,mset,multi_10,hset,hget,hgetall_100,sadd,spop,smembers_100,zadd,zpopmin,zrange_100," +
        "lpush,rpush,lpop,rpop,lrange_100,lrange_600,xadd,xreadgroup,pfadd,pfcount,publish";

    public static CompareOptions From(Options options)
    {
        var compare = new CompareOptions(
            options.Number("rounds", 3),
            options.Words("tests", AllTests),
            [.. options.Words("pipeline", "1,16").Select(Positive)],
            options.Number("seconds", 3),
            options.Text("subject", "node"),
            options.Text("storage", "rocksdb"));
        options.RejectUnknown();
        return compare.Subject is "node" or "redis"
            ? compare
            : throw new OptionException($"--subject is {compare.Subject}; known are node and redis");
    }

    private static int Positive(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
            ? number
            : throw new OptionException($"--pipeline holds {text}, which is not a number above 0");
}
