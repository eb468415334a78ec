using System.Collections.Concurrent;
using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Cluster.Gossip.Reads;

/// <summary>
/// The leases this node has, where the threads that run calls look them up and leave what they need. Everything else is
/// done by <see cref="LeaseHolder"/> on one thread.
/// </summary>
internal sealed class LeaseTable : IKeyLeases
{
    private readonly ReadOptions _options;
    private readonly Action _wake;
    private readonly ConcurrentDictionary<byte[], KeyLease> _keys;
    private readonly ConcurrentDictionary<byte[], KeyLease>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private readonly ConcurrentQueue<BringRequest> _requests = new();
    private readonly Grant?[] _wholes = new Grant?[Limits.Partitions];
    private readonly int[] _counts = new int[Limits.Partitions];
    private readonly ulong[] _seen = new ulong[Limits.Partitions];
    private long _now;

    public LeaseTable(ReadOptions options, long seed, Action wake)
    {
        (_options, _wake) = (options, wake);
        _keys = new ConcurrentDictionary<byte[], KeyLease>(new NameComparer(seed));
        _lookup = _keys.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>Milliseconds, as of the last turn.</summary>
    public long Now
    {
        get => Volatile.Read(ref _now);
        set => Volatile.Write(ref _now, value);
    }

    /// <summary>Keys there are, or may be, copies of.</summary>
    public int Count => _keys.Count;

    /// <summary>Whether calls have asked for keys since the last turn.</summary>
    public bool HasRequests => !_requests.IsEmpty;

    public IEnumerable<KeyLease> All => _keys.Values;

    public bool IsLeased(ushort partition, ReadOnlySpan<byte> name)
    {
        long now = Now;
        if (!_lookup.TryGetValue(name, out KeyLease? lease) || !IsValid(lease, now))
        {
            return false;
        }

        lease.Use(now);
        return true;
    }

    public void Bring(IReadOnlyList<KeyName> keys, Action done)
    {
        _requests.Enqueue(new BringRequest(keys, done));
        _wake();
    }

    public Stamp SeenThrough(ushort partition) => new(Volatile.Read(ref _seen[partition]));

    public void SetSeen(ushort partition, Stamp seen) => Volatile.Write(ref _seen[partition], seen.Value);

    public bool TryTakeRequest(out BringRequest? request) => _requests.TryDequeue(out request);

    public KeyLease? Find(ReadOnlySpan<byte> name) => _lookup.TryGetValue(name, out KeyLease? lease) ? lease : null;

    public KeyLease GetOrAdd(KeyName key)
    {
        if (!_keys.TryGetValue(key.Name, out KeyLease? lease))
        {
            lease = new KeyLease(key, Now);
            _keys[key.Name] = lease;
            _counts[key.Partition]++;
        }

        return lease;
    }

    public void Remove(KeyLease lease)
    {
        if (_keys.TryRemove(lease.Key.Name, out _))
        {
            _counts[lease.Key.Partition]--;
        }
    }

    /// <summary>Copies of a partition.</summary>
    public int CountOf(ushort partition) => _counts[partition];

    /// <summary>The lease on a whole partition, or null.</summary>
    public Grant? WholeOf(ushort partition) => Volatile.Read(ref _wholes[partition]);

    public void SetWhole(ushort partition, Grant? grant) => Volatile.Write(ref _wholes[partition], grant);

    /// <summary>Whether a key may be answered from here.</summary>
    public bool IsValid(KeyLease lease, long now) =>
        lease.Grant is { } grant && grant.IsKept(now, _options.SilenceMilliseconds) && now < EndOf(lease.Key.Partition, grant);

    /// <summary>When a lease ends: as it was given, or with that on the whole partition, if it lasted until that began.
    /// </summary>
    public long EndOf(ushort partition, Grant grant) =>
        WholeOf(partition) is { } whole && whole.Source == grant.Source && whole.Epoch == grant.Epoch &&
        grant.Until >= whole.Since
            ? Math.Max(grant.Until, whole.Until)
            : grant.Until;
}

/// <summary>Keys that a call waits for.</summary>
internal sealed class BringRequest(IReadOnlyList<KeyName> keys, Action done)
{
    private int _left = keys.Count;

    public IReadOnlyList<KeyName> Keys => keys;

    /// <summary>One of the keys can be answered from here.</summary>
    public void Brought()
    {
        if (--_left == 0)
        {
            done();
        }
    }
}
