namespace Marekvs.Abstractions.Commands;

/// <summary>
/// The patterns of KEYS, SCAN, PSUBSCRIBE and CONFIG GET: <c>*</c> any run, <c>?</c> any byte, <c>[a-c]</c>,
/// <c>[^a-c]</c>, and a backslash before a byte that stands for itself.
/// </summary>
/// <remarks>
/// The same answers as Redis gives, its oddities included: a class without its closing bracket ends with the pattern,
/// a range may be written backwards, and no pattern but the empty one matches an empty text (KEYS and SCAN take a lone
/// star for "no pattern" before they get here). A failed match goes back to the newest star only, since an earlier one
/// could not do better; so the time is at most pattern times text, whatever the pattern.
/// </remarks>
public static class GlobPattern
{
    private const int NoMatch = -1;

    /// <summary>Whether a pattern matches the whole of a text.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="text">The text.</param>
    /// <param name="ignoreCase">Take ASCII letters for equal whatever their case.</param>
    public static bool Matches(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> text, bool ignoreCase = false)
    {
        if (text.IsEmpty)
        {
            return pattern.IsEmpty;
        }

        int at = 0;
        int afterStar = NoMatch;
        int starTakesTo = 0;
        int position = 0;
        while (position < text.Length)
        {
            if (at < pattern.Length && pattern[at] == (byte)'*')
            {
                afterStar = ++at;
                starTakesTo = position;
                continue;
            }

            int next = at < pattern.Length ? MatchByte(pattern, at, text[position], ignoreCase) : NoMatch;
            if (next != NoMatch)
            {
                at = next;
                position++;
            }
            else if (afterStar == NoMatch)
            {
                return false;
            }
            else
            {
                at = afterStar;
                position = ++starTakesTo;
            }
        }

        return pattern[at..].TrimStart((byte)'*').IsEmpty;
    }

    /// <summary>Matches one byte against the part of the pattern that begins at a position.</summary>
    /// <returns>Where the next part begins, or <see cref="NoMatch"/>.</returns>
    private static int MatchByte(ReadOnlySpan<byte> pattern, int at, byte value, bool ignoreCase)
    {
        switch (pattern[at])
        {
            case (byte)'?':
                return at + 1;
            case (byte)'[':
                return MatchClass(pattern, at + 1, value, ignoreCase);
            case (byte)'\\' when at + 1 < pattern.Length:
                at++;
                break;
        }

        return AreEqual(pattern[at], value, ignoreCase) ? at + 1 : NoMatch;
    }

    private static int MatchClass(ReadOnlySpan<byte> pattern, int at, byte value, bool ignoreCase)
    {
        bool negated = at < pattern.Length && pattern[at] == (byte)'^';
        at += negated ? 1 : 0;
        bool found = false;
        while (at < pattern.Length && pattern[at] != (byte)']')
        {
            if (pattern[at] == (byte)'\\' && at + 1 < pattern.Length)
            {
                found |= pattern[at + 1] == value;
                at += 2;
            }
            else if (at + 2 < pattern.Length && pattern[at + 1] == (byte)'-')
            {
                found |= IsBetween(pattern[at], pattern[at + 2], value, ignoreCase);
                at += 3;
            }
            else
            {
                found |= AreEqual(pattern[at], value, ignoreCase);
                at++;
            }
        }

        return found == negated ? NoMatch : Math.Min(at + 1, pattern.Length);
    }

    private static bool IsBetween(byte first, byte last, byte value, bool ignoreCase)
    {
        (byte low, byte high) = first <= last ? (first, last) : (last, first);
        return ignoreCase
            ? ToLower(value) >= ToLower(low) && ToLower(value) <= ToLower(high)
            : value >= low && value <= high;
    }

    private static bool AreEqual(byte left, byte right, bool ignoreCase) =>
        left == right || (ignoreCase && ToLower(left) == ToLower(right));

    private static byte ToLower(byte value) => value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;
}
