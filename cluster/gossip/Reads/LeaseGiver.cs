using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Cluster.Gossip.Reads;

/// <summary>
/// The one who is asked: sends keys of partitions it holds, remembers who copied them, and reads in its own journal what
/// happens to them, by whomever. A holder is not told of its own writes.
/// <para>
/// It tells how a changed record is, with its applied vector, and not what was written: joined causally that says the
/// same, removals included, whatever the holder has missed, and needs the holder to remember nothing.
/// </para>
/// </summary>
internal sealed class LeaseGiver(
    IReplica replica, ReadOptions options, Queue<Outgoing> outbox, long seed)
{
    private const int EndedAtOnce = 1024;

    private readonly LeaseRegistry _registry = new(seed);
    private readonly SortedDictionary<ushort, Asker> _askers = [];
    private readonly HashSet<Asker> _overrun = [];
    private PartitionSet _held = replica.Holdings.Held;
    private long _changesAt;

    /// <summary>Leases given, on keys and on partitions.</summary>
    public int Leases => _registry.Count + _askers.Values.Sum(asker => asker.Partitions.Count);

    /// <summary>Whether there is more to send than one turn allows.</summary>
    public bool HasMore => _askers.Values.Any(asker => asker.HasMore);

    /// <summary>Keys that were asked for.</summary>
    public long Fetches { get; private set; }

    public void Connect(ushort node) => _askers[node] = new Asker(node, replica, options, outbox);

    public void Disconnect(ushort node)
    {
        _askers.Remove(node);
        _registry.RemoveAll(node);
    }

    public void Take(ushort node, in FetchMessage fetch, long now)
    {
        Fetches++;
        Asker asker = _askers[node];
        ushort partition = fetch.Key.Partition;
        if (!replica.Holdings.IsHeld(partition))
        {
            asker.Answer(MessageKind.Refused, fetch.Id);
            return;
        }

        if (Leases == 0)
        {
            // Nobody needed to know what happened before.
            _changesAt = replica.Copies.End;
        }

        long until = now + options.LeaseMilliseconds;
        if (fetch.Scope == FetchScope.Partition)
        {
            asker.Partitions[partition] = until;
            asker.Answer(MessageKind.Fresh, fetch.Id);
            return;
        }

        // First the lease, then the look: what happens in between is told as well.
        if (!(asker.Partitions.TryGetValue(partition, out long told) && told >= until))
        {
            _registry.Grant(fetch.Key, node, until);
        }

        if (fetch.Scope == FetchScope.KeyUnlessSame && replica.Copies.HashOf(partition, fetch.Key.Name) == fetch.Hash)
        {
            asker.Answer(MessageKind.Fresh, fetch.Id);
        }
        else
        {
            asker.Serve(fetch.Id, fetch.Key);
        }
    }

    public void Taken(ushort node, ulong number) => _askers[node].Taken(number);

    public void Release(ushort node, KeyName[] keys)
    {
        foreach (KeyName key in keys)
        {
            _registry.Release(key.Name, node);
        }
    }

    public void Tick(long now)
    {
        FollowHoldings();
        ReadChanges(now);
        Forget(now);
        foreach (Asker asker in _askers.Values)
        {
            asker.HasLeases = _registry.CountOf(asker.Node) > 0 || asker.Partitions.Count > 0;
            asker.Tick(now);
        }
    }

    /// <summary>Ends leases on what is held no more: no stream tells of its changes.</summary>
    private void FollowHoldings()
    {
        if (ReferenceEquals(_held, replica.Holdings.Held))
        {
            return;
        }

        _held = replica.Holdings.Held;
        foreach (KeyName key in _registry.KeysWhere(partition => !replica.Holdings.IsHeld(partition)))
        {
            End(key);
        }

        foreach (Asker asker in _askers.Values.Where(asker => asker.Partitions.Keys.Any(partition => !replica.Holdings.IsHeld(partition))))
        {
            Reset(asker);
        }
    }

    private void ReadChanges(long now)
    {
        if (Leases == 0)
        {
            _changesAt = replica.Copies.End;
            return;
        }

        long next = replica.Copies.ReadChanges(_changesAt, options.ChangesBytes, (origin, key, record) => Note(origin, key, record, now));
        if (next < 0)
        {
            // The journal has gone on without it.
            next = replica.Copies.End;
            _overrun.UnionWith(_askers.Values);
        }

        _changesAt = next;
        foreach (Asker asker in _overrun)
        {
            Reset(asker);
        }

        _overrun.Clear();
    }

    private void Note(Origin origin, ChangedKey key, ReadOnlySpan<byte> record, long now)
    {
        if (key.Partition >= Abstractions.Limits.Partitions)
        {
            // Everything was deleted.
            _overrun.UnionWith(_askers.Values);
            return;
        }

        foreach ((ushort node, long until) in _registry.HoldersOf(key.Name))
        {
            if (node != origin.Node && until >= now)
            {
                Note(_askers[node], key, record);
            }
        }

        foreach (Asker asker in _askers.Values)
        {
            if (asker.Partitions.Count > 0 && asker.Node != origin.Node &&
                asker.Partitions.TryGetValue(key.Partition, out long until) && until >= now)
            {
                Note(asker, key, record);
            }
        }
    }

    private void Note(Asker asker, ChangedKey key, ReadOnlySpan<byte> record)
    {
        if (!asker.Note(key, record))
        {
            _overrun.Add(asker);
        }
    }

    /// <summary>Forgets leases that are over, and the oldest when there are too many.</summary>
    private void Forget(long now)
    {
        while (_registry.Oldest is { } oldest && oldest.Until < now)
        {
            _registry.Remove(oldest.Key.Name);
        }

        for (int i = 0; i < EndedAtOnce &&
            (_registry.Count > options.LeasesMax || _registry.NameBytes > options.LeasedNameBytesMax); i++)
        {
            End(_registry.Oldest!.Value.Key);
        }

        foreach (Asker asker in _askers.Values.Where(asker => asker.Partitions.Count > 0))
        {
            foreach ((ushort partition, long until) in asker.Partitions.ToArray())
            {
                if (until < now)
                {
                    asker.Partitions.Remove(partition);
                }
            }
        }
    }

    private void End(KeyName key)
    {
        foreach ((ushort node, _) in _registry.Remove(key.Name))
        {
            _askers[node].End([key]);
        }
    }

    private void Reset(Asker asker)
    {
        asker.Reset();
        _registry.RemoveAll(asker.Node);
    }
}
