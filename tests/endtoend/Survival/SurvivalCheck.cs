using System.Globalization;
using Marekvs.Testing;

namespace Marekvs.EndToEnd.Survival;

/// <summary>Reads a server that came back and compares it with the history.</summary>
internal static class SurvivalCheck
{
    private const int KeysPerBurst = 500;

    /// <summary>What PEXPIRETIME answers for a key that is not there.</summary>
    private const long Missing = -2;

    /// <summary>Checks and settles the history, so that the next round can go on from what is there.</summary>
    /// <param name="client">A connection.</param>
    /// <param name="history">What was sent and acknowledged.</param>
    /// <param name="everyKey">False checks only the keys written since the last check.</param>
    /// <returns>Every contradiction; empty when all is well.</returns>
    public static IReadOnlyList<string> Settle(RespClient client, SurvivalHistory history, bool everyKey)
    {
        var contradictions = new List<string?>();
        foreach (ConnectionHistory connection in history.Connections)
        {
            Dictionary<string, Observation> observed =
                Observe(client, everyKey ? connection.Keys : connection.TouchedKeys);
            contradictions.Add(connection.Contradiction(observed));
            connection.Settle(observed);
        }

        for (int counter = 0; counter < history.Shared.Counters; counter++)
        {
            string? value = client.Call("GET", SharedHistory.CounterKey(counter)).TextOrNull;
            long number = long.Parse(value ?? "0", CultureInfo.InvariantCulture);
            contradictions.Add(history.Shared.SettleCounter(counter, number));
        }

        for (int pair = 0; pair < history.Shared.Pairs; pair++)
        {
            RespReply halves =
                client.Call("MGET", SharedHistory.PairKey(pair, 'a'), SharedHistory.PairKey(pair, 'b'));
            contradictions.Add(
                history.Shared.SettlePair(pair, halves.Items[0].TextOrNull, halves.Items[1].TextOrNull));
        }

        return [.. contradictions.OfType<string>()];
    }

    private static Dictionary<string, Observation> Observe(RespClient client, IReadOnlyCollection<string> keys)
    {
        var observed = new Dictionary<string, Observation>(keys.Count);
        var burst = new CommandBuffer();
        foreach (string[] some in keys.Chunk(KeysPerBurst))
        {
            burst.Clear();
            foreach (string key in some)
            {
                burst.Add("GET", key).Add("PEXPIRETIME", key);
            }

            long asked = Now();
            client.Send(burst.Written);
            KeyState[] states = [.. some.Select(_ => ReadState(client))];
            long answered = Now();
            for (int i = 0; i < some.Length; i++)
            {
                observed[some[i]] = new Observation(states[i], asked, answered);
            }
        }

        return observed;
    }

    private static KeyState ReadState(RespClient client)
    {
        string? value = client.Read().TextOrNull;
        long deadline = client.Read().Integer;

        // The key may expire between the two commands: then it was on the point of being absent in both.
        return value is null || deadline == Missing ? KeyState.Absent : new KeyState(value, Math.Max(0, deadline));
    }

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
}
