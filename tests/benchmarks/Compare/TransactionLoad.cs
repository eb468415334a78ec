using System.Globalization;
using Marekvs.Benchmarks.Servers;
using Marekvs.Testing;

namespace Marekvs.Benchmarks.Compare;

/// <summary>
/// Transactions, which redis-benchmark cannot send: <c>multi_10</c> is MULTI, ten times SET of a random key, and EXEC, in
/// one piece. A request is one transaction.
/// </summary>
internal static class TransactionLoad
{
    private const string Prefix = "multi_";
    private const int Connections = 50;

    private static readonly string Value = new('v', 100);

    /// <summary>Reads a test's name.</summary>
    public static bool TryParse(string test, out int commands)
    {
        commands = 0;
        return test.StartsWith(Prefix, StringComparison.Ordinal) &&
            int.TryParse(test.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out commands);
    }

    /// <summary>Runs the load.</summary>
    /// <param name="server">The server.</param>
    /// <param name="commands">Commands in one transaction.</param>
    /// <param name="pipeline">Transactions in flight on each connection.</param>
    /// <param name="requests">Transactions.</param>
    public static async Task<LoadResult> RunAsync(ServerProcess server, int commands, int pipeline, int requests)
    {
        int bursts = Math.Max(1, requests / (Connections * pipeline));
        TimeSpan before = server.ProcessorTime;
        long start = TimeProvider.System.GetTimestamp();
        double[][] latencies = await Task.WhenAll(Enumerable.Range(0, Connections).Select(index => Task.Factory.StartNew(
            () => RunConnection(server, commands, pipeline, bursts, new Random(index)),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        double seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        double[] all = [.. latencies.SelectMany(some => some).Order()];
        int answered = Connections * pipeline * bursts;
        return new LoadResult(
            answered / seconds,
            all[all.Length / 2],
            all[all.Length * 99 / 100],
            (server.ProcessorTime - before).TotalMicroseconds / answered);
    }

    private static double[] RunConnection(ServerProcess server, int commands, int pipeline, int bursts, Random random)
    {
        using RespClient client = RespClient.Connect(server.EndPoint);
        var burst = new CommandBuffer();
        double[] milliseconds = new double[bursts];
        for (int i = 0; i < bursts; i++)
        {
            burst.Clear();
            for (int j = 0; j < pipeline; j++)
            {
                AddTransaction(burst, commands, random);
            }

            long sent = TimeProvider.System.GetTimestamp();
            client.Send(burst.Written);
            for (int j = 0; j < pipeline; j++)
            {
                ReadTransaction(client, commands);
            }

            milliseconds[i] = TimeProvider.System.GetElapsedTime(sent).TotalMilliseconds;
        }

        return milliseconds;
    }

    private static void AddTransaction(CommandBuffer burst, int commands, Random random)
    {
        burst.Add("MULTI");
        for (int i = 0; i < commands; i++)
        {
            burst.Add("SET", $"key:{random.Next(LoadGenerator.Keys):D12}", Value);
        }

        burst.Add("EXEC");
    }

    private static void ReadTransaction(RespClient client, int commands)
    {
        for (int i = 0; i <= commands; i++)
        {
            client.Read();
        }

        RespReply reply = client.Read();
        if (reply.Items.Count != commands || reply.Items.Any(item => item.IsError))
        {
            throw new InvalidOperationException($"the server answered {reply}");
        }
    }
}
