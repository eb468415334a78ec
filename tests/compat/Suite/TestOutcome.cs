namespace Marekvs.Compat.Suite;

internal enum Verdict
{
    Passed,
    Failed,

    /// <summary>Not run because a tag or an exception said so.</summary>
    Skipped,
}

/// <summary>One test of the suite, or a part of a unit that failed outside of any test.</summary>
/// <param name="Name">As the suite names it.</param>
/// <param name="Verdict">How it went.</param>
/// <param name="Detail">Why it failed or was skipped.</param>
internal sealed record TestOutcome(string Name, Verdict Verdict, string Detail = "");
