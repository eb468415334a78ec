namespace Marekvs.Compat.Suite;

/// <summary>A test of the suite that is known not to pass, a row of <c>exceptions.tsv</c>.</summary>
/// <param name="Unit">Its unit.</param>
/// <param name="Test">Its name.</param>
/// <param name="IsRun">Whether it is run and expected to fail; else it is left out, because it would never end or
/// leave the server in a state in which nothing else can run.</param>
/// <param name="Reason">Why.</param>
internal sealed record KnownDifference(string Unit, string Test, bool IsRun, string Reason)
{
    /// <summary>The committed list.</summary>
    public static IReadOnlyList<KnownDifference> ReadAll() =>
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "exceptions.tsv")).Skip(1).Select(Parse)];

    private static KnownDifference Parse(string line) => line.Split('\t') switch
    {
        [string unit, string test, "fails", string reason] when reason.Length > 0 => new(unit, test, true, reason),
        [string unit, string test, "not run", string reason] when reason.Length > 0 => new(unit, test, false, reason),
        _ => throw new FormatException($"exceptions.tsv: not unit, test, 'fails' or 'not run', reason: {line}"),
    };
}
