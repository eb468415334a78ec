using System.Globalization;
using System.Text;

namespace Marekvs.Host.Diagnostics;

/// <summary>LATENCY DOCTOR: what took long, how often, and what may help.</summary>
internal static class LatencyReport
{
    private static readonly Dictionary<string, string> Advice = new(StringComparer.Ordinal)
    {
        ["command"] = "Commands over large collections take as long as the collection is large. See SLOWLOG GET for "
            + "which they are; HSCAN, SSCAN, ZSCAN and SCAN do the same in small steps.",
        ["fast-command"] = "Commands that do little took long, so something held them up: too many processes on the "
            + "machine, no processor left for the node, or a pause of its garbage collector (INFO memory, "
            + "gc_pause_seconds).",
        ["checkpoint"] = "The store takes its time. See INFO persistence, last_checkpoint_ms, and what else uses the disk.",
    };

    /// <summary>Writes the report.</summary>
    /// <param name="all">What is known of all events.</param>
    /// <param name="times">The thresholds.</param>
    /// <param name="now">Unix seconds.</param>
    public static string Write(IReadOnlyList<LatencySeries> all, CallTimes times, long now)
    {
        if (times.LongMilliseconds == 0)
        {
            return "Nothing is watched: latency-monitor-threshold is 0. Set it with CONFIG SET "
                + "latency-monitor-threshold <milliseconds>, and whatever takes longer will be remembered.\n";
        }

        if (all.Count == 0)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"Nothing took {times.LongMilliseconds} ms or more since the start or the last LATENCY RESET.\n");
        }

        var text = new StringBuilder("These took long:\n\n");
        int number = 0;
        foreach (LatencySeries series in all)
        {
            AppendSeries(text, ++number, series, now);
        }

        text.Append("\nWhat may help:\n\n");
        AppendAdvice(text, all, times);
        return text.ToString();
    }

    private static void AppendSeries(StringBuilder text, int number, LatencySeries series, long now)
    {
        double average = series.Samples.Average(sample => sample.Milliseconds);
        double deviation = series.Samples.Average(sample => Math.Abs(sample.Milliseconds - average));
        double period = (double)(now - series.Samples[0].At) / series.Samples.Count;
        text.Append(
            CultureInfo.InvariantCulture,
            $"{number}. {series.Name}: {series.Samples.Count} latency spikes (average {average:F0} ms, mean deviation ");
        text.Append(
            CultureInfo.InvariantCulture,
            $"{deviation:F0} ms, one every {period:F2} s), the worst of all time {series.MillisecondsMax} ms.\n");
    }

    private static void AppendAdvice(StringBuilder text, IReadOnlyList<LatencySeries> all, CallTimes times)
    {
        long threshold = times.LongMilliseconds * 1000;
        if (times.SlowMicroseconds < 0 || times.SlowMicroseconds > threshold)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"- SLOWLOG leaves out some of them: CONFIG SET slowlog-log-slower-than {threshold}\n");
        }

        foreach (LatencySeries series in all)
        {
            if (Advice.TryGetValue(series.Name, out string? advice))
            {
                text.Append("- ").Append(advice).Append('\n');
            }
        }
    }
}
