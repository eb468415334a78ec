namespace Marekvs.Compat.Suite;

/// <summary>What of a unit is run.</summary>
/// <param name="Unit">Its file in the suite's <c>tests/unit</c>, without the extension.</param>
internal sealed record UnitOptions(string Unit)
{
    /// <summary>Whether slow tests are left out.</summary>
    public bool IsQuick { get; init; }

    /// <summary>Tests that are not run.</summary>
    public IReadOnlyList<string> Skipped { get; init; } = [];

    /// <summary>The only test to run; null for all.</summary>
    public string? Only { get; init; }

    /// <summary>Whether every test of the unit is to run.</summary>
    public bool IsWhole => !IsQuick && Only is null;

    /// <summary>All this in the suite's words. Tests of the stream to Redis's replicas have nothing to listen to.
    /// </summary>
    public IEnumerable<string> Arguments =>
    [
        "--tags", IsQuick ? "-needs:repl -slow" : "-needs:repl",
        .. Skipped.SelectMany(test => new[] { "--skiptest", test }),
        .. Only is null ? [] : new[] { "--only", Only },
    ];
}
