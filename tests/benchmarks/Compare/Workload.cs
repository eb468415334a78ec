namespace Marekvs.Benchmarks.Compare;

/// <summary>A test that redis-benchmark does not bring itself.</summary>
/// <param name="Fill">A command that makes the key.</param>
/// <param name="Command">The command that is measured.</param>
internal sealed record Workload(IReadOnlyList<string> Fill, IReadOnlyList<string> Command)
{
    private static readonly Dictionary<string, Workload> All = new()
    {
        ["smembers_100"] = new(
            ["SADD", "set:100", .. Enumerable.Range(0, 100).Select(i => $"member:{i:D12}")], ["SMEMBERS", "set:100"]),
    };

    /// <summary>The workload with a name, or null for one of redis-benchmark's own tests.</summary>
    public static Workload? Find(string test) => All.GetValueOrDefault(test);
}
