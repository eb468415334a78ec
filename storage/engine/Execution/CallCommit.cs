using Marekvs.Abstractions;
using Marekvs.Abstractions.Crdt;
using Marekvs.Storage.Engine.Journal;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Execution;

/// <summary>How a call that ended well becomes true: its entry in the journal, then everything that follows from it.
/// </summary>
internal sealed class CallCommit(Keyspace keyspace, JournalLog journal)
{
    /// <summary>Appends the call's entry to the journal: from then on it has happened.</summary>
    /// <returns>False when the journal cannot take it.</returns>
    public bool TryAppend(EngineCall call, bool writes, CallTicket ticket, Shard first)
    {
        CallEffects effects = call.Effects;
        if (effects.Records == 0)
        {
            return true;
        }

        Invariant.That(writes, "only a command whose row says so writes");
        long end = journal.TryAppend(effects.Body.Written, effects.Records, call.Dot.Stamp, keyspace.Context.ClosedStamp(first), keyspace.Origin);
        if (end < 0)
        {
            return false;
        }

        ticket.JournalPosition = end;
        ticket.LastPartition = effects.Touched.Count > 0 ? effects.Touched[0].Partition : null;
        return true;
    }

    /// <summary>After the commit: derived state, waiting calls, notifications, expiry.</summary>
    public void Conclude(EngineCall call)
    {
        int created = 0;
        foreach (KeyEntry entry in call.Effects.Touched)
        {
            Shard shard = keyspace.ShardOf(entry.Partition);
            bool existed = entry.IsCounted;
            entry.WrittenThrough = Stamp.Max(entry.WrittenThrough, call.Dot.Stamp);
            keyspace.Settle(shard, entry);
            call.NoteChange(entry.Name);
            if (!existed && entry.IsCounted)
            {
                call.NotifyNew(created++, entry.Name);
            }

            if (shard.Waiters.Count > 0)
            {
                shard.Waiters.Offer(entry.Name, entry.IsCounted ? keyspace.TypeOf(entry) : null);
            }

            if (shard.Watches.Count > 0)
            {
                shard.Watches.Change(entry.Name);
            }
        }

        if (call.Effects.Touched.Count > 0)
        {
            Shard shard = keyspace.ShardOf(call.Effects.Touched[0].Partition);
            keyspace.Memory.Keep(shard);
        }

        keyspace.Sweeper.Watch(call.Effects.Marked);
        call.Effects.Reset();
        foreach (KeyEntry entry in call.Expired)
        {
            keyspace.Reaper.Reap(call, keyspace.ShardOf(entry.Partition), entry, call.Now);
        }

        if (call.IsFlushRequested)
        {
            ForgetEverything(call);
        }

        keyspace.Raise(call);
    }

    /// <summary>FLUSHALL in memory: all gates are held. What the same call wrote afterwards stays.</summary>
    private void ForgetEverything(EngineCall call)
    {
        // A removal that overtook what it removes still has to meet it.
        var survivors = keyspace.Sweeper.Survivors();
        keyspace.Partitions.Clear();
        foreach (Shard shard in keyspace.Shards)
        {
            var all = new List<KeyEntry>(shard.Table.Count);
            shard.Table.Collect(0, int.MaxValue, all);
            shard.Clear();
            foreach (KeyEntry entry in all)
            {
                if (call.HasFlushedInPlace && entry.HasContent)
                {
                    Readmit(shard, entry, call.Effects);
                    continue;
                }

                entry.IsDropped = true;
                entry.Revision++;
                shard.Waiters.Offer(entry.Name, type: null);
            }

            shard.Watches.ChangeExisting();
        }

        keyspace.Sweeper.Readmit(survivors);
        keyspace.RequestPurge();
    }

    /// <summary>Takes a key in again that was written after everything was flushed; the store will have nothing of it.
    /// </summary>
    private void Readmit(Shard shard, KeyEntry entry, CallEffects effects)
    {
        entry.IsDirty = entry.IsCounted = entry.HasCountedDeadline = false;
        entry.IsStored = entry.IsValueStored = false;
        entry.NextDirty = null;
        entry.StoredAttention = entry.QueuedAttention = Cell.NoDeadline;
        entry.AccountedCost = 0;
        shard.Add(entry);
        effects.AddToDigest(entry);
        keyspace.Settle(shard, entry);
    }
}
