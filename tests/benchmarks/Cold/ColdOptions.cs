namespace Marekvs.Benchmarks.Cold;

/// <summary>Sizes of the cold run.</summary>
internal sealed record ColdOptions(long MemoryBytes, int ValueBytes, TimeSpan Step)
{
    private const int TimesMemory = 10;

    public int Keys => (int)(MemoryBytes * TimesMemory / ValueBytes);

    public static ColdOptions From(Options options)
    {
        var cold = new ColdOptions(
            options.Number("memory", 64) * 1024L * 1024,
            options.Number("value", 1000),
            TimeSpan.FromSeconds(options.Number("seconds", 5)));
        options.RejectUnknown();
        return cold;
    }
}
