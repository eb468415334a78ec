using System.Buffers;
using System.Globalization;
using Marekvs.Abstractions.Commands;

namespace Marekvs.Modules.Zsets;

/// <summary>The members with scores between two, each with or without it.</summary>
internal sealed class ScoreRange : IndexedRange
{
    private static readonly SearchValues<byte> NumberBytes = SearchValues.Create("0123456789.eE+-"u8);

    private readonly IndexRange _range;

    private ScoreRange(IndexRange range) => _range = range;

    /// <summary>Reads the ends.</summary>
    /// <param name="minimum">A score, behind a parenthesis when it is not in the range.</param>
    /// <param name="maximum">The same.</param>
    /// <param name="range">The range, maybe empty.</param>
    /// <returns>False when one is no such thing.</returns>
    internal static bool TryParse(ReadOnlySpan<byte> minimum, ReadOnlySpan<byte> maximum, out ScoreRange range)
    {
        bool isMinimum = TryParseEnd(minimum, out ulong low, out bool isLowLeftOut);
        bool isMaximum = TryParseEnd(maximum, out ulong high, out bool isHighLeftOut);
        range = new ScoreRange(new IndexRange(
            IndexRange.Point(low + (isLowLeftOut ? 1UL : 0)), IndexRange.Point(high + (isHighLeftOut ? 0UL : 1))));
        return isMinimum && isMaximum;
    }

    protected override IndexRange FindIn(Zset zset) => _range;

    private static bool TryParseEnd(ReadOnlySpan<byte> text, out ulong order, out bool isLeftOut)
    {
        isLeftOut = text.StartsWith("("u8);
        bool isNumber = TryParseNumber(isLeftOut ? text[1..] : text, out double score);
        order = Score.OrderOf(score);
        return isNumber;
    }

    /// <summary>Reads a number as C does, which Redis uses here as it is: blanks may stand before it, it ends at a NUL, it
    /// may be missing altogether, and one that is too large is infinite.</summary>
    private static bool TryParseNumber(ReadOnlySpan<byte> text, out double score)
    {
        int end = text.IndexOf((byte)0);
        ReadOnlySpan<byte> whole = end < 0 ? text : text[..end];
        ReadOnlySpan<byte> number = whole.TrimStart(" \t\n\v\f\r"u8);
        score = 0;
        return whole.IsEmpty
            || RedisNumber.TryParseDouble(number, out score)
            || (!number.ContainsAnyExcept(NumberBytes)
                && double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out score));
    }
}
