using Marekvs.Abstractions.Cluster;

namespace Marekvs.Cluster.Gossip.Reads;

/// <summary>One who gives leases, as the holder sees it. Whenever something it said may not have been heard a new epoch
/// begins, and leases of earlier ones do not count.</summary>
internal sealed class LeaseSource(ushort node, long now)
{
    private long _heardAt;
    private int _epoch;
    private volatile bool _isConnected;

    public ushort Node => node;

    public int Epoch => Volatile.Read(ref _epoch);

    public bool IsConnected => _isConnected;

    /// <summary>When it was gone, or missed for the first time.</summary>
    public long GoneAt { get; private set; } = now;

    /// <summary>The number of the last thing it said.</summary>
    public ulong LastNumber { get; set; }

    /// <summary>Whether it waits to hear how far it has been listened to.</summary>
    public bool IsOwedTaken { get; set; }

    public void Connect(long now)
    {
        BeginEpoch();
        LastNumber = 0;
        Hear(now);
        _isConnected = true;
    }

    public void Disconnect(long now)
    {
        _isConnected = false;
        GoneAt = now;
        BeginEpoch();
    }

    public void Hear(long now) => Volatile.Write(ref _heardAt, now);

    public void BeginEpoch() => Interlocked.Increment(ref _epoch);

    /// <summary>Whether what was granted in an epoch still counts.</summary>
    public bool Keeps(int epoch, long now, long silence) =>
        _isConnected && epoch == Epoch && now - Volatile.Read(ref _heardAt) <= silence;
}

/// <summary>A lease as it was given; a value that never changes.</summary>
/// <param name="Source">By whom; null when nobody could be reached, and the node answers on its own.</param>
/// <param name="Epoch">The source's.</param>
/// <param name="Since">When.</param>
/// <param name="Until">Up to when.</param>
internal sealed record Grant(LeaseSource? Source, int Epoch, long Since, long Until)
{
    /// <summary>Whether it counts, apart from its time.</summary>
    public bool IsKept(long now, long silence) => Source is null || Source.Keeps(Epoch, now, silence);
}

/// <summary>A key of which there is, or may be, a copy here.</summary>
internal sealed class KeyLease(KeyName key, long now)
{
    private Grant? _grant;
    private long _usedAt = now;

    public KeyName Key => key;

    /// <summary>The lease on it; null while there is none.</summary>
    public Grant? Grant
    {
        get => Volatile.Read(ref _grant);
        set => Volatile.Write(ref _grant, value);
    }

    public long UsedAt => Volatile.Read(ref _usedAt);

    /// <summary>When it is looked at next.</summary>
    public long LookAt { get; set; }

    public void Use(long now)
    {
        if (UsedAt != now)
        {
            Volatile.Write(ref _usedAt, now);
        }
    }
}
