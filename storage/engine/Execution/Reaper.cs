using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Execution;

/// <summary>
/// Removes what is past its deadline: whole keys, and elements with a deadline of their own. Nothing is journaled, for
/// the deadline in the record says it all, here and on every other node.
/// </summary>
internal sealed class Reaper(Keyspace keyspace, ColdReader reader)
{
    private const int PerTickMax = 1000;

    private readonly CallTicket _ticket = new();
    private readonly List<(Shard Shard, KeyEntry Entry)> _incomplete = [];

    /// <summary>One round over everything due, in memory and in the store, up to a bound.</summary>
    /// <exception cref="Abstractions.Storage.StorageException">The store failed.</exception>
    public async Task ReapDueAsync()
    {
        // Up to here every node has seen what might have prolonged a life.
        long now = keyspace.Context.ReapedThrough;
        foreach (Shard shard in keyspace.Shards)
        {
            ReapQueued(shard, now);
        }

        if (keyspace.HasColdKeys)
        {
            ReapCold(now);
        }

        foreach ((Shard shard, KeyEntry entry) in _incomplete)
        {
            await ReapPagedAsync(shard, entry, now).ConfigureAwait(false);
        }

        _incomplete.Clear();
    }

    /// <summary>Removes a key, or elements of it, when their time is up. The gate of its shard is held, and the call has
    /// no effects.</summary>
    public void Reap(EngineCall call, Shard shard, KeyEntry entry, long now)
    {
        if (entry.IsDropped || !entry.HasContent)
        {
            return;
        }

        if (!entry.IsExpired(now))
        {
            ReapElements(call, shard, entry, now);
            return;
        }

        if (!entry.IsExpired(keyspace.Context.ReapedThrough))
        {
            // Hidden already; it goes when no node can have prolonged its life unheard.
            return;
        }

        if (shard.Watches.Count > 0)
        {
            shard.Watches.Expire(entry.Name);
        }

        call.Effects.Vanish(entry);
        call.Effects.Reset();
        keyspace.Settle(shard, entry);
        shard.Expired++;
        call.NoteChange(entry.Name);
        call.Notify(KeyspaceEvents.Expired, "expired", entry.Name);
        shard.Waiters.Offer(entry.Name, type: null);
    }

    private void ReapQueued(Shard shard, long now)
    {
        lock (shard.Gate)
        {
            EngineCall call = keyspace.Calls[shard.Index];
            call.Begin(now, default, readOnly: false, _ticket);
            for (int i = 0; i < PerTickMax && shard.Deadlines.TryPeek(out KeyEntry? entry, out long due) && due <= now; i++)
            {
                shard.Deadlines.Dequeue();
                if (due != entry.QueuedAttention)
                {
                    continue;
                }

                entry.QueuedAttention = Cell.NoDeadline;
                Reap(call, shard, entry, now);
                if (!entry.IsDropped)
                {
                    shard.QueueDeadline(entry);
                }
            }

            keyspace.Raise(call);
        }
    }

    /// <summary>Brings keys in that are due in the store, and reaps them before they can be dropped from memory again.
    /// </summary>
    private void ReapCold(long now)
    {
        foreach (ColdKey key in reader.ReadDue(now, PerTickMax))
        {
            var kept = new CallSupplies();
            reader.Load(key, kept);
            Shard shard = keyspace.ShardOf(key.Partition);
            lock (shard.Gate)
            {
                if (shard.Table.Find(key.Hash, key.Name) is { } entry)
                {
                    EngineCall call = keyspace.Calls[shard.Index];
                    call.Begin(now, default, readOnly: false, _ticket);
                    Reap(call, shard, entry, now);
                    keyspace.Raise(call);
                }
            }

            kept.Release();
        }
    }

    private void ReapElements(EngineCall call, Shard shard, KeyEntry entry, long now)
    {
        if (!(entry.Elements?.NextDeadline <= now))
        {
            return;
        }

        call.ReapElements(entry, PerTickMax);
        if (call.Needs.IsEmpty)
        {
            call.Effects.Reset();
            keyspace.Settle(shard, entry);
            return;
        }

        call.Effects.Undo();
        call.Needs.Clear();
        _incomplete.Add((shard, entry));
    }

    /// <summary>Reaps elements of a paged collection, whose records have to be read first.</summary>
    private async Task ReapPagedAsync(Shard shard, KeyEntry entry, long now)
    {
        while (!TryReapPaged(shard, entry, now))
        {
            await _ticket.WhenReady().ConfigureAwait(false);
            if (_ticket.Supplies.Failure is { } failure)
            {
                _ticket.Finish();
                throw failure;
            }
        }

        _ticket.Finish();
    }

    private bool TryReapPaged(Shard shard, KeyEntry entry, long now)
    {
        lock (shard.Gate)
        {
            if (entry.IsDropped || !(entry.Elements?.NextDeadline <= now))
            {
                return true;
            }

            EngineCall call = keyspace.Calls[shard.Index];
            call.Begin(now, default, readOnly: false, _ticket);
            call.ReapElements(entry, PerTickMax);
            if (call.Needs.IsEmpty)
            {
                keyspace.Commits.Conclude(call);
                return true;
            }

            call.Effects.Undo();
            _ticket.Park();
            keyspace.CountParked(1);
            reader.Ask(call.Needs.For(_ticket));
            return false;
        }
    }
}
