using System.Globalization;

namespace Marekvs.Abstractions.Commands;

/// <summary>C's hexadecimal floating point, which Redis accepts wherever it accepts a double.</summary>
internal static class HexadecimalNumber
{
    private const int MantissaDigits = 15;
    private const int ExponentMax = 1_000_000;

    /// <summary>Reads what follows 0x: digits, an optional point among them, an optional p and a decimal exponent of
    /// two.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        ulong mantissa = 0;
        int digits = 0;
        int kept = 0;
        int shift = 0;
        bool behindPoint = false;
        int at = 0;
        for (; at < text.Length; at++)
        {
            if (text[at] == (byte)'.' && !behindPoint)
            {
                behindPoint = true;
                continue;
            }

            if (!char.IsAsciiHexDigit((char)text[at]))
            {
                break;
            }

            digits++;
            bool keeps = kept < MantissaDigits;
            if (keeps)
            {
                mantissa = (mantissa << 4) | DigitOf(text[at]);
                kept += mantissa == 0 ? 0 : 1;
            }

            shift += behindPoint ? (keeps ? -4 : 0) : keeps ? 0 : 4;
        }

        if (digits == 0 || !TryReadExponent(text[at..], out int exponent))
        {
            return false;
        }

        value = Math.ScaleB(mantissa, shift + exponent);
        return mantissa == 0 || value != 0;
    }

    private static bool TryReadExponent(ReadOnlySpan<byte> text, out int exponent)
    {
        exponent = 0;
        return text.Length == 0 ||
            ((text[0] | 0x20) == 'p' &&
                int.TryParse(text[1..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent) &&
                Math.Abs((long)exponent) <= ExponentMax);
    }

    private static uint DigitOf(byte digit) => digit switch
    {
        <= (byte)'9' => (uint)(digit - '0'),
        _ => (uint)((digit | 0x20) - 'a' + 10),
    };
}
