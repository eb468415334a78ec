namespace Marekvs.EndToEnd.Survival;

/// <summary>
/// Counters and pairs that all connections write. A counter must end between what was acknowledged and what was sent.
/// A pair is set to one value in both places by one MSET, or by one transaction: the places must agree, on a value that
/// was sent, and that no acknowledged write followed.
/// </summary>
internal sealed class SharedHistory(int counters, int pairs)
{
    private readonly Lock _lock = new();
    private readonly (long Acknowledged, long Sent)[] _counters = new (long, long)[counters];
    private readonly List<PairWrite>[] _pairs = [.. Enumerable.Range(0, pairs).Select(_ => new List<PairWrite>())];
    private long _moment;

    public int Counters => _counters.Length;

    public int Pairs => _pairs.Length;

    /// <summary>Counters are strings and fields of a hash in turn.</summary>
    public static Place CounterPlace(int counter) =>
        counter % 2 == 0 ? Place.Of($"shared:counter:{counter}") : Place.Field("shared:counters", $"{counter}");

    /// <summary>Whether both halves are strings, which one MSET sets.</summary>
    public static bool IsOfStrings(int pair) => pair % 2 == 0;

    public static Place PairPlace(int pair, char half) => IsOfStrings(pair) || half == 'b'
        ? Place.Of($"shared:pair:{pair}:{half}")
        : Place.Field($"shared:pair:{pair}:{half}", "half");

    public void IncrementSent(int counter)
    {
        lock (_lock)
        {
            _counters[counter].Sent++;
        }
    }

    public void IncrementAcknowledged(int counter)
    {
        lock (_lock)
        {
            _counters[counter].Acknowledged++;
        }
    }

    public PairWrite PairSent(int pair, string value)
    {
        lock (_lock)
        {
            var write = new PairWrite(value, ++_moment);
            _pairs[pair].Add(write);
            return write;
        }
    }

    public void PairAcknowledged(PairWrite write)
    {
        lock (_lock)
        {
            write.Ended = ++_moment;
        }
    }

    /// <summary>Compares a counter with what was sent and takes it for the truth.</summary>
    public string? SettleCounter(int counter, long observed)
    {
        (long acknowledged, long sent) = _counters[counter];
        _counters[counter] = (observed, observed);
        return observed >= acknowledged && observed <= sent
            ? null
            : $"{CounterPlace(counter)} is {observed}; {acknowledged} increments were acknowledged, {sent} sent";
    }

    /// <summary>Compares a pair with what was sent and takes it for the truth.</summary>
    public string? SettlePair(int pair, string? first, string? second)
    {
        List<PairWrite> writes = _pairs[pair];
        string? contradiction = ContradictionOf(pair, writes, first, second);
        writes.Clear();
        if (first is not null)
        {
            writes.Add(new PairWrite(first, ++_moment) { Ended = ++_moment });
        }

        return contradiction;
    }

    private static string? ContradictionOf(int pair, List<PairWrite> writes, string? first, string? second)
    {
        if (first != second)
        {
            return $"pair {pair} is half applied: \"{Head(first)}\" and \"{Head(second)}\"";
        }

        if (first is null)
        {
            return writes.Exists(write => write.Ended != PairWrite.InFlight)
                ? $"pair {pair} is gone after an acknowledged write"
                : null;
        }

        PairWrite? seen = writes.Find(write => write.Value == first);
        if (seen is null)
        {
            return $"pair {pair} holds \"{Head(first)}\", which nobody wrote";
        }

        PairWrite? later = writes.Find(write => write.Ended != PairWrite.InFlight && write.Began > seen.Ended);
        return later is null
            ? null
            : $"pair {pair} holds \"{Head(first)}\" although \"{Head(later.Value)}\" was acknowledged after it";
    }

    private static string Head(string? value) => value is null ? "nothing" : value[..Math.Min(30, value.Length)];
}

/// <summary>One write of a shared pair.</summary>
/// <param name="value">What both halves get; unique.</param>
/// <param name="began">The moment it was sent.</param>
internal sealed class PairWrite(string value, long began)
{
    public const long InFlight = long.MaxValue;

    public string Value { get; } = value;

    public long Began { get; } = began;

    /// <summary>The moment it was acknowledged.</summary>
    public long Ended { get; set; } = InFlight;
}
