using System.Buffers;
using System.Globalization;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Commands;

/// <summary>
/// The numbers of INCRBYFLOAT and HINCRBYFLOAT: decimals, so that 0.1 and 0.2 make 0.3, and doubles where a decimal
/// cannot reach. Written without exponent, with at most 17 digits after the point and no trailing zeros, as Redis does.
/// </summary>
public static class CounterNumber
{
    /// <summary>Longest text of a number: a double has up to 309 digits before the point.</summary>
    public const int TextBytesMax = 320;

    private const int FractionDigitsMax = 17;
    private const NumberStyles Style =
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    private static readonly SearchValues<byte> NumberBytes = SearchValues.Create("0123456789+-.eE"u8);

    /// <summary>Reads an integer, a decimal fraction, an exponent form or an infinity.</summary>
    /// <param name="text">The number, without blanks.</param>
    /// <param name="number">An integer where the text is one in Redis's spelling, else a decimal, else a double.
    /// </param>
    /// <returns>False when the text is no number.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out CounterSum number)
    {
        if (RedisNumber.TryParseInt64(text, out long integer))
        {
            number = new CounterSum((Int128)integer);
            return true;
        }

        // The framework's parsers let trailing NUL bytes pass.
        if (!text.ContainsAnyExcept(NumberBytes) &&
            decimal.TryParse(text, Style, CultureInfo.InvariantCulture, out decimal exact))
        {
            number = new CounterSum(exact);
            return true;
        }

        bool parsed = RedisNumber.TryParseDouble(text, out double wide);
        number = new CounterSum(wide);
        return parsed;
    }

    /// <summary>Writes a finite number.</summary>
    /// <param name="number">The number.</param>
    /// <param name="destination">At least <see cref="TextBytesMax"/>.</param>
    /// <returns>The part written.</returns>
    public static ReadOnlySpan<byte> Format(CounterSum number, Span<byte> destination)
    {
        int length;
        if (number.IsInteger && number.TryGetInteger(out Int128 integer))
        {
            integer.TryFormat(destination, out length, default, CultureInfo.InvariantCulture);
            return destination[..length];
        }

        return number.TryGetDecimal(out decimal exact)
            ? FormatDecimal(exact, destination)
            : FormatDouble(number.AsDouble, destination);
    }

    private static ReadOnlySpan<byte> FormatDecimal(decimal value, Span<byte> destination)
    {
        decimal rounded = decimal.Round(value, FractionDigitsMax);
        if (rounded == 0)
        {
            return "0"u8;
        }

        rounded.TryFormat(destination, out int length, "0.#################", CultureInfo.InvariantCulture);
        return destination[..length];
    }

    private static ReadOnlySpan<byte> FormatDouble(double value, Span<byte> destination)
    {
        const double DecimalSafeMax = 1e28;
        value.TryFormat(destination, out int length, "R", CultureInfo.InvariantCulture);
        ReadOnlySpan<byte> shortest = destination[..length];
        if (Math.Abs(value) < DecimalSafeMax)
        {
            return FormatDecimal(decimal.Parse(shortest, Style, CultureInfo.InvariantCulture), destination);
        }

        // The shortest digits that read back the same, then zeros: d.dddE+nn becomes dddd000.
        Span<byte> parts = stackalloc byte[length];
        shortest.CopyTo(parts);
        int exponentAt = parts.IndexOf((byte)'E');
        Invariant.That(exponentAt > 0, "a double this large is written with an exponent");
        int exponent = int.Parse(
            parts[(exponentAt + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        int sign = parts[0] == (byte)'-' ? 1 : 0;
        int written = 0;
        foreach (byte b in parts[..exponentAt])
        {
            if (b != (byte)'.')
            {
                destination[written++] = b;
            }
        }

        int total = sign + 1 + exponent;
        destination[written..total].Fill((byte)'0');
        return destination[..total];
    }
}
