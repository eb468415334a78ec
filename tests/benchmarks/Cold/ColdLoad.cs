using Marekvs.Benchmarks.Servers;
using Marekvs.Testing;

namespace Marekvs.Benchmarks.Cold;

/// <summary>Connections that send bursts of one command on chosen keys for a while.</summary>
internal static class ColdLoad
{
    private const int Connections = 8;
    private const int Burst = 16;

    /// <summary>Writes every key once.</summary>
    public static void Fill(ServerProcess server, int keys, string value)
    {
        using RespClient client = RespClient.Connect(server.EndPoint);
        var burst = new CommandBuffer();
        foreach (int[] some in Enumerable.Range(0, keys).Chunk(200))
        {
            burst.Clear();
            foreach (int key in some)
            {
                burst.Add("SET", KeyChoice.NameOf(key), value);
            }

            client.Send(burst.Written);
            foreach (int _ in some)
            {
                RequireAnswer(client.Read());
            }
        }
    }

    /// <summary>Runs the load.</summary>
    /// <param name="server">The server.</param>
    /// <param name="keys">Which keys.</param>
    /// <param name="value">What SET writes; null for GET.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>Requests answered.</returns>
    public static async Task<long> RunAsync(
        ServerProcess server, KeyChoice keys, string? value, CancellationToken stop)
    {
        long[] answered = await Task.WhenAll(Enumerable.Range(0, Connections).Select(index => Task.Factory.StartNew(
            () => RunConnection(server, keys, value, new Random(index), stop),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        return answered.Sum();
    }

    private static long RunConnection(
        ServerProcess server, KeyChoice keys, string? value, Random random, CancellationToken stop)
    {
        using RespClient client = RespClient.Connect(server.EndPoint);
        var burst = new CommandBuffer();
        long answered = 0;
        while (!stop.IsCancellationRequested)
        {
            burst.Clear();
            for (int i = 0; i < Burst; i++)
            {
                string key = KeyChoice.NameOf(keys.Next(random));
                _ = value is null ? burst.Add("GET", key) : burst.Add("SET", key, value);
            }

            client.Send(burst.Written);
            for (int i = 0; i < Burst; i++)
            {
                RequireAnswer(client.Read());
            }

            answered += Burst;
        }

        return answered;
    }

    private static void RequireAnswer(RespReply reply)
    {
        if (reply.IsError || reply.IsNull)
        {
            throw new InvalidOperationException($"the server answered {reply}");
        }
    }
}
