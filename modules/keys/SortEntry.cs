using Marekvs.Abstractions.Commands;

namespace Marekvs.Modules.Keys;

/// <summary>An element on its way through SORT.</summary>
/// <param name="Element">Its value.</param>
/// <param name="Index">Its place before sorting.</param>
internal sealed record SortEntry(byte[] Element, int Index)
{
    /// <summary>What it is sorted by as a number; an element without a weight has 0.</summary>
    internal double Number { get; private set; }

    /// <summary>What it is sorted by as bytes, null without a weight.</summary>
    internal byte[]? Text { get; private set; }

    /// <summary>Sets what the element is sorted by.</summary>
    /// <param name="weight">The value, or null when there is none.</param>
    /// <param name="isAlphabetic">Whether it is compared as bytes.</param>
    /// <returns>False when it is no number and should be one.</returns>
    internal bool TryWeigh(byte[]? weight, bool isAlphabetic)
    {
        Text = weight;
        if (isAlphabetic || weight is null)
        {
            return true;
        }

        bool isNumber = TryParse(weight, out double number);
        Number = number;
        return isNumber;
    }

    /// <summary>Equal numbers are ordered by the elements themselves; equal bytes stay as they were.</summary>
    internal static int Compare(SortEntry left, SortEntry right, bool isAlphabetic, bool isDescending)
    {
        int order = isAlphabetic ? CompareTexts(left.Text, right.Text) : left.Number.CompareTo(right.Number);
        if (order == 0 && !isAlphabetic)
        {
            order = left.Element.AsSpan().SequenceCompareTo(right.Element);
        }

        return order == 0 ? left.Index.CompareTo(right.Index) : isDescending ? -order : order;
    }

    private static int CompareTexts(byte[]? left, byte[]? right) => (left, right) switch
    {
        (null, null) => 0,
        (null, _) => -1,
        (_, null) => 1,
        _ => left.AsSpan().SequenceCompareTo(right),
    };

    /// <summary>Reads a number as C's strtod does: blanks may stand before it, a NUL ends it, and nothing is 0.</summary>
    private static bool TryParse(ReadOnlySpan<byte> text, out double number)
    {
        int end = text.IndexOf((byte)0);
        text = end < 0 ? text : text[..end];
        number = 0;
        return text.IsEmpty || RedisNumber.TryParseDouble(text.TrimStart(" \t\n\v\f\r"u8), out number);
    }
}
