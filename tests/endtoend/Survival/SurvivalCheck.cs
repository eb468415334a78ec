using System.Globalization;
using Marekvs.Testing;

namespace Marekvs.EndToEnd.Survival;

/// <summary>Reads a server that came back and compares it with the history.</summary>
internal static class SurvivalCheck
{
    private const int PlacesPerBurst = 500;

    /// <summary>What PEXPIRETIME and HPEXPIRETIME answer when nothing is there.</summary>
    private const long Missing = -2;

    /// <summary>Checks and settles the history, so that the next round can go on from what is there.</summary>
    /// <param name="client">A connection.</param>
    /// <param name="history">What was sent and acknowledged.</param>
    /// <param name="everyKey">False checks only the places written since the last check.</param>
    /// <returns>Every contradiction; empty when all is well.</returns>
    public static IReadOnlyList<string> Settle(RespClient client, SurvivalHistory history, bool everyKey)
    {
        var contradictions = new List<string?>();
        foreach (ConnectionHistory connection in history.Connections)
        {
            Dictionary<Place, Observation> observed =
                Observe(client, everyKey ? connection.Places : connection.TouchedPlaces);
            contradictions.Add(connection.Contradiction(observed));
            connection.Settle(observed);
        }

        for (int counter = 0; counter < history.Shared.Counters; counter++)
        {
            string? value = Read(client, SharedHistory.CounterPlace(counter));
            long number = long.Parse(value ?? "0", CultureInfo.InvariantCulture);
            contradictions.Add(history.Shared.SettleCounter(counter, number));
        }

        for (int pair = 0; pair < history.Shared.Pairs; pair++)
        {
            string? first = Read(client, SharedHistory.PairPlace(pair, 'a'));
            string? second = Read(client, SharedHistory.PairPlace(pair, 'b'));
            contradictions.Add(history.Shared.SettlePair(pair, first, second));
        }

        return [.. contradictions.OfType<string>()];
    }

    private static string? Read(RespClient client, Place place) =>
        Observe(client, [place])[place].State.Value;

    private static Dictionary<Place, Observation> Observe(RespClient client, IReadOnlyCollection<Place> places)
    {
        var observed = new Dictionary<Place, Observation>(places.Count);
        var burst = new CommandBuffer();
        foreach (Place[] some in places.Chunk(PlacesPerBurst))
        {
            burst.Clear();
            foreach (Place place in some)
            {
                Ask(burst, place);
            }

            long asked = Now();
            client.Send(burst.Written);
            PlaceState[] states = [.. some.Select(place => ReadState(client, place.Kind))];
            long answered = Now();
            for (int i = 0; i < some.Length; i++)
            {
                observed[some[i]] = new Observation(states[i], asked, answered);
            }
        }

        return observed;
    }

    private static void Ask(CommandBuffer burst, Place place)
    {
        switch (place.Kind)
        {
            case PlaceKind.Field:
                burst.Add("HGET", place.Key, place.Element).Add("HPEXPIRETIME", place.Key, "FIELDS", "1", place.Element);
                break;
            case PlaceKind.Member:
                burst.Add("SISMEMBER", place.Key, place.Element);
                break;
            case PlaceKind.Score:
                burst.Add("ZSCORE", place.Key, place.Element);
                break;
            default:
                burst.Add("GET", place.Key).Add("PEXPIRETIME", place.Key);
                break;
        }
    }

    private static PlaceState ReadState(RespClient client, PlaceKind kind)
    {
        RespReply reply = client.Read();
        if (kind == PlaceKind.Member)
        {
            return reply.Integer == 1 ? new PlaceState(Place.There, 0) : PlaceState.Absent;
        }

        string? value = reply.TextOrNull;
        if (kind == PlaceKind.Score)
        {
            return value is null ? PlaceState.Absent : new PlaceState(value, 0);
        }

        RespReply time = client.Read();
        long deadline = (kind == PlaceKind.Field ? time.Items[0] : time).Integer;

        // It may expire between the two commands: then it was on the point of being absent in both.
        return value is null || deadline == Missing ? PlaceState.Absent : new PlaceState(value, Math.Max(0, deadline));
    }

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
}
