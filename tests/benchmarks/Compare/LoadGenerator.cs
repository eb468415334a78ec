using System.Diagnostics;
using System.Globalization;
using System.Net;
using Marekvs.Benchmarks.Servers;

namespace Marekvs.Benchmarks.Compare;

/// <summary>One run of redis-benchmark.</summary>
/// <param name="RequestsPerSecond">As it reports it.</param>
/// <param name="MedianMilliseconds">Median latency.</param>
/// <param name="Percentile99Milliseconds">99th percentile of latency.</param>
/// <param name="ServerMicroseconds">Processor time of the server for each request.</param>
internal sealed record LoadResult(
    double RequestsPerSecond, double MedianMilliseconds, double Percentile99Milliseconds, double ServerMicroseconds);

/// <summary>redis-benchmark, with the arguments every comparison here shares, or what stands in for it.</summary>
internal static class LoadGenerator
{
    /// <summary>Columns of its CSV output: test, rps, avg, min, p50, p95, p99, max.</summary>
    private const int ColumnCount = 8;

    private const int FillPipeline = 16;

    /// <summary>How many different keys and elements there are.</summary>
    public const int Keys = 100_000;

    public static async Task<LoadResult> RunAsync(ServerProcess server, string test, int pipeline, int requests)
    {
        if (TransactionLoad.TryParse(test, out int commands))
        {
            return await TransactionLoad.RunAsync(server, commands, pipeline, requests);
        }

        if (Workload.Find(test) is not Workload workload)
        {
            return await RunAsync(server, ["-t", test], pipeline, requests, Keys);
        }

        foreach (IReadOnlyList<string> command in workload.Prepare)
        {
            await SendAsync(server, command);
        }

        if (workload.FillRequestsFor(requests) is int fills and > 0)
        {
            await RunAsync(server, workload.Fill, FillPipeline, fills, workload.FillRange);
        }

        using Subscribers listening = await Subscribers.ConnectAsync(server, Workload.Channel, workload.Subscribers);
        return await RunAsync(server, workload.Command, pipeline, requests, Keys);
    }

    /// <summary>Runs redis-benchmark.</summary>
    /// <param name="server">Where.</param>
    /// <param name="processorTime">The time the server has used.</param>
    /// <param name="test">What.</param>
    /// <param name="pipeline">Commands in flight on each connection.</param>
    /// <param name="requests">How many.</param>
    /// <param name="range">How many different random numbers.</param>
    public static async Task<LoadResult> RunAsync(
        IPEndPoint server, Func<TimeSpan> processorTime, IReadOnlyList<string> test, int pipeline, int requests, int range)
    {
        var start = new ProcessStartInfo(
            "redis-benchmark",
            [
                "-h", server.Address.ToString(), "-p", Text(server.Port), "-c", "50", "-d", "100", "-r", Text(range),
                "-n", Text(requests), "-P", Text(pipeline), "--csv", .. test,
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        TimeSpan before = processorTime();
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        TimeSpan used = processorTime() - before;

        // What it fills before a test it prints first.
        string[] columns = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault("")
            .Split(',').Select(column => column.Trim('"')).ToArray();
        if (process.ExitCode != 0 || columns.Length != ColumnCount || columns[0] == "test")
        {
            throw new InvalidOperationException(
                $"redis-benchmark {string.Join(' ', test)} against {server} failed: {output}{await errors}");
        }

        return new LoadResult(
            Number(columns[1]), Number(columns[4]), Number(columns[6]), used.TotalMicroseconds / requests);
    }

    private static Task<LoadResult> RunAsync(
        ServerProcess server, IReadOnlyList<string> test, int pipeline, int requests, int range) =>
        RunAsync(server.EndPoint, () => server.ProcessorTime, test, pipeline, requests, range);

    private static async Task SendAsync(ServerProcess server, IReadOnlyList<string> command)
    {
        using Process process = Process.Start(
            new ProcessStartInfo("redis-cli", ["-e", "-p", Text(server.Port), .. command]) { RedirectStandardOutput = true })!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', command)} answered {output}");
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
