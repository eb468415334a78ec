namespace Marekvs.Benchmarks.Large;

/// <summary>What is filled, and how much larger than memory it is.</summary>
internal sealed record LargeOptions(IReadOnlyList<LargeShape> Shapes, int Elements, long MemoryBytes)
{
    /// <param name="words">Names of shapes; none stands for all.</param>
    /// <param name="options">What follows them.</param>
    public static LargeOptions From(IReadOnlyList<string> words, Options options)
    {
        int elements = options.Number("elements", 10_000_000);
        var large = new LargeOptions(
            [.. (words.Count > 0 ? words : LargeShape.Names).Select(word => LargeShape.Of(word, elements))],
            elements,
            options.Number("memory", 128) * 1024L * 1024);
        options.RejectUnknown();
        return large;
    }
}
