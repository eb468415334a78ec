using Marekvs.Abstractions.Records;

namespace Marekvs.Storage.Engine.Resident;

/// <summary>
/// The resident part of the partitions dealt to one writer. Everything in it, in its partitions and in their keys is
/// guarded by <see cref="Gate"/>; whoever holds it is the writer.
/// </summary>
internal sealed class Shard
{
    private readonly PartitionTable _partitions;

    /// <summary>Changed partitions in the order they changed first.</summary>
    public readonly Queue<ushort> DirtyPartitions = new();

    /// <summary>Deadlines of resident keys; entries may be stale, the key knows.</summary>
    public readonly PriorityQueue<KeyEntry, long> Deadlines = new();

    /// <summary>Lower bound of the stamp a running call may have taken, 0 for none.</summary>
    public ulong StampInFlight;

    /// <summary>Rows of keys the store has for this shard.</summary>
    public long StoredKeys;

    /// <summary>Resident keys that also have a row in the store.</summary>
    public long ResidentStoredKeys;

    /// <summary>Changes when a checkpoint batch of this shard reached the store: what was read before may be old.
    /// </summary>
    public long StoreEpoch;

    public long Keys;
    public long KeysWithDeadline;
    public long ResidentBytes;
    public long DirtyKeys;
    public long Hits;
    public long Misses;
    public long Expired;
    public long Dropped;

    public Shard(int index, PartitionTable partitions)
    {
        Index = index;
        _partitions = partitions;
        Waiters = new KeyWaiters(Gate);
    }

    public int Index { get; }

    public Lock Gate { get; } = new();

    public KeyTable Table { get; } = new();

    public KeyWaiters Waiters { get; }

    public KeyWatches Watches { get; } = new();

    /// <summary>The keys the store has.</summary>
    public StoredKeyFilter StoredFilter { get; } = new();

    /// <summary>Whether a key missing from the table may still be in the store.</summary>
    public bool HasColdKeys => StoredKeys > ResidentStoredKeys;

    /// <summary>Makes a key resident.</summary>
    public void Add(KeyEntry entry)
    {
        Table.Add(entry);
        Account(entry);
    }

    /// <summary>Lets go of a key; the store has it.</summary>
    public void Drop(KeyEntry entry)
    {
        Table.Remove(entry);
        ResidentBytes -= entry.AccountedCost;
        ResidentStoredKeys -= entry.IsStored ? 1 : 0;
        entry.Value = default;
        entry.Elements = null;
    }

    /// <summary>Brings the bytes in use up to date with what a key costs now.</summary>
    public void Account(KeyEntry entry)
    {
        long cost = entry.Cost;
        ResidentBytes += cost - entry.AccountedCost;
        entry.AccountedCost = cost;
    }

    /// <summary>Sees to it that a key is looked at when something in it expires.</summary>
    public void QueueDeadline(KeyEntry entry)
    {
        if (entry.HasContent && entry.Attention < entry.QueuedAttention)
        {
            entry.QueuedAttention = entry.Attention;
            Deadlines.Enqueue(entry, entry.Attention);
        }
    }

    /// <summary>Sees to it that the next checkpoint writes a key.</summary>
    public void MarkDirty(KeyEntry entry)
    {
        if (entry.IsDirty)
        {
            return;
        }

        entry.IsDirty = true;
        DirtyKeys++;
        entry.NextDirty = _partitions.DirtyKeys[entry.Partition];
        _partitions.DirtyKeys[entry.Partition] = entry;
        QueuePartition(entry.Partition);
    }

    /// <summary>The next checkpoint writes the row of a partition.</summary>
    public void QueuePartition(ushort partition)
    {
        if (!_partitions.IsQueued[partition])
        {
            _partitions.IsQueued[partition] = true;
            DirtyPartitions.Enqueue(partition);
        }
    }

    /// <summary>Ends a watch; the gate is not held.</summary>
    public void EndWatch(KeyWatch watch)
    {
        lock (Gate)
        {
            Watches.Remove(watch);
        }
    }

    /// <summary>Forgets all keys, those in the store too.</summary>
    public void Clear()
    {
        Table.Clear();
        Deadlines.Clear();
        Keys = KeysWithDeadline = StoredKeys = ResidentStoredKeys = 0;
        ResidentBytes = DirtyKeys = 0;
        StoredFilter.Clear();
        StoreEpoch++;
        DirtyPartitions.Clear();
    }

    /// <summary>Whether a key missing from the table may be in the store.</summary>
    public bool MayHaveCold(ulong hash) => HasColdKeys && StoredFilter.MayContain(hash);
}
