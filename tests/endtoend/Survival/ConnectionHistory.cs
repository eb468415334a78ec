namespace Marekvs.EndToEnd.Survival;

/// <summary>What a place holds.</summary>
/// <param name="Value">Its value; null when it does not exist.</param>
/// <param name="Deadline">Unix milliseconds, 0 for none.</param>
internal readonly record struct PlaceState(string? Value, long Deadline)
{
    public static PlaceState Absent => default;
}

/// <summary>What was read of a place, and when.</summary>
/// <param name="State">What the server answered.</param>
/// <param name="AskedAt">Unix milliseconds before the question.</param>
/// <param name="AnsweredAt">Unix milliseconds after the answer.</param>
internal readonly record struct Observation(PlaceState State, long AskedAt, long AnsweredAt)
{
    /// <summary>Whether a server that holds the expected state may answer so: only a passed deadline excuses an
    /// absent place, and nothing excuses one that is there past its deadline.</summary>
    public bool Confirms(PlaceState expected)
    {
        bool mayBeGone = expected.Deadline != 0 && expected.Deadline <= AnsweredAt;
        bool mustBeGone = expected.Deadline != 0 && expected.Deadline < AskedAt;
        return (mayBeGone && State.Value is null) || (!mustBeGone && State == expected);
    }
}

/// <summary>
/// The writes of one connection to places that no other connection writes, in the order they were sent. A server
/// executes a connection's commands in order, and those of a transaction all or none, so after a crash exactly the
/// acknowledged ones and some first part of those in flight must have happened.
/// </summary>
internal sealed class ConnectionHistory
{
    private const int MismatchesShown = 8;

    private readonly Dictionary<Place, PlaceState> _acknowledged = [];
    private readonly HashSet<Place> _touched = [];
    private readonly Queue<IReadOnlyList<PlaceWrite>> _inFlight = new();

    /// <summary>Every place ever written.</summary>
    public IReadOnlyCollection<Place> Places => _acknowledged.Keys;

    /// <summary>Places written since the last <see cref="Settle"/>.</summary>
    public IReadOnlyCollection<Place> TouchedPlaces => _touched;

    /// <summary>What the connection must see of a place once all it sent is answered.</summary>
    public PlaceState this[Place place] => _acknowledged.GetValueOrDefault(place);

    /// <summary>Enters writes that happen all at once or not at all.</summary>
    public void Sent(params IReadOnlyList<PlaceWrite> writes)
    {
        _inFlight.Enqueue(writes);
        foreach (Place place in writes.SelectMany(write => write.Places))
        {
            _touched.Add(place);
            _acknowledged.TryAdd(place, PlaceState.Absent);
        }
    }

    /// <summary>The oldest writes in flight were answered.</summary>
    /// <returns>What each must have been answered.</returns>
    public IReadOnlyList<string> Acknowledge()
    {
        var replies = new List<string>();
        foreach (PlaceWrite write in _inFlight.Dequeue())
        {
            replies.Add(write.ReplyFor([.. write.Places.Select(place => this[place])]));
            Apply(write, _acknowledged);
        }

        return replies;
    }

    /// <summary>Says how what was read contradicts the history, or null when it does not.</summary>
    public string? Contradiction(IReadOnlyDictionary<Place, Observation> observed)
    {
        var expected = new Dictionary<Place, PlaceState>(_acknowledged);
        List<string> fewest = Mismatches(observed, expected);
        int applied = 0;
        int appliedForFewest = 0;
        foreach (IReadOnlyList<PlaceWrite> writes in _inFlight)
        {
            if (fewest.Count == 0)
            {
                break;
            }

            foreach (PlaceWrite write in writes)
            {
                Apply(write, expected);
            }

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
            : $"{fewest.Count} places are wrong, even if {appliedForFewest} of {_inFlight.Count} writes in flight " +
                $"happened:\n{string.Join('\n', fewest.Take(MismatchesShown))}";
    }

    /// <summary>Takes what was read for the truth: what was in flight is decided now.</summary>
    public void Settle(IReadOnlyDictionary<Place, Observation> observed)
    {
        foreach ((Place place, Observation observation) in observed)
        {
            _acknowledged[place] = observation.State;
        }

        _inFlight.Clear();
        _touched.Clear();
    }

    private static void Apply(PlaceWrite write, Dictionary<Place, PlaceState> states)
    {
        foreach (Place place in write.Places)
        {
            states[place] = write.ApplyTo(states.GetValueOrDefault(place));
        }
    }

    private static List<string> Mismatches(
        IReadOnlyDictionary<Place, Observation> observed, Dictionary<Place, PlaceState> expected)
    {
        var mismatches = new List<string>();
        foreach ((Place place, Observation observation) in observed)
        {
            PlaceState state = expected.GetValueOrDefault(place);
            if (!observation.Confirms(state))
            {
                mismatches.Add($"  {place} should hold {Show(state)} and holds {Show(observation.State)}");
            }
        }

        return mismatches;
    }

    private static string Show(PlaceState state)
    {
        if (state.Value is null)
        {
            return "nothing";
        }

        string head = state.Value[..Math.Min(40, state.Value.Length)];
        return $"\"{head}\" ({state.Value.Length} bytes, deadline {state.Deadline})";
    }
}
