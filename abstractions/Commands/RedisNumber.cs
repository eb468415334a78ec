using System.Buffers;
using System.Buffers.Text;
using System.Globalization;

namespace Marekvs.Abstractions.Commands;

/// <summary>Numbers as Redis reads and writes them.</summary>
public static class RedisNumber
{
    private const NumberStyles DoubleStyle =
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    private static readonly SearchValues<byte> DoubleBytes = SearchValues.Create("0123456789.eE+-"u8);

    /// <summary>
    /// Reads a 64-bit integer in the one spelling Redis accepts: no blanks, no plus sign, no leading zeros, no minus
    /// zero.
    /// </summary>
    /// <param name="text">The digits.</param>
    /// <param name="value">The integer.</param>
    /// <returns>False for any other spelling or an integer out of range.</returns>
    public static bool TryParseInt64(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        if (text.Length is 0 or > 20)
        {
            return false;
        }

        bool negative = text[0] == (byte)'-';
        ReadOnlySpan<byte> digits = negative ? text[1..] : text;
        if (digits.Length == 0 || (digits[0] == (byte)'0' && (digits.Length > 1 || negative)))
        {
            return false;
        }

        ulong magnitude = 0;
        foreach (byte digit in digits)
        {
            uint n = (uint)(digit - '0');
            if (n > 9 || magnitude > (ulong.MaxValue - n) / 10)
            {
                return false;
            }

            magnitude = (magnitude * 10) + n;
        }

        ulong limit = negative ? 1UL << 63 : long.MaxValue;
        if (magnitude > limit)
        {
            return false;
        }

        value = negative ? (long)(0 - magnitude) : (long)magnitude;
        return true;
    }

    /// <summary>Reads a floating point argument: decimal, exponent, inf, infinity; no blanks, no nan, no
    /// number too large or too small for a double.</summary>
    /// <param name="text">The number.</param>
    /// <param name="value">The double.</param>
    /// <returns>False when it is none.</returns>
    public static bool TryParseDouble(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        if (text.Length is 0 or > 256)
        {
            return false;
        }

        bool negative = text[0] == (byte)'-';
        ReadOnlySpan<byte> unsigned = text[0] is (byte)'-' or (byte)'+' ? text[1..] : text;
        if (System.Text.Ascii.EqualsIgnoreCase(unsigned, "inf"u8) ||
            System.Text.Ascii.EqualsIgnoreCase(unsigned, "infinity"u8))
        {
            value = negative ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        // The framework's parser lets trailing NUL bytes pass and turns what is out of range into infinity or zero.
        if (unsigned.ContainsAnyExcept(DoubleBytes) ||
            !double.TryParse(text, DoubleStyle, CultureInfo.InvariantCulture, out value) || !double.IsFinite(value))
        {
            return false;
        }

        int exponentAt = unsigned.IndexOfAny((byte)'e', (byte)'E');
        ReadOnlySpan<byte> digits = exponentAt < 0 ? unsigned : unsigned[..exponentAt];
        return value != 0 || !digits.ContainsAnyInRange((byte)'1', (byte)'9');
    }

    /// <summary>
    /// Writes a double as Redis's replies do: the shortest digits that read back the same, plain notation between
    /// 1e-7 and 1e17, exponent notation beyond.
    /// </summary>
    /// <param name="value">A finite number or an infinity.</param>
    public static string Format(double value)
    {
        if (double.IsInfinity(value))
        {
            return value > 0 ? "inf" : "-inf";
        }

        if (value == 0)
        {
            return double.IsNegative(value) ? "-0" : "0";
        }

        double magnitude = Math.Abs(value);
        if (magnitude < 1e17 && Math.Truncate(value) == value)
        {
            return ((long)value).ToString(CultureInfo.InvariantCulture);
        }

        string shortest = value.ToString("R", CultureInfo.InvariantCulture);
        int exponentAt = shortest.IndexOf('E', StringComparison.Ordinal);
        if (exponentAt < 0)
        {
            return shortest;
        }

        int exponent = int.Parse(shortest.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (exponent is > -7 and < 21)
        {
            return new decimal(value) is var plain && (double)plain == value
                ? plain.ToString(CultureInfo.InvariantCulture)
                : shortest;
        }

        string sign = exponent < 0 ? "-" : "+";
        string digits = Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture);
        return $"{shortest.AsSpan(0, exponentAt)}e{sign}{digits}";
    }

    /// <summary>Writes an integer into a buffer.</summary>
    /// <param name="value">The integer.</param>
    /// <param name="destination">At least 20 bytes.</param>
    /// <returns>The digits written.</returns>
    public static ReadOnlySpan<byte> Format(long value, Span<byte> destination)
    {
        Utf8Formatter.TryFormat(value, destination, out int length);
        return destination[..length];
    }
}
