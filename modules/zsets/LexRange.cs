namespace Marekvs.Modules.Zsets;

/// <summary>
/// The members with names between two, in a sorted set whose scores are all the same: two seeks in the index. Where scores
/// differ there is no such order, and the range is what Redis finds in a sorted set it has packed: from the first member
/// that is not below the minimum to the last before one beyond the maximum, as they lie by score. That takes a seek or
/// two for each score passed.
/// </summary>
internal sealed class LexRange : IndexedRange
{
    private readonly LexEnd _minimum;
    private readonly LexEnd _maximum;

    private LexRange(LexEnd minimum, LexEnd maximum) => (_minimum, _maximum) = (minimum, maximum);

    /// <summary>Reads the ends.</summary>
    /// <param name="minimum">A name behind a bracket, or behind a parenthesis when it is not in the range; minus for
    /// before all names, plus for behind all.</param>
    /// <param name="maximum">The same.</param>
    /// <param name="range">The range, maybe empty.</param>
    /// <returns>False when one is no such thing.</returns>
    internal static bool TryParse(ReadOnlySpan<byte> minimum, ReadOnlySpan<byte> maximum, out LexRange range)
    {
        bool isMinimum = LexEnd.TryParse(minimum, isMinimum: true, out LexEnd low);
        bool isMaximum = LexEnd.TryParse(maximum, isMinimum: false, out LexEnd high);
        range = new LexRange(low, high);
        return isMinimum && isMaximum;
    }

    protected override IndexRange FindIn(Zset zset)
    {
        if (_minimum.CompareTo(_maximum) >= 0
            || !zset.TryFind(default, out ReadOnlySpan<byte> first) || !_maximum.IsBehind(first)
            || !zset.TryGetLast(out ReadOnlySpan<byte> last) || _minimum.IsBehind(last))
        {
            return IndexRange.None;
        }

        byte[]? low = FindEntry(zset, first, _minimum);
        return low is null || !_maximum.IsBehind(low)
            ? IndexRange.None
            : new IndexRange(low, FindEntry(zset, low, _maximum) ?? IndexRange.End);
    }

    /// <summary>The first entry from one on whose name does not lie before an end.</summary>
    private static byte[]? FindEntry(Zset zset, ReadOnlySpan<byte> entry, LexEnd end)
    {
        while (end.IsBehind(entry))
        {
            if (end.IsBehindAll)
            {
                return null;
            }

            // Among those with the same score, or the first with the next.
            ReadOnlySpan<byte> score = entry[..Score.Length];
            if (!zset.TryFind([.. score, .. end.Name], out ReadOnlySpan<byte> found))
            {
                return null;
            }

            entry = found;
        }

        return entry.ToArray();
    }
}

/// <summary>An end of a range of names: a point between names.</summary>
internal readonly struct LexEnd
{
    private readonly byte[]? _name;

    private LexEnd(byte[]? name) => _name = name;

    /// <summary>Whether every name lies before it.</summary>
    internal bool IsBehindAll => _name is null;

    /// <summary>The first name behind it that there can be.</summary>
    internal ReadOnlySpan<byte> Name => _name;

    /// <summary>Reads an end.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> text, bool isMinimum, out LexEnd end)
    {
        end = default;
        switch (text)
        {
            case [(byte)'-']:
                end = new LexEnd([]);
                return true;
            case [(byte)'+']:
                return true;
            case [(byte)'[' or (byte)'(', .. ReadOnlySpan<byte> name]:
                // Nothing lies between a name and that name with a NUL behind it.
                bool isBehindName = text[0] == (byte)'(' == isMinimum;
                end = new LexEnd(isBehindName ? [.. name, 0] : name.ToArray());
                return true;
            default:
                return false;
        }
    }

    internal int CompareTo(LexEnd other) => IsBehindAll ? (other.IsBehindAll ? 0 : 1)
        : other.IsBehindAll ? -1
        : Name.SequenceCompareTo(other.Name);

    /// <summary>Whether an entry's name lies before it.</summary>
    internal bool IsBehind(ReadOnlySpan<byte> entry) =>
        IsBehindAll || ScoreEntry.MemberIn(entry).SequenceCompareTo(Name) < 0;
}
