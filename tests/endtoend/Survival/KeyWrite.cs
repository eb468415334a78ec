using System.Globalization;

namespace Marekvs.EndToEnd.Survival;

internal enum WriteVerb
{
    Set,
    Append,
    Increment,
    Delete,
    Expire,
    Persist,
}

/// <summary>One command that changes keys of one connection.</summary>
/// <param name="Verb">What it does.</param>
/// <param name="Keys">Its keys; more than one for MSET, which does the same to all of them at once.</param>
/// <param name="Value">What it writes.</param>
/// <param name="Deadline">Unix milliseconds, 0 for none.</param>
internal sealed record KeyWrite(WriteVerb Verb, IReadOnlyList<string> Keys, string Value = "", long Deadline = 0)
{
    public string[] Command()
    {
        string key = Keys[0];
        string deadline = Deadline.ToString(CultureInfo.InvariantCulture);
        return Verb switch
        {
            WriteVerb.Set when Keys.Count > 1 => ["MSET", .. Keys.SelectMany(name => new[] { name, Value })],
            WriteVerb.Set when Deadline != 0 => ["SET", key, Value, "PXAT", deadline],
            WriteVerb.Set => ["SET", key, Value],
            WriteVerb.Append => ["APPEND", key, Value],
            WriteVerb.Increment => ["INCR", key],
            WriteVerb.Delete => ["DEL", key],
            WriteVerb.Expire => ["PEXPIREAT", key, deadline],
            _ => ["PERSIST", key],
        };
    }

    public KeyState ApplyTo(KeyState state) => Verb switch
    {
        WriteVerb.Set => new KeyState(Value, Deadline),
        WriteVerb.Append => state with { Value = state.Value + Value },
        WriteVerb.Increment => state with { Value = Successor(state.Value) },
        WriteVerb.Delete => KeyState.Absent,
        WriteVerb.Expire => state.Value is null ? state : state with { Deadline = Deadline },
        _ => state with { Deadline = 0 },
    };

    /// <summary>What the command answers when the key was in this state.</summary>
    public string ReplyFor(KeyState state) => Verb switch
    {
        WriteVerb.Set => "+OK",
        WriteVerb.Append => Number((state.Value?.Length ?? 0) + Value.Length),
        WriteVerb.Increment => ":" + Successor(state.Value),
        WriteVerb.Delete or WriteVerb.Expire => Number(state.Value is null ? 0 : 1),
        _ => Number(state.Value is null || state.Deadline == 0 ? 0 : 1),
    };

    private static string Successor(string? number) =>
        (long.Parse(number ?? "0", CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture);

    private static string Number(long number) => ":" + number.ToString(CultureInfo.InvariantCulture);
}
