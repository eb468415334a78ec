using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Execution;

/// <summary>
/// Keeps resident data within its bound: clean data that nobody used lately is dropped a little at every call, and
/// writes that would outgrow the bound wait for a checkpoint, after which there is clean data to drop.
/// </summary>
internal sealed class MemoryBound(Keyspace keyspace)
{
    private const int PagesPerCall = 4;

    private readonly Queue<CallTicket> _waiting = new();

    /// <summary>Parks a write until a checkpoint has passed.</summary>
    public ExecuteOutcome Park(CallTicket ticket)
    {
        ticket.Park();
        ticket.HasWaitedForMemory = true;
        lock (_waiting)
        {
            _waiting.Enqueue(ticket);
        }

        keyspace.RequestCheckpoint();
        _ = Task.Run(keyspace.TickAsync);
        return ExecuteOutcome.Parked;
    }

    /// <summary>Lets the writes that wait go on.</summary>
    public void Resume()
    {
        lock (_waiting)
        {
            while (_waiting.TryDequeue(out CallTicket? ticket))
            {
                ticket.Resume();
            }
        }
    }

    /// <summary>Drops data when a shard holds more than it may. Its gate is held.</summary>
    public void Keep(Shard shard)
    {
        if (shard.ResidentBytes > LimitOf(shard))
        {
            Evict(shard, PagesPerCall);
        }
    }

    /// <summary>What a shard's resident data may take: its part, less what knowing the stored keys takes.</summary>
    private long LimitOf(Shard shard)
    {
        long part = keyspace.MemoryMax / keyspace.Shards.Length;
        return Math.Max(part / 4, part - shard.StoredFilter.Bytes);
    }

    /// <summary>Whether a shard holds so much that a write must wait until a checkpoint lets clean data go.</summary>
    public bool IsExceeded(Shard shard)
    {
        long limit = LimitOf(shard);
        if (shard.ResidentBytes <= limit + (limit / 8))
        {
            return false;
        }

        Evict(shard, PagesPerCall);
        return shard.ResidentBytes > limit + (limit / 8);
    }

    /// <summary>Drops all data that the store has, used lately or not.</summary>
    public void DropClean()
    {
        foreach (Shard shard in keyspace.Shards)
        {
            List<KeyEntry> entries = [];
            for (ulong? from = 0; from is { } at;)
            {
                lock (shard.Gate)
                {
                    entries.Clear();
                    from = shard.Table.Collect(at, 1, entries);
                    entries.ForEach(entry => TryDrop(shard, entry));
                }
            }
        }
    }

    /// <summary>Drops clean entries the clock hand has not seen used, until the shard fits. Large collections give up
    /// elements instead, used or not, so that a hot one cannot outgrow the bound.</summary>
    private void Evict(Shard shard, int pages)
    {
        long limit = LimitOf(shard);
        List<KeyEntry> page = keyspace.Calls[shard.Index].EvictionPage;
        for (int i = 0; i < pages && shard.ResidentBytes > limit; i++)
        {
            page.Clear();
            shard.Table.NextUnderHand(page);
            foreach (KeyEntry entry in page)
            {
                if (entry.Elements is { } elements && !entry.IsFlushing && !entry.IsTouched &&
                    (elements.IsPaged || elements.Tree.Count > keyspace.ResidentElementsMax))
                {
                    elements.Trim(!entry.IsDirty, shard.ResidentBytes > limit + (limit / 16), keyspace.Runs);
                    shard.Account(entry);
                }

                if (entry.IsUsed)
                {
                    entry.IsUsed = false;
                }
                else
                {
                    TryDrop(shard, entry);
                }
            }
        }

        if (shard.ResidentBytes > limit && shard.DirtyKeys > shard.Table.Count / 2)
        {
            keyspace.RequestCheckpoint();
        }
    }

    /// <summary>Drops an entry unless it is ahead of the store or in use.</summary>
    private static void TryDrop(Shard shard, KeyEntry entry)
    {
        if (!entry.IsDirty && !entry.IsFlushing && !entry.IsTouched && Volatile.Read(ref entry.Pins) == 0)
        {
            shard.Drop(entry);
            shard.Dropped++;
        }
    }
}
