namespace Marekvs.EndToEnd.Survival;

/// <summary>What a key holds.</summary>
/// <param name="Value">Its value; null when it does not exist.</param>
/// <param name="Deadline">Unix milliseconds, 0 for none.</param>
internal readonly record struct KeyState(string? Value, long Deadline)
{
    public static KeyState Absent => default;
}

/// <summary>What was read of a key, and when.</summary>
/// <param name="State">What the server answered.</param>
/// <param name="AskedAt">Unix milliseconds before the question.</param>
/// <param name="AnsweredAt">Unix milliseconds after the answer.</param>
internal readonly record struct Observation(KeyState State, long AskedAt, long AnsweredAt)
{
    /// <summary>Whether a server that holds the expected state may answer so: only a passed deadline excuses an
    /// absent key, and nothing excuses a key that is there past its deadline.</summary>
    public bool Confirms(KeyState expected)
    {
        bool mayBeGone = expected.Deadline != 0 && expected.Deadline <= AnsweredAt;
        bool mustBeGone = expected.Deadline != 0 && expected.Deadline < AskedAt;
        return (mayBeGone && State.Value is null) || (!mustBeGone && State == expected);
    }
}

/// <summary>
/// The writes of one connection to keys that no other connection writes, in the order they were sent. A server
/// executes a connection's commands in order, so after a crash exactly the acknowledged ones and some first part of
/// those in flight must have happened.
/// </summary>
internal sealed class ConnectionHistory
{
    private const int MismatchesShown = 8;

    private readonly Dictionary<string, KeyState> _acknowledged = [];
    private readonly HashSet<string> _touched = [];
    private readonly Queue<KeyWrite> _inFlight = new();

    /// <summary>Every key ever written.</summary>
    public IReadOnlyCollection<string> Keys => _acknowledged.Keys;

    /// <summary>Keys written since the last <see cref="Settle"/>.</summary>
    public IReadOnlyCollection<string> TouchedKeys => _touched;

    /// <summary>What the connection must see of a key once all it sent is answered.</summary>
    public KeyState this[string key] => _acknowledged.GetValueOrDefault(key);

    public void Sent(KeyWrite write)
    {
        _inFlight.Enqueue(write);
        foreach (string key in write.Keys)
        {
            _touched.Add(key);
            _acknowledged.TryAdd(key, KeyState.Absent);
        }
    }

    /// <summary>The oldest write in flight was answered.</summary>
    public void Acknowledge() => Apply(_inFlight.Dequeue(), _acknowledged);

    /// <summary>Says how what was read contradicts the history, or null when it does not.</summary>
    public string? Contradiction(IReadOnlyDictionary<string, Observation> observed)
    {
        var expected = new Dictionary<string, KeyState>(_acknowledged);
        List<string> fewest = Mismatches(observed, expected);
        int applied = 0;
        int appliedForFewest = 0;
        foreach (KeyWrite write in _inFlight)
        {
            if (fewest.Count == 0)
            {
                break;
            }

            Apply(write, expected);
            applied++;
            List<string> mismatches = Mismatches(observed, expected);
            if (mismatches.Count < fewest.Count)
            {
                fewest = mismatches;
                appliedForFewest = applied;
            }
        }

        return fewest.Count == 0
            ? null
            : $"{fewest.Count} keys are wrong, even if {appliedForFewest} of {_inFlight.Count} writes in flight " +
                $"happened:\n{string.Join('\n', fewest.Take(MismatchesShown))}";
    }

    /// <summary>Takes what was read for the truth: what was in flight is decided now.</summary>
    public void Settle(IReadOnlyDictionary<string, Observation> observed)
    {
        foreach ((string key, Observation observation) in observed)
        {
            _acknowledged[key] = observation.State;
        }

        _inFlight.Clear();
        _touched.Clear();
    }

    private static void Apply(KeyWrite write, Dictionary<string, KeyState> states)
    {
        foreach (string key in write.Keys)
        {
            states[key] = write.ApplyTo(states.GetValueOrDefault(key));
        }
    }

    private static List<string> Mismatches(
        IReadOnlyDictionary<string, Observation> observed, Dictionary<string, KeyState> expected)
    {
        var mismatches = new List<string>();
        foreach ((string key, Observation observation) in observed)
        {
            KeyState state = expected.GetValueOrDefault(key);
            if (!observation.Confirms(state))
            {
                mismatches.Add($"  {key} should hold {Show(state)} and holds {Show(observation.State)}");
            }
        }

        return mismatches;
    }

    private static string Show(KeyState state)
    {
        if (state.Value is null)
        {
            return "nothing";
        }

        string head = state.Value[..Math.Min(40, state.Value.Length)];
        return $"\"{head}\" ({state.Value.Length} bytes, deadline {state.Deadline})";
    }
}
