namespace Marekvs.Benchmarks.Compare;

/// <summary>A test that redis-benchmark does not bring itself, or not with the data it needs.</summary>
/// <param name="Fill">A command that makes the data.</param>
/// <param name="Command">The command that is measured.</param>
internal sealed record Workload(IReadOnlyList<string> Fill, IReadOnlyList<string> Command)
{
    /// <summary>What subscribers listen to.</summary>
    public const string Channel = "channel";

    /// <summary>How many different numbers <see cref="RandomElement"/> stands for where all have to differ.</summary>
    private const int Unbounded = 1_000_000_000;

    // redis-benchmark cannot time a single request.
    private const int FillRequestsAtLeast = 1_000;

    /// <summary>Elements that one command of a fill adds.</summary>
    private const int Batch = 10;

    private const string RandomElement = "element:__rand_int__";

    private static readonly string Value = new('v', 100);

    private static readonly Dictionary<string, Workload> All = new()
    {
        ["publish"] = new(["PUBLISH", Channel, Value], ["PUBLISH", Channel, Value]) { Subscribers = 50 },
        ["lpop"] = Taking(["RPUSH", "list:jobs", .. Enumerable.Repeat(Value, Batch)], ["LPOP", "list:jobs"]),
        ["rpop"] = Taking(["LPUSH", "list:jobs", .. Enumerable.Repeat(Value, Batch)], ["RPOP", "list:jobs"]),
        ["lrange_100"] = Reading(["RPUSH", "list:100", .. Many(100, i => [$"element:{i:D12}"])], ["LRANGE", "list:100", "0", "99"]),
        ["lrange_600"] = Reading(["RPUSH", "list:600", .. Many(600, i => [$"element:{i:D12}"])], ["LRANGE", "list:600", "0", "599"]),
        ["spop"] = Taking(["SADD", "set:jobs", .. Enumerable.Repeat(RandomElement, Batch)], ["SPOP", "set:jobs"]),
        ["smembers_100"] = Reading(["SADD", "set:100", .. Many(100, i => [$"member:{i:D12}"])], ["SMEMBERS", "set:100"]),
        ["hget"] = new(["HSET", "hash:fields", RandomElement, Value], ["HGET", "hash:fields", RandomElement])
        {
            FillRequests = 300_000,
        },
        ["hgetall_100"] = Reading(
            ["HSET", "hash:100", .. Many(100, i => [$"field:{i:D12}", $"value:{i:D12}"])], ["HGETALL", "hash:100"]),
        ["xadd"] = new(["XADD", "stream", "*", "field", Value], ["XADD", "stream", "*", "field", Value]),
        ["xreadgroup"] = new(
            ["XADD", "stream:jobs", "*", "job", Value],
            ["XREADGROUP", "GROUP", "workers", "worker", "COUNT", "1", "STREAMS", "stream:jobs", ">"])
        {
            Prepare = [["DEL", "stream:jobs"], ["XGROUP", "CREATE", "stream:jobs", "workers", "0", "MKSTREAM"]],
            TakenPerFill = 1,
        },
        ["pfadd"] = new(["PFADD", "sketch", RandomElement], ["PFADD", "sketch", RandomElement]),
        ["pfcount"] = new(["PFADD", "sketch", RandomElement], ["PFCOUNT", "sketch"]) { FillRequests = 100_000 },
        ["zpopmin"] = Taking(
            ["ZADD", "zset:jobs", .. Many(Batch, _ => ["__rand_int__", RandomElement])], ["ZPOPMIN", "zset:jobs"]),
        ["zrange_100"] = Reading(
            ["ZADD", "zset:100", .. Many(100, i => [$"{i}", $"member:{i:D12}"])], ["ZRANGE", "zset:100", "0", "-1"]),
    };

    /// <summary>Commands that are sent once, before the data is made.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Prepare { get; init; } = [];

    /// <summary>How often the data is made, where that does not depend on how often it is used.</summary>
    public int FillRequests { get; init; } = FillRequestsAtLeast;

    /// <summary>How many measured commands take what one command of the fill adds; 0 when they take nothing.</summary>
    public int TakenPerFill { get; init; }

    /// <summary>How many different numbers a random element of the fill has.</summary>
    public int FillRange { get; init; } = LoadGenerator.Keys;

    /// <summary>Other connections that listen to <see cref="Channel"/> meanwhile.</summary>
    public int Subscribers { get; init; }

    /// <summary>The workload with a name, or null for one of redis-benchmark's own tests.</summary>
    public static Workload? Find(string test) => All.GetValueOrDefault(test);

    /// <summary>How often the data is made.</summary>
    /// <param name="requests">How many commands are measured.</param>
    public int FillRequestsFor(int requests) =>
        TakenPerFill == 0 ? FillRequests : Math.Max(FillRequestsAtLeast, (requests / TakenPerFill) + 1);

    /// <summary>Takes elements away, of which there are as many as are taken.</summary>
    private static Workload Taking(IReadOnlyList<string> fill, IReadOnlyList<string> command) => new(fill, command)
    {
        Prepare = [["DEL", command[1]]],
        TakenPerFill = Batch,
        FillRange = Unbounded,
    };

    /// <summary>Reads what one command makes.</summary>
    private static Workload Reading(IReadOnlyList<string> make, IReadOnlyList<string> command) => new(make, command)
    {
        Prepare = [["DEL", command[1]], make],
        FillRequests = 0,
    };

    private static IEnumerable<string> Many(int count, Func<int, IEnumerable<string>> element) =>
        Enumerable.Range(0, count).SelectMany(element);
}
