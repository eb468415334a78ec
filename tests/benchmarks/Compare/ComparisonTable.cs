using System.Globalization;

namespace Marekvs.Benchmarks.Compare;

/// <summary>Medians and ratios of a comparison, as a Markdown table.</summary>
internal sealed class ComparisonTable(string baseline, string subject)
{
    private readonly List<(int Pipeline, string Test, bool IsSubject, LoadResult Result)> _results = [];

    public void Add(int pipeline, string test, bool isSubject, LoadResult result) =>
        _results.Add((pipeline, test, isSubject, result));

    public void Print(TextWriter output)
    {
        foreach (var pipeline in _results.GroupBy(result => result.Pipeline))
        {
            output.WriteLine($"\nPipeline {pipeline.Key}: medians; p99 in ms, server CPU in µs a request\n");
            Row(output, "Test", $"{baseline} /s", $"{subject} /s", "ratio",
                $"{baseline} p99", $"{subject} p99", $"{baseline} CPU", $"{subject} CPU");
            output.WriteLine("|---|--:|--:|--:|--:|--:|--:|--:|");
            var ratios = new List<double>();
            foreach (var test in pipeline.GroupBy(result => result.Test))
            {
                LoadResult a = Median(test.Where(result => !result.IsSubject).Select(result => result.Result));
                LoadResult b = Median(test.Where(result => result.IsSubject).Select(result => result.Result));
                double ratio = b.RequestsPerSecond / a.RequestsPerSecond;
                ratios.Add(ratio);
                Row(output, test.Key, Whole(a.RequestsPerSecond), Whole(b.RequestsPerSecond), Fraction(ratio),
                    Fraction(a.Percentile99Milliseconds), Fraction(b.Percentile99Milliseconds),
                    Fraction(a.ServerMicroseconds), Fraction(b.ServerMicroseconds));
            }

            double mean = Math.Exp(ratios.Average(Math.Log));
            Row(output, "**geometric mean**", "", "", $"**{Fraction(mean)}**", "", "", "", "");
        }
    }

    private static LoadResult Median(IEnumerable<LoadResult> results)
    {
        LoadResult[] all = [.. results];
        return new LoadResult(
            MedianOf(all, result => result.RequestsPerSecond),
            MedianOf(all, result => result.MedianMilliseconds),
            MedianOf(all, result => result.Percentile99Milliseconds),
            MedianOf(all, result => result.ServerMicroseconds));
    }

    private static double MedianOf(LoadResult[] results, Func<LoadResult, double> figure)
    {
        double[] sorted = [.. results.Select(figure).Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static void Row(TextWriter output, params ReadOnlySpan<string?> cells) =>
        output.WriteLine($"| {string.Join(" | ", cells)} |");

    private static string Whole(double number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Fraction(double number) => number.ToString("F2", CultureInfo.InvariantCulture);
}
