using Marekvs.Abstractions.Crdt;
using Marekvs.Storage.Engine.Execution;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Replication;

/// <summary>
/// Removes the keys of partitions that this node does not keep, a few at a time, as if they had never been: nothing is
/// journaled, no marker is left, and nobody else hears of it. What was written here and may not have reached the owners
/// stays, and so does what is leased.
/// </summary>
internal sealed class PartitionSweeper(Keyspace keyspace, ColdReader reader)
{
    private const int KeysPerTick = 4096;

    private readonly CallEffects _effects = new(keyspace.Partitions, keyspace.Types);
    private readonly RecordJoins _joins = new(keyspace, reader);
    private Queue<ColdKey> _keys = new();
    private ushort? _partition;
    private Stamp _written;

    /// <summary>Keys removed since the start.</summary>
    public long Removed { get; private set; }

    /// <summary>One round.</summary>
    /// <exception cref="Abstractions.Storage.StorageException">The store failed.</exception>
    public void Sweep()
    {
        for (int left = KeysPerTick; left > 0; left--)
        {
            if (_partition is not { } partition)
            {
                if (!Next())
                {
                    return;
                }
            }
            else if (!_keys.TryDequeue(out ColdKey key) || keyspace.Held.Contains(partition))
            {
                keyspace.Held.RemoveDropped(partition);
                _partition = null;
            }
            else
            {
                Sweep(key);
            }
        }
    }

    /// <summary>Removes all of a partition; for the replay of the journal.</summary>
    public void SweepNow(ushort partition, Stamp written)
    {
        _written = written;
        foreach (ColdKey key in KeysOf(partition))
        {
            Sweep(key);
        }
    }

    private bool Next()
    {
        if (keyspace.Held.Dropped is not [(ushort partition, Stamp written), ..])
        {
            return false;
        }

        (_partition, _written) = (partition, written);
        _keys = new Queue<ColdKey>(KeysOf(partition));
        return true;
    }

    private IEnumerable<ColdKey> KeysOf(ushort partition)
    {
        List<ColdKey> stored = reader.KeysOf(partition);
        Shard shard = keyspace.ShardOf(partition);
        lock (shard.Gate)
        {
            IEnumerable<ColdKey> resident = shard.Table.OfPartition(partition)
                .Where(entry => !entry.IsBlank)
                .Select(entry => new ColdKey(entry.Hash, partition, entry.Name));
            return [.. stored.Concat(resident).DistinctBy(key => Convert.ToHexString(key.Name))];
        }
    }

    private void Sweep(in ColdKey key)
    {
        var supplies = new CallSupplies();
        try
        {
            reader.Load(key, supplies);
            Shard shard = keyspace.ShardOf(key.Partition);
            lock (shard.Gate)
            {
                if (shard.Table.Find(key.Hash, key.Name) is { IsBlank: false } entry && !IsKept(entry))
                {
                    Remove(shard, entry);
                }
            }
        }
        finally
        {
            supplies.Release();
        }
    }

    private void Remove(Shard shard, KeyEntry entry)
    {
        _effects.Vanish(entry);
        _effects.Reset();
        keyspace.Settle(shard, entry);
        if (shard.Watches.Count > 0)
        {
            shard.Watches.Change(entry.Name);
        }

        if (keyspace.Observer.IsWatching)
        {
            // From here on nobody would tell of changes.
            keyspace.Observer.Changed(by: null, [entry.Name]);
        }

        Removed++;
    }

    private bool IsKept(KeyEntry entry) =>
        (keyspace.Leases is { } leases && leases.IsLeased(entry.Partition, entry.Name)) ||
        IsNew(entry.Value) ||
        (entry.Elements is { } elements &&
            (IsNew(elements.Register) || _joins.Elements(entry).Any(element => IsNew(element.State))));

    /// <summary>Whether this node wrote something of a record later than the owners are known to have.</summary>
    private bool IsNew(in RecordState state)
    {
        if (state.IsEmpty)
        {
            return false;
        }

        Cell cell = state.ToCell();
        return cell.Dots.Any(dot => IsNew(dot.Dot)) ||
            cell.Deadlines.Any(entry => IsNew(new Dot(entry.Stamp, entry.Origin))) ||
            cell.Slots.Any(slot => IsNew(new Dot(slot.Updated, slot.Origin)));
    }

    private bool IsNew(Dot dot) => dot.Origin.Node == keyspace.Origin.Node && dot.Stamp > _written;
}
