using System.Globalization;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Modules.Zsets;

/// <summary>
/// Adds increments to a score so that one node alone gets the very doubles Redis gets, and several nodes get one sum
/// whatever the order. What ZINCRBY adds to the counter is not its argument but the difference in decimals between the
/// scores before and after, the latter rounded as Redis rounds. Decimals of a score's shortest digits are exact, and so
/// are their sums.
/// </summary>
internal static class ScoreSum
{
    /// <summary>Doubles hold every integer up to here.</summary>
    private const double IntegerMax = 1L << 53;

    /// <summary>A sum of two decimals within this is one.</summary>
    private const decimal DecimalMax = decimal.MaxValue / 4;

    /// <summary>Powers of ten up to here are doubles, so that dividing by them rounds once.</summary>
    private const int ScaleMax = 22;

    /// <summary>A base score with increments.</summary>
    internal static double Of(double score, CounterSum increments)
    {
        if (IsInteger(score) && increments.TryGetInteger(out Int128 integer) && Int128.Abs(integer) <= (Int128)IntegerMax)
        {
            return score + (double)integer;
        }

        if (TryGetDecimal(score, out decimal exact) && increments.TryGetDecimal(out decimal added) &&
            Math.Abs(added) <= DecimalMax)
        {
            return Score.Normal(ToDouble(exact + added));
        }

        double sum = score + increments.AsDouble;
        return double.IsNaN(sum) ? 0 : Score.Normal(sum);
    }

    /// <summary>What has to be added for a score to become another.</summary>
    /// <param name="score">The base score.</param>
    /// <param name="increments">What was added to it before.</param>
    /// <param name="target">The score wanted.</param>
    /// <param name="amount">An integer or a decimal.</param>
    /// <returns>False when no such sum gives it: it has to be written as a base score.</returns>
    internal static bool TryGetAmount(double score, CounterSum increments, double target, out CounterSum amount)
    {
        double current = Of(score, increments);
        amount = default;
        if (IsInteger(current) && IsInteger(target))
        {
            amount = new CounterSum((Int128)(target - current));
        }
        else if (TryGetDecimal(current, out decimal from) && TryGetDecimal(target, out decimal to))
        {
            amount = new CounterSum(to - from);
        }
        else
        {
            return false;
        }

        return Of(score, increments + amount) == target;
    }

    private static bool IsInteger(double value) => Math.Abs(value) <= IntegerMax && Math.Truncate(value) == value;

    /// <summary>The decimal with the shortest digits that are the double's own.</summary>
    private static bool TryGetDecimal(double value, out decimal exact)
    {
        if (IsInteger(value))
        {
            exact = (long)value;
            return true;
        }

        exact = 0;
        return Math.Abs(value) <= (double)DecimalMax
            && decimal.TryParse(
                value.ToString("R", CultureInfo.InvariantCulture),
                NumberStyles.Float,
                CultureInfo.InvariantCulture,
                out exact)
            && ToDouble(exact) == value;
    }

    /// <summary>The double next to a decimal; the framework's conversion rounds twice where the digits are many.
    /// </summary>
    private static double ToDouble(decimal value)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        bool isShort = bits[2] == 0 && (uint)bits[1] < 1U << 21 && value.Scale <= ScaleMax;
        return isShort
            ? (double)value
            : double.Parse(value.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }
}
