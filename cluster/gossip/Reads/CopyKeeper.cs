using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Cluster.Gossip.Ownership;

namespace Marekvs.Cluster.Gossip.Reads;

/// <summary>Looks after copies: leases of keys in use are renewed, copies that nobody used for a while are dropped.
/// </summary>
internal sealed class CopyKeeper(IReplica replica, ReadOptions options, LeaseTable table, PartitionKeeper partitions)
{
    private readonly PriorityQueue<KeyLease, long> _due = new();
    private readonly SortedSet<ushort> _wholes = [];
    private long _sweepAt;
    private ushort _sweptTo;

    /// <summary>Sets when a key is looked at.</summary>
    public void LookAt(KeyLease lease, long at)
    {
        lease.LookAt = at;
        _due.Enqueue(lease, at);
    }

    /// <summary>A whole partition is leased.</summary>
    public void KeepWhole(ushort partition) => _wholes.Add(partition);

    /// <summary>Whole partitions whose lease is to be renewed, before their keys are. Where few copies are left, or the
    /// lease is over, it ends.</summary>
    public List<ushort> DueWholes(long now)
    {
        var due = new List<ushort>();
        foreach (ushort partition in _wholes.ToArray())
        {
            Grant whole = table.WholeOf(partition)!;
            if (now >= whole.Until || !whole.IsKept(now, options.SilenceMilliseconds) || replica.Holdings.IsHeld(partition))
            {
                table.SetWhole(partition, null);
                _wholes.Remove(partition);
            }
            else if (now >= whole.Until - (2 * options.RenewBeforeMilliseconds) &&
                table.CountOf(partition) >= options.WholePartitionFrom / 2)
            {
                due.Add(partition);
            }
        }

        return due;
    }

    /// <param name="now">Milliseconds.</param>
    /// <param name="renew">Renews a lease.</param>
    /// <param name="release">Gives up the lease on a copy that was dropped.</param>
    public void Tick(long now, Action<KeyLease> renew, Action<KeyLease> release)
    {
        while (_due.TryPeek(out KeyLease? lease, out long at) && at <= now)
        {
            _due.Dequeue();
            if (lease.LookAt == at && table.Find(lease.Key.Name) == lease)
            {
                Look(lease, now, renew, release);
            }
        }

        if (now >= _sweepAt)
        {
            _sweepAt = now + options.SweepMilliseconds;
            Sweep(now);
        }
    }

    private void Look(KeyLease lease, long now, Action<KeyLease> renew, Action<KeyLease> release)
    {
        (ushort partition, byte[] name) = (lease.Key.Partition, lease.Key.Name);
        if (replica.Holdings.IsHeld(partition))
        {
            table.Remove(lease);
            return;
        }

        Grant? grant = lease.Grant;
        bool isValid = table.IsValid(lease, now);
        long end = grant is null ? now : table.EndOf(partition, grant);
        if (isValid && end - options.RenewBeforeMilliseconds > now)
        {
            // The whole partition is leased, and that longer.
            LookAt(lease, end - options.RenewBeforeMilliseconds);
        }
        else if ((isValid && grant!.Source is not null && lease.UsedAt > grant.Since) || replica.Copies.IsAwaited(partition, name))
        {
            LookAt(lease, now + options.RenewBeforeMilliseconds);
            renew(lease);
        }
        else if (now - lease.UsedAt < options.DropAfterMilliseconds)
        {
            LookAt(lease, Math.Max(now + 1, lease.UsedAt + options.DropAfterMilliseconds));
        }
        else if (partitions.HasCopies(partition) && replica.Copies.TryDrop(partition, name))
        {
            table.Remove(lease);
            release(lease);
        }
        else
        {
            LookAt(lease, now + options.RenewBeforeMilliseconds);
        }
    }

    /// <summary>Takes copies over that nobody remembers.</summary>
    private void Sweep(long now)
    {
        for (int i = 0; i < options.SweepPartitions; i++)
        {
            ushort partition = _sweptTo;
            _sweptTo = (ushort)((_sweptTo + 1) % Limits.Partitions);
            if (partitions.HasCopies(partition) && replica.Holdings.KeysIn(partition) > 0)
            {
                Adopt(partition, now);
            }
        }
    }

    private void Adopt(ushort partition, long now)
    {
        foreach (byte[] name in replica.Copies.ListCopies(partition).Where(name => table.Find(name) is null))
        {
            LookAt(table.GetOrAdd(new KeyName(partition, name)), now + options.DropAfterMilliseconds);
        }
    }
}
