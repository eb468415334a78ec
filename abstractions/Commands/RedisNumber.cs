using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Marekvs.Abstractions.Commands;

/// <summary>Numbers as Redis reads and writes them.</summary>
public static class RedisNumber
{
    private const NumberStyles DecimalStyle = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>The framework's parser lets trailing NUL bytes pass.</summary>
    private static readonly SearchValues<byte> DecimalBytes = SearchValues.Create("0123456789.eE+-"u8);

    /// <summary>Redis writes whole doubles up to here as integers: half of what 64 bits hold.</summary>
    internal const double IntegerMax = long.MaxValue / 2;

    /// <summary>Redis's own bound for a number with a fraction.</summary>
    private const int DoubleBytesMax = 5 * 1024;

    private const int PlainZerosMax = 7;
    private const int PlainExponentMax = 4;

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

    /// <summary>Reads a floating point argument: decimal or hexadecimal, exponent, inf, infinity; no blanks, no nan,
    /// nothing that a double cannot hold or would round to zero.</summary>
    /// <param name="text">The number.</param>
    /// <param name="value">The double.</param>
    /// <returns>False when it is none.</returns>
    public static bool TryParseDouble(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        if (text.Length is 0 or > DoubleBytesMax)
        {
            return false;
        }

        bool negative = text[0] == (byte)'-';
        ReadOnlySpan<byte> unsigned = text[0] is (byte)'-' or (byte)'+' ? text[1..] : text;
        if (Ascii.EqualsIgnoreCase(unsigned, "inf"u8) || Ascii.EqualsIgnoreCase(unsigned, "infinity"u8))
        {
            value = negative ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        bool isHexadecimal = unsigned.Length > 2 && Ascii.EqualsIgnoreCase(unsigned[..2], "0x"u8);
        bool parsed = isHexadecimal
            ? HexadecimalNumber.TryParse(unsigned[2..], out value)
            : !unsigned.ContainsAnyExcept(DecimalBytes) &&
                double.TryParse(unsigned, DecimalStyle, CultureInfo.InvariantCulture, out value);
        if (!parsed || !double.IsFinite(value) || (value == 0 && !isHexadecimal && !IsWrittenAsZero(unsigned)))
        {
            return false;
        }

        value = negative ? -value : value;
        return true;
    }

    /// <summary>
    /// Writes a double as Redis's replies do since 7.2: whole numbers within 62 bits in full; otherwise the shortest
    /// digits that read back the same, in plain notation while they are few and near the point, else with an exponent.
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

        if (Math.Abs(value) <= IntegerMax && Math.Truncate(value) == value)
        {
            return ((long)value).ToString(CultureInfo.InvariantCulture);
        }

        string shortest = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        return (value < 0 ? "-" : "") + Layout(DigitsOf(shortest, out int exponent), exponent);
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

    private static bool IsWrittenAsZero(ReadOnlySpan<byte> text)
    {
        int exponent = text.IndexOfAny((byte)'e', (byte)'E');
        return (exponent < 0 ? text : text[..exponent]).IndexOfAnyInRange((byte)'1', (byte)'9') < 0;
    }

    /// <summary>The significant digits of a number in .NET's shortest notation, and the power of ten of the first.
    /// </summary>
    private static string DigitsOf(string shortest, out int exponent)
    {
        int mark = shortest.IndexOf('E', StringComparison.Ordinal);
        string mantissa = mark < 0 ? shortest : shortest[..mark];
        int shift = mark < 0 ? 0 : int.Parse(shortest.AsSpan(mark + 1), CultureInfo.InvariantCulture);
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        int whole = point < 0 ? mantissa.Length : point;
        string all = mantissa.Replace(".", "", StringComparison.Ordinal);
        string digits = all.TrimStart('0');
        exponent = shift + whole - 1 - (all.Length - digits.Length);
        return digits.TrimEnd('0');
    }

    private static string Layout(string digits, int exponent)
    {
        int lastPower = exponent - digits.Length + 1;
        if (lastPower >= 0 && exponent < digits.Length + PlainZerosMax)
        {
            return digits + new string('0', lastPower);
        }

        if (lastPower < 0 && (lastPower > -PlainZerosMax || Math.Abs(exponent) < PlainExponentMax))
        {
            return exponent < 0
                ? "0." + new string('0', -exponent - 1) + digits
                : $"{digits.AsSpan(0, exponent + 1)}.{digits.AsSpan(exponent + 1)}";
        }

        string fraction = digits.Length > 1 ? "." + digits[1..] : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent)}");
    }
}
