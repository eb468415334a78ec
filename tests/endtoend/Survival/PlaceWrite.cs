using System.Globalization;

namespace Marekvs.EndToEnd.Survival;

internal enum WriteVerb
{
    Set,
    Append,
    Increment,
    Delete,
    DeleteKey,
    Expire,
    Persist,
}

/// <summary>One command that changes places of one connection.</summary>
/// <param name="Verb">What it does.</param>
/// <param name="Places">Its places, all of one kind; it does the same to all of them at once. Fields and members lie in
/// one key, and are all that the key has when it is deleted.</param>
/// <param name="Value">What it writes.</param>
/// <param name="Deadline">Unix milliseconds, 0 for none.</param>
internal sealed record PlaceWrite(WriteVerb Verb, IReadOnlyList<Place> Places, string Value = "", long Deadline = 0)
{
    private string Key => Places[0].Key;

    private IEnumerable<string> Elements => Places.Select(place => place.Element);

    private string DeadlineText => Deadline.ToString(CultureInfo.InvariantCulture);

    public string[] Command() => Places[0].Kind switch
    {
        PlaceKind.Field => FieldCommand(),
        PlaceKind.Member => MemberCommand(),
        PlaceKind.Score => ScoreCommand(),
        _ => KeyCommand(),
    };

    public PlaceState ApplyTo(PlaceState state) => Verb switch
    {
        WriteVerb.Set => new PlaceState(Value, Deadline),
        WriteVerb.Append => state with { Value = state.Value + Value },
        WriteVerb.Increment => state with { Value = Successor(state.Value) },
        WriteVerb.Delete or WriteVerb.DeleteKey => PlaceState.Absent,
        WriteVerb.Expire => state.Value is null ? state : state with { Deadline = Deadline },
        _ => state with { Deadline = 0 },
    };

    /// <summary>What the command answers when the places were in these states.</summary>
    public string ReplyFor(IReadOnlyList<PlaceState> states)
    {
        PlaceKind kind = Places[0].Kind;
        PlaceState first = states[0];
        int there = states.Count(state => state.Value is not null);
        return Verb switch
        {
            WriteVerb.Set when kind == PlaceKind.Key => "+OK",
            WriteVerb.Set when Deadline != 0 => ":1",
            WriteVerb.Set => Number(states.Count - there),
            WriteVerb.Append => Number((first.Value?.Length ?? 0) + Value.Length),
            WriteVerb.Increment => (kind == PlaceKind.Score ? "$" : ":") + Successor(first.Value),
            WriteVerb.Delete => Number(there),
            WriteVerb.DeleteKey => Number(there > 0 ? 1 : 0),
            WriteVerb.Expire when kind == PlaceKind.Field => there == 0 ? "*[:-2]" : "*[:1]",
            WriteVerb.Expire => Number(there),
            _ when kind == PlaceKind.Field => there == 0 ? "*[:-2]" : first.Deadline == 0 ? "*[:-1]" : "*[:1]",
            _ => Number(there == 0 || first.Deadline == 0 ? 0 : 1),
        };
    }

    private string[] KeyCommand() => Verb switch
    {
        WriteVerb.Set when Places.Count > 1 => ["MSET", .. Places.SelectMany(place => new[] { place.Key, Value })],
        WriteVerb.Set when Deadline != 0 => ["SET", Key, Value, "PXAT", DeadlineText],
        WriteVerb.Set => ["SET", Key, Value],
        WriteVerb.Append => ["APPEND", Key, Value],
        WriteVerb.Increment => ["INCR", Key],
        WriteVerb.Delete => ["DEL", Key],
        WriteVerb.Expire => ["PEXPIREAT", Key, DeadlineText],
        WriteVerb.Persist => ["PERSIST", Key],
        _ => throw new InvalidOperationException($"{Verb} is for elements"),
    };

    private string[] FieldCommand() => Verb switch
    {
        WriteVerb.Set when Deadline != 0 =>
            ["HSETEX", Key, "PXAT", DeadlineText, "FIELDS", $"{Places.Count}", .. Pairs()],
        WriteVerb.Set => ["HSET", Key, .. Pairs()],
        WriteVerb.Increment => ["HINCRBY", Key, Places[0].Element, "1"],
        WriteVerb.Delete => ["HDEL", Key, .. Elements],
        WriteVerb.DeleteKey => ["DEL", Key],
        WriteVerb.Expire => ["HPEXPIREAT", Key, DeadlineText, "FIELDS", $"{Places.Count}", .. Elements],
        WriteVerb.Persist => ["HPERSIST", Key, "FIELDS", $"{Places.Count}", .. Elements],
        _ => throw new InvalidOperationException($"{Verb} is for keys"),
    };

    private string[] MemberCommand() => Verb switch
    {
        WriteVerb.Set => ["SADD", Key, .. Elements],
        WriteVerb.Delete => ["SREM", Key, .. Elements],
        WriteVerb.DeleteKey => ["DEL", Key],
        _ => throw new InvalidOperationException($"members have nothing to {Verb}"),
    };

    private string[] ScoreCommand() => Verb switch
    {
        WriteVerb.Set => ["ZADD", Key, .. Elements.SelectMany(member => new[] { Value, member })],
        WriteVerb.Increment => ["ZINCRBY", Key, "1", Places[0].Element],
        WriteVerb.Delete => ["ZREM", Key, .. Elements],
        WriteVerb.DeleteKey => ["DEL", Key],
        _ => throw new InvalidOperationException($"scores have nothing to {Verb}"),
    };

    private IEnumerable<string> Pairs() => Elements.SelectMany(element => new[] { element, Value });

    private static string Successor(string? number) =>
        (long.Parse(number ?? "0", CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture);

    private static string Number(long number) => ":" + number.ToString(CultureInfo.InvariantCulture);
}
