namespace Marekvs.Cluster.Gossip.Membership;

/// <summary>
/// Settles who may use this node's number when another live process uses it too. What was gossiped of it may be long
/// past, so whoever might be a rival is asked directly; only an answer counts. The younger of two gives way for as
/// long as the older one answers.
/// </summary>
/// <param name="number">This node's number.</param>
/// <param name="age">Since when this process has it.</param>
internal sealed class NumberClaims(ushort number, ProcessAge age)
{
    private const int RivalsMax = 16;
    private const long SuspectedFor = 10_000;
    private const long ClaimedFor = 20_000;

    private readonly Dictionary<PeerAddress, long> _until = [];
    private (PeerAddress Address, long Until)? _older;

    /// <summary>Since when this process has the number.</summary>
    public ProcessAge Age { get; } = age;

    /// <summary>Whether an older node has the number.</summary>
    public bool GivesWay => _older is not null;

    /// <summary>Why this node does not serve, or null.</summary>
    public string? Refusal => _older is { } older
        ? $"another node at {older.Address} has the number {number} already and is older; give this one a number of " +
            "its own (MAREKVS_NODE_ID)"
        : null;

    /// <summary>Whom to ask whether it lives.</summary>
    public IEnumerable<PeerAddress> Rivals => _until.Keys;

    /// <summary>Somebody at an address had, or has, this number.</summary>
    public void Suspect(PeerAddress address, long now)
    {
        if (_until.Count < RivalsMax || _until.ContainsKey(address))
        {
            _until[address] = Math.Max(_until.GetValueOrDefault(address), now + SuspectedFor);
        }
    }

    /// <summary>Somebody says that it lives and has this number.</summary>
    /// <returns>Whether that is news.</returns>
    public bool Claimed(PeerAddress address, ProcessAge age, long now)
    {
        bool isNews = !_until.TryGetValue(address, out long until) || until <= now + SuspectedFor;
        if (_until.Count < RivalsMax || _until.ContainsKey(address))
        {
            _until[address] = now + ClaimedFor;
        }

        if (age.CompareTo(Age) < 0)
        {
            _older = (address, now + ClaimedFor);
        }

        return isNews;
    }

    /// <summary>Time passes: who no longer answers is gone.</summary>
    /// <returns>Whether this node no longer has to give way.</returns>
    public bool Tick(long now)
    {
        foreach ((PeerAddress address, long until) in _until)
        {
            if (until <= now)
            {
                _until.Remove(address);
            }
        }

        if (_older is { } older && older.Until <= now)
        {
            _older = null;
            return true;
        }

        return false;
    }
}

/// <summary>Since when a process runs; unequal for any two.</summary>
/// <param name="Since">Milliseconds since 1970.</param>
/// <param name="Nonce">Decides between two of one millisecond.</param>
internal readonly record struct ProcessAge(ulong Since, ulong Nonce) : IComparable<ProcessAge>
{
    /// <summary>The older one is less.</summary>
    public int CompareTo(ProcessAge other) =>
        Since == other.Since ? Nonce.CompareTo(other.Nonce) : Since.CompareTo(other.Since);
}
