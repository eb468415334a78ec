using System.Globalization;
using Marekvs.EndToEnd.Wire;

namespace Marekvs.EndToEnd.Survival;

/// <summary>Reads a server that came back and compares it with the history.</summary>
internal static class SurvivalCheck
{
    private const int KeysPerBurst = 500;

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
                burst.Add("MULTI").Add("GET", key).Add("PEXPIRETIME", key).Add("EXEC");
            }

            long asked = Now();
            client.Send(burst.Written);
            RespReply[] replies = [.. some.Select(_ => ReadTransaction(client))];
            long answered = Now();
            for (int i = 0; i < some.Length; i++)
            {
                long deadline = Math.Max(0, replies[i].Items[1].Integer);
                observed[some[i]] = new Observation(
                    new KeyState(replies[i].Items[0].TextOrNull, deadline), asked, answered);
            }
        }

        return observed;
    }

    /// <summary>Value and deadline must be of one moment: a key may expire between two commands.</summary>
    private static RespReply ReadTransaction(RespClient client)
    {
        client.Read();
        client.Read();
        client.Read();
        return client.Read();
    }

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
}
