using System.CommandLine;

namespace Marekvs.Compat.Suite;

/// <summary><c>./dev.sh compat</c>: runs units and prints how each went.</summary>
internal static class SuiteTool
{
    /// <summary>The units whose subject the node has, in the suite's order.</summary>
    private static readonly string[] Units =
    [
        "dump", "auth", "protocol", "keyspace", "scan", "info", "type/string", "type/incr", "type/list", "type/list-2",
        "type/list-3", "type/set", "type/zset", "type/hash", "type/stream", "type/stream-cgroups", "sort", "hyperloglog",
        "expire", "other", "multi", "acl", "acl-v2", "latency-monitor", "pubsub", "pubsubshard", "slowlog",
        "introspection", "introspection-2", "limits", "querybuf", "tracking",
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        var only = new Option<string?>("--only") { Description = "Run the one test of this name." };
        var units = new Argument<string[]>("unit") { DefaultValueFactory = _ => Units };
        var command = new RootCommand("Runs units of Redis's test suite against a node.") { units, only };
        int exitCode = 0;
        command.SetAction(async parsed =>
            exitCode = await RunAsync(parsed.GetValue(units)!, parsed.GetValue(only)) ? 0 : 1);
        int parseCode = await command.Parse(args).InvokeAsync();
        return parseCode != 0 ? parseCode : exitCode;
    }

    private static async Task<bool> RunAsync(IReadOnlyList<string> units, string? only)
    {
        var results = new List<UnitResult>();
        foreach (string unit in units)
        {
            // What nodes say when they end would hide the results; a failing test can be run alone to see it.
            TextWriter console = Console.Out;
            Console.SetOut(only is null ? TextWriter.Null : console);
            UnitResult result = await UnitResult.RunAsync(new UnitOptions(unit) { Only = only });
            Console.SetOut(console);
            results.Add(result);
            if (!result.IsGood)
            {
                Console.WriteLine(result.Describe());
            }

            Console.WriteLine(Line(unit, [result]));
        }

        Console.WriteLine(Line("all", results));
        return results.TrueForAll(result => result.IsGood);
    }

    private static string Line(string title, IReadOnlyCollection<UnitResult> results) =>
        $"== {title,-20} {results.Sum(r => r.Passed),5} passed {results.Sum(r => r.Unexpected.Count),5} failed "
        + $"{results.Sum(r => r.Excepted),5} excepted {results.Sum(r => r.Skipped),5} skipped"
        + (results.Sum(r => r.Outdated.Count) is > 0 and int outdated ? $" {outdated,5} outdated" : "");
}
