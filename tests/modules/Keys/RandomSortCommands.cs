namespace Marekvs.Modules.Tests.Keys;

/// <summary>Draws sorts of what other commands have made, mistakes included. Left out is what has no order in Redis either:
/// members of a set that is not sorted, and keys that are equal as bytes.</summary>
/// <param name="random">The source of every choice.</param>
internal sealed class RandomSortCommands(Random random)
{
    private static readonly string[] Ordered = ["l", "m", "n", "z", "y", "none", "a"];
    private static readonly string[] All = [.. Ordered, "s", "t", "u", "h"];
    private static readonly string[] Patterns = ["*", "*->n", "*->a", "a*", "*->", "{t}*"];
    private static readonly string[] Results = ["*", "*->n", "#", "x", "##", "*->"];
    private static readonly string[] Numbers = ["0", "1", "2", "-1", "5", "100", "-9223372036854775808", "x"];

    /// <summary>The next command.</summary>
    internal string[] Next() => random.Next(9) switch
    {
        0 or 1 => [Any("SORT", "SORT_RO"), Any(All), .. Limit(), .. Some("DESC"), .. Get()],
        2 => ["SORT", Any(All), "STORE", Any("l", "m", "a"), .. Some("alpha"), .. Limit(), .. Some("desc"), .. Get()],
        3 or 4 => ["SORT", Any(All), "BY", Any(Patterns), .. Limit(), .. Some("DESC"), .. Get()],
        5 => ["SORT", Any(Ordered), "BY", "nosort", .. Limit(), .. Some("DESC"), .. Get()],
        6 => ["SORT", Any(All), "ALPHA", .. Some("DESC")],
        7 => ["SORT", Any(All), "BY", "nosort", "STORE", Any("l", "m"), .. Some("DESC")],
        _ => [Any("SORT", "SORT_RO"), Any(All), Any("BY", "LIMIT", "GET", "STORE", "FOO", "ASC"), .. Some("1"), .. Some("x")],
    };

    private string Any(params ReadOnlySpan<string> choices) => choices[random.Next(choices.Length)];

    private string[] Some(string word) => random.Next(2) == 0 ? [word] : [];

    private string[] Limit() => random.Next(3) == 0 ? ["LIMIT", Any(Numbers), Any(Numbers)] : [];

    private string[] Get() => [.. Enumerable.Range(0, random.Next(3)).SelectMany(_ => new[] { "GET", Any(Results) })];
}
