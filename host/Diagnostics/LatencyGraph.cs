using System.Globalization;
using System.Text;

namespace Marekvs.Host.Diagnostics;

/// <summary>
/// Draws the samples of an event for a terminal: a column each, the newest on the right, and below it how long ago it
/// was, written downwards.
/// <code>
///   #
/// _||
/// 741
/// mms
/// </code>
/// </summary>
internal static class LatencyGraph
{
    private const int ColumnsMax = 80;
    private const int Rows = 4;

    // The top of a column tells thirds of a row.
    private const string Tops = "_o#";

    /// <summary>Draws.</summary>
    /// <param name="series">The samples.</param>
    /// <param name="now">Unix seconds.</param>
    public static string Draw(LatencySeries series, long now)
    {
        LatencySample[] shown = [.. series.Samples.TakeLast(ColumnsMax)];
        long high = shown.Max(sample => sample.Milliseconds);
        long low = shown.Min(sample => sample.Milliseconds);
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"{series.Name} - high {high} ms, low {low} ms (all time high {series.MillisecondsMax} ms)\n");
        text.Append('-', ColumnsMax).Append('\n');
        for (int row = Rows - 1; row >= 0; row--)
        {
            AppendLine(text, shown.Select(sample => CellOf(sample.Milliseconds, low, high, row)));
        }

        text.Append('\n');
        string[] ages = [.. shown.Select(sample => AgeOf(now - sample.At))];
        for (int line = 0; line < ages.Max(age => age.Length); line++)
        {
            AppendLine(text, ages.Select(age => line < age.Length ? age[line] : ' '));
        }

        return text.ToString();
    }

    private static void AppendLine(StringBuilder text, IEnumerable<char> cells) =>
        text.Append([.. cells]).Append('\n');

    private static char CellOf(long value, long low, long high, int row)
    {
        int steps = Rows * Tops.Length;
        int step = high == low ? 0 : (int)((value - low) * (steps - 1) / (high - low));
        int top = step / Tops.Length;
        return row < top ? '|' : row == top ? Tops[step % Tops.Length] : ' ';
    }

    private static string AgeOf(long seconds)
    {
        (long count, char unit) = seconds switch
        {
            < 60 => (seconds, 's'),
            < 3600 => (seconds / 60, 'm'),
            < 24 * 3600 => (seconds / 3600, 'h'),
            _ => (seconds / (24 * 3600), 'd'),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, count)}{unit}");
    }
}
