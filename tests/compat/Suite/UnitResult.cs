namespace Marekvs.Compat.Suite;

/// <summary>What came of a unit, held against the list of known differences.</summary>
internal sealed class UnitResult
{
    private readonly IReadOnlyList<TestOutcome> _outcomes;
    private readonly IReadOnlyList<KnownDifference> _known;

    /// <param name="unit">The unit.</param>
    /// <param name="outcomes">What ran.</param>
    /// <param name="known">The differences listed for it.</param>
    /// <param name="isWhole">Whether all its tests were to run, so that a known one which was not seen is none.</param>
    public UnitResult(
        string unit, IReadOnlyList<TestOutcome> outcomes, IEnumerable<KnownDifference> known, bool isWhole)
    {
        Unit = unit;
        _outcomes = outcomes;
        _known = [.. known];
        HashSet<string> failing = [.. _known.Where(row => row.IsRun).Select(row => row.Test)];
        Unexpected = [.. Of(Verdict.Failed).Where(outcome => !failing.Contains(outcome.Name))];
        Excepted = Of(Verdict.Failed).Count() - Unexpected.Count;
        Outdated = [.. _known.Where(row => isWhole ? !IsConfirmed(row) : IsRefuted(row))];
    }

    public string Unit { get; }

    public int Passed => Of(Verdict.Passed).Count();

    public int Skipped => Of(Verdict.Skipped).Count();

    /// <summary>Failures that are listed.</summary>
    public int Excepted { get; }

    /// <summary>Failures that are not.</summary>
    public IReadOnlyList<TestOutcome> Unexpected { get; }

    /// <summary>Rows of the list that are no longer true: the test passes now, or there is none of the name.</summary>
    public IReadOnlyList<KnownDifference> Outdated { get; }

    public bool IsGood => Unexpected.Count == 0 && Outdated.Count == 0;

    /// <summary>Runs a unit without the tests that are listed as not to be run.</summary>
    public static async Task<UnitResult> RunAsync(UnitOptions options)
    {
        KnownDifference[] known = [.. KnownDifference.ReadAll().Where(row => row.Unit == options.Unit)];
        IReadOnlyList<TestOutcome> outcomes = await UnitRun.RunAsync(options with
        {
            Skipped = [.. known.Where(row => !row.IsRun).Select(row => row.Test)],
        });
        return new UnitResult(options.Unit, outcomes, known, options.IsWhole);
    }

    /// <summary>What is wrong, for people.</summary>
    public string Describe() => string.Join('\n',
    [
        .. Unexpected.Select(outcome => $"FAILED {Unit}: {outcome.Name}\n{Indented(outcome.Detail)}"),
        .. Outdated.Select(row => $"OUTDATED {Unit}: {row.Test}\n    passes or is gone; take it out of exceptions.tsv"),
    ]);

    private static string Indented(string text) => "    " + text.ReplaceLineEndings("\n    ");

    private IEnumerable<TestOutcome> Of(Verdict verdict) => _outcomes.Where(outcome => outcome.Verdict == verdict);

    private bool IsConfirmed(KnownDifference row) =>
        Of(row.IsRun ? Verdict.Failed : Verdict.Skipped).Any(outcome => outcome.Name == row.Test);

    private bool IsRefuted(KnownDifference row) =>
        row.IsRun && !IsConfirmed(row) && Of(Verdict.Passed).Any(outcome => outcome.Name == row.Test);
}
