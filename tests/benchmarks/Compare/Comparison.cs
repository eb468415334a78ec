using Marekvs.Benchmarks.Servers;

namespace Marekvs.Benchmarks.Compare;

/// <summary>
/// Two servers, the same requests, turn by turn: A B A B. What changes on the machine between the turns meets both,
/// and the median of the rounds drops what met only one.
/// </summary>
internal static class Comparison
{
    private const int CalibrationRequests = 20_000;

    public static async Task RunAsync(CompareOptions options)
    {
        using ServerProcess redis = await ServerProcess.StartRedisAsync("redis");
        using ServerProcess subject = options.Subject == "redis"
            ? await ServerProcess.StartRedisAsync("redis again")
            : await ServerProcess.StartNodeAsync("marekvs", ("MAREKVS_STORAGE", options.Storage));
        ServerProcess[] servers = [redis, subject];

        var table = new ComparisonTable(redis.Name, subject.Name);
        foreach (int pipeline in options.Pipelines)
        {
            foreach (string test in options.Tests)
            {
                int requests = await CalibrateAsync(servers, test, pipeline, options.Seconds);
                for (int round = 0; round < options.Rounds; round++)
                {
                    foreach (ServerProcess server in servers)
                    {
                        LoadResult result = await LoadGenerator.RunAsync(server, test, pipeline, requests);
                        table.Add(pipeline, test, server == subject, result);
                        Console.Error.WriteLine(
                            $"P={pipeline} {test} round {round + 1} {server.Name}: {result.RequestsPerSecond:N0}/s");
                    }
                }
            }
        }

        table.Print(Console.Out);
    }

    /// <summary>Chooses how many requests last about as long as asked; warms both servers up on the way.</summary>
    private static async Task<int> CalibrateAsync(ServerProcess[] servers, string test, int pipeline, int seconds)
    {
        double fastest = 0;
        foreach (ServerProcess server in servers)
        {
            await LoadGenerator.RunAsync(server, test, pipeline, CalibrationRequests * pipeline);
            LoadResult warm = await LoadGenerator.RunAsync(server, test, pipeline, CalibrationRequests * pipeline);
            fastest = Math.Max(fastest, warm.RequestsPerSecond);
        }

        return (int)(fastest * seconds);
    }
}
