namespace Marekvs.Cluster.Gossip.Publishing;

/// <summary>
/// What nodes say of a pattern: how the names begin that it matches. A prefix is compared at a cost that is known, which
/// a peer's pattern is not.
/// </summary>
internal static class PatternPrefix
{
    /// <summary>Longer ones are cut: they stand for more names then.</summary>
    public const int BytesMax = 64;

    public static byte[] Of(ReadOnlySpan<byte> pattern)
    {
        int literal = pattern.IndexOfAny("*?[\\"u8);
        ReadOnlySpan<byte> prefix = literal < 0 ? pattern : pattern[..literal];
        return prefix[..Math.Min(prefix.Length, BytesMax)].ToArray();
    }
}
