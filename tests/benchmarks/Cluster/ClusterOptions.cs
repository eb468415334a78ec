namespace Marekvs.Benchmarks.Cluster;

/// <summary>What is measured of a cluster, and how long.</summary>
internal sealed record ClusterOptions(IReadOnlySet<string> Only, int Rounds, TimeSpan Cut, int Keys, int Seconds, bool KeepsOwn)
{
    public static readonly IReadOnlyList<string> Parts =
        ["idle", "cost", "throughput", "propagation", "heal", "restart", "wipe", "bootstrap", "scale"];

    public static ClusterOptions From(Options options)
    {
        var cluster = new ClusterOptions(
            options.Words("only", string.Join(',', Parts)).ToHashSet(),
            options.Number("rounds", 5),
            TimeSpan.FromSeconds(options.Number("cut", 7)),
            options.Number("keys", 200_000),
            options.Number("seconds", 3),
            options.Text("keep", "all") == "own");
        options.RejectUnknown();
        string[] unknown = [.. cluster.Only.Except(Parts)];
        return unknown.Length == 0
            ? cluster
            : throw new OptionException($"--only holds {string.Join(", ", unknown)}; known are {string.Join(", ", Parts)}");
    }
}
