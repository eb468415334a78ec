using Marekvs.Abstractions.Crdt;
using Marekvs.Storage.Engine.Execution;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Replication;

/// <summary>
/// Knows every record that holds what no reader sees, and forgets it when it has nothing left to say: markers of
/// removals that overtook what they remove once that has arrived, counters that were reset once every node knows of the
/// reset, deadlines without a value once they have passed everywhere. Nothing is journaled, for that changes how a
/// record is written down, not what it says. Until then the key stays in memory: without content it could not be found in
/// the store. Across restarts the list of such records is part of the checkpoint.
/// <para>The gate of a record's shard is always entered before the list's own.</para>
/// </summary>
internal sealed class MarkerSweeper(Keyspace keyspace, ColdReader reader)
{
    private const int PerTickMax = 10_000;

    private readonly CallEffects _effects = new(keyspace.Partitions, keyspace.Types);
    private readonly Lock _gate = new();
    private readonly SortedDictionary<ushort, HashSet<MarkedRecord>> _watched = [];
    private int _count;
    private int _next;

    /// <summary>Records that are watched.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes records over; the gates of their shards are held.</summary>
    public void Watch(List<(KeyEntry Entry, byte[] Suffix)> marked)
    {
        if (marked.Count == 0)
        {
            return;
        }

        lock (_gate)
        {
            foreach ((KeyEntry entry, byte[] suffix) in marked)
            {
                if (!_watched.TryGetValue(entry.Partition, out HashSet<MarkedRecord>? records))
                {
                    records = [];
                    _watched.Add(entry.Partition, records);
                }

                if (records.Add(new MarkedRecord(entry, suffix)))
                {
                    _count++;
                    Interlocked.Increment(ref entry.Pins);
                }
            }
        }
    }

    /// <summary>Whether some record of a partition is watched; the gate of its shard is held.</summary>
    public bool HasIn(ushort partition)
    {
        if (Count == 0)
        {
            return false;
        }

        lock (_gate)
        {
            return _watched.ContainsKey(partition);
        }
    }

    /// <summary>The records of a partition that are watched; the gate of its shard is held.</summary>
    public MarkedRecord[] In(ushort partition)
    {
        lock (_gate)
        {
            return _watched.TryGetValue(partition, out HashSet<MarkedRecord>? records) ? [.. records] : [];
        }
    }

    /// <summary>All records that are watched.</summary>
    public MarkedRecord[] All()
    {
        lock (_gate)
        {
            return [.. _watched.Values.SelectMany(records => records)];
        }
    }

    /// <summary>The markers alone that have something to say, for when everything else is forgotten; all gates are held.
    /// </summary>
    public List<(ushort Partition, byte[] Name, byte[] Suffix, RecordState Left)> Survivors()
    {
        var survivors = new List<(ushort, byte[], byte[], RecordState)>();
        foreach (MarkedRecord record in All())
        {
            Cell cell = StateOf(record).ToCell();
            cell.KeepMarkers();
            Prune(cell, record.Entry);
            if (!cell.IsEmpty)
            {
                survivors.Add((record.Entry.Partition, record.Entry.Name, record.Suffix, RecordState.From(cell)));
            }
        }

        return survivors;
    }

    /// <summary>Puts markers in place again.</summary>
    public void Readmit(List<(ushort Partition, byte[] Name, byte[] Suffix, RecordState Left)> survivors)
    {
        foreach ((ushort partition, byte[] name, byte[] suffix, RecordState left) in survivors)
        {
            KeyEntry entry = keyspace.Resident(partition, name);
            if (!entry.HasContent)
            {
                Put(entry, suffix, left);
                Watch(_effects.Marked);
                _effects.Reset();
                keyspace.Settle(keyspace.ShardOf(partition), entry);
            }
        }
    }

    /// <summary>One round over what is watched.</summary>
    public void Sweep()
    {
        foreach (MarkedRecord record in Next())
        {
            Shard shard = keyspace.ShardOf(record.Entry.Partition);
            lock (shard.Gate)
            {
                if (!Holds(shard, record))
                {
                    Forget(record);
                }
            }
        }
    }

    private List<MarkedRecord> Next()
    {
        var next = new List<MarkedRecord>();
        lock (_gate)
        {
            foreach ((ushort partition, HashSet<MarkedRecord> records) in _watched)
            {
                if (partition >= _next)
                {
                    next.AddRange(records);
                    if (next.Count >= PerTickMax)
                    {
                        _next = partition + 1;
                        return next;
                    }
                }
            }

            _next = 0;
            return next;
        }
    }

    private void Forget(MarkedRecord record)
    {
        lock (_gate)
        {
            ushort partition = record.Entry.Partition;
            HashSet<MarkedRecord> records = _watched[partition];
            records.Remove(record);
            if (records.Count == 0)
            {
                _watched.Remove(partition);
            }

            _count--;
        }

        Interlocked.Decrement(ref record.Entry.Pins);
    }

    /// <summary>Forgets what can be forgotten of a record.</summary>
    /// <returns>Whether it still holds markers.</returns>
    private bool Holds(Shard shard, MarkedRecord record)
    {
        (KeyEntry entry, byte[] suffix) = record;
        RecordState state = StateOf(record);
        if (!IsHidden(record, state))
        {
            return false;
        }

        Cell cell = state.ToCell();
        int before = cell.Dots.Count + cell.Slots.Count + cell.Deadlines.Count;
        Prune(cell, entry);
        if (!cell.IsVisible && !HasContent(record) && cell.EffectiveDeadline <= keyspace.Context.ReapedThrough)
        {
            cell.KeepMarkers();
        }

        if (cell.Dots.Count + cell.Slots.Count + cell.Deadlines.Count == before)
        {
            return true;
        }

        RecordState left = RecordState.From(cell);
        Put(entry, suffix, left);
        _effects.Reset();
        keyspace.Settle(shard, entry);
        return IsHidden(record, left);
    }

    private void Prune(Cell cell, KeyEntry entry)
    {
        if (keyspace.IsPartOfWhole(entry.Partition))
        {
            keyspace.Context.Prune(cell, entry.Partition);
        }
        else
        {
            keyspace.PruneCopy(cell, entry);
        }
    }

    /// <summary>Whether a record holds what no reader sees.</summary>
    private static bool IsHidden(MarkedRecord record, in RecordState state) =>
        !state.IsEmpty && (state.Cell is { HasMarkers: true } || (!state.IsVisible && !HasContent(record)));

    /// <summary>Whether a register has a collection to go with.</summary>
    private static bool HasContent(MarkedRecord record) =>
        record.Suffix[0] == StorageKeys.RegisterTag && record.Entry.HasContent;

    private void Put(KeyEntry entry, byte[] suffix, in RecordState state)
    {
        if (IsValue(suffix))
        {
            _effects.SetValue(entry, suffix[0], state);
        }
        else if (suffix[0] == StorageKeys.RegisterTag)
        {
            _effects.SetRegister(entry, state);
        }
        else
        {
            _effects.SetElement(entry, suffix, state);
        }
    }

    /// <summary>What a record is now; the gate of its shard is held.</summary>
    public RecordState StateOf(MarkedRecord record)
    {
        (KeyEntry entry, byte[] suffix) = record;
        if (entry.IsDropped)
        {
            return default;
        }

        if (IsValue(suffix) || entry.Elements is not { } elements)
        {
            return IsValue(suffix) ? entry.Value : default;
        }

        if (suffix[0] == StorageKeys.RegisterTag)
        {
            return elements.Register;
        }

        if (!elements.Knows(suffix))
        {
            reader.LoadElement(entry, suffix);
        }

        return elements.Get(suffix);
    }

    /// <summary>Brings records in again that held markers when the node stopped.</summary>
    /// <exception cref="Abstractions.Storage.StorageException">The store failed.</exception>
    public void Resume(MarkerList list)
    {
        var supplies = new CallSupplies();
        foreach ((ushort partition, byte[] name, byte[] suffix) in list.Records)
        {
            ulong hash = keyspace.HashOf(name);
            reader.Load(new ColdKey(hash, partition, name), supplies);
            Shard shard = keyspace.ShardOf(partition);
            lock (shard.Gate)
            {
                KeyEntry entry = shard.Table.Find(hash, name)!;
                if (!entry.HasContent && entry.Elements is null && suffix[0] != keyspace.Types.Single?.Kind.Tag)
                {
                    entry.Elements = reader.ReadHidden(entry);
                    entry.Elements.DigestSum = _effects.SumOf(entry);
                }

                Watch([(entry, suffix)]);
            }
        }

        supplies.Release();
    }

    private bool IsValue(byte[] suffix) => suffix[0] == keyspace.Types.Single?.Kind.Tag;
}

/// <summary>A record that holds markers.</summary>
/// <param name="Entry">Its key.</param>
/// <param name="Suffix">Its place in the key.</param>
internal readonly record struct MarkedRecord(KeyEntry Entry, byte[] Suffix)
{
    public bool Equals(MarkedRecord other) =>
        ReferenceEquals(Entry, other.Entry) && Suffix.AsSpan().SequenceEqual(other.Suffix);

    public override int GetHashCode() => (int)System.IO.Hashing.XxHash3.HashToUInt64(Suffix, (long)Entry.Hash);
}
