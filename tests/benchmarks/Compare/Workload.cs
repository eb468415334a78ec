namespace Marekvs.Benchmarks.Compare;

/// <summary>A test that redis-benchmark does not bring itself.</summary>
/// <param name="Fill">A command that makes the data.</param>
/// <param name="Command">The command that is measured.</param>
/// <param name="FillRequests">How often the first is sent. Where once would do, it is often all the same, for
/// redis-benchmark cannot time a single request.</param>
/// <param name="Subscribers">Other connections that listen to <see cref="Channel"/> meanwhile.</param>
internal sealed record Workload(
    IReadOnlyList<string> Fill, IReadOnlyList<string> Command, int FillRequests = 1_000, int Subscribers = 0)
{
    /// <summary>What subscribers listen to.</summary>
    public const string Channel = "channel";

    /// <summary>Commands that are sent once, before the data is made.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Prepare { get; init; } = [];

    private const string RandomField = "element:__rand_int__";

    private static readonly string Value = new('v', 100);

    private static readonly Dictionary<string, Workload> All = new()
    {
        ["publish"] = new(["PUBLISH", Channel, Value], ["PUBLISH", Channel, Value], Subscribers: 50),
        ["smembers_100"] = new(
            ["SADD", "set:100", .. Enumerable.Range(0, 100).Select(i => $"member:{i:D12}")], ["SMEMBERS", "set:100"]),
        ["hget"] = new(
            ["HSET", "hash:fields", RandomField, Value], ["HGET", "hash:fields", RandomField], FillRequests: 300_000),
        ["hgetall_100"] = new(
            ["HSET", "hash:100", .. Enumerable.Range(0, 100).SelectMany(i => new[] { $"field:{i:D12}", $"value:{i:D12}" })],
            ["HGETALL", "hash:100"]),
        ["xadd"] = new(["XADD", "stream", "*", "field", Value], ["XADD", "stream", "*", "field", Value]),
        ["xreadgroup"] = new(
            ["XADD", "stream:jobs", "*", "job", Value],
            ["XREADGROUP", "GROUP", "workers", "worker", "COUNT", "1", "STREAMS", "stream:jobs", ">"],
            FillRequests: 400_000)
        {
            Prepare = [["DEL", "stream:jobs"], ["XGROUP", "CREATE", "stream:jobs", "workers", "0", "MKSTREAM"]],
        },
        ["pfadd"] = new(["PFADD", "sketch", RandomField], ["PFADD", "sketch", RandomField]),
        ["pfcount"] = new(["PFADD", "sketch", RandomField], ["PFCOUNT", "sketch"], FillRequests: 100_000),
        ["zrange_100"] = new(
            ["ZADD", "zset:100", .. Enumerable.Range(0, 100).SelectMany(i => new[] { $"{i}", $"member:{i:D12}" })],
            ["ZRANGE", "zset:100", "0", "-1"]),
    };

    /// <summary>The workload with a name, or null for one of redis-benchmark's own tests.</summary>
    public static Workload? Find(string test) => All.GetValueOrDefault(test);
}
