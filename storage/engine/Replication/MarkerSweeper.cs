using Marekvs.Abstractions.Crdt;
using Marekvs.Storage.Engine.Execution;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Replication;

/// <summary>
/// Forgets markers when they have nothing left to say: of removals that overtook what they remove once that has
/// arrived, of counters that were reset once every node knows of the reset. Nothing is journaled, for that changes how
/// a record is written down, not what it says. Until then the key stays in memory.
/// </summary>
internal sealed class MarkerSweeper(Keyspace keyspace)
{
    private const int PerTickMax = 10_000;

    private readonly CallEffects _effects = new(keyspace.Partitions, keyspace.Types);
    private readonly Lock _gate = new();
    private Queue<(KeyEntry Entry, byte[] Suffix)> _watched = new();

    /// <summary>Records that hold markers.</summary>
    public int Count => _watched.Count;

    /// <summary>Takes records over that hold markers now; the gates of their shards are held.</summary>
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
                Interlocked.Increment(ref entry.Pins);
                _watched.Enqueue((entry, suffix));
            }
        }
    }

    /// <summary>One round over what is watched.</summary>
    public void Sweep()
    {
        for (int left = Math.Min(PerTickMax, _watched.Count); left > 0; left--)
        {
            (KeyEntry Entry, byte[] Suffix) watched;
            lock (_gate)
            {
                if (!_watched.TryDequeue(out watched))
                {
                    return;
                }
            }

            if (Holds(watched.Entry, watched.Suffix))
            {
                lock (_gate)
                {
                    _watched.Enqueue(watched);
                }
            }
            else
            {
                Interlocked.Decrement(ref watched.Entry.Pins);
            }
        }
    }

    /// <summary>Forgets what can be forgotten of a record.</summary>
    /// <returns>Whether it still holds markers.</returns>
    private bool Holds(KeyEntry entry, byte[] suffix)
    {
        Shard shard = keyspace.ShardOf(entry.Partition);
        lock (shard.Gate)
        {
            bool isValue = suffix[0] == keyspace.Types.Single?.Kind.Tag;
            RecordState state = entry.IsDropped ? default
                : isValue ? entry.Value
                : entry.Elements?.Get(suffix) ?? default;
            if (state.Cell is not { HasMarkers: true })
            {
                return false;
            }

            Cell cell = state.ToCell();
            int before = cell.Dots.Count + cell.Slots.Count + cell.Deadlines.Count;
            if (keyspace.IsHeld(entry.Partition))
            {
                keyspace.Prune(cell, entry.Partition);
            }
            else
            {
                keyspace.PruneCopy(cell, entry);
            }

            if (cell.Dots.Count + cell.Slots.Count + cell.Deadlines.Count == before)
            {
                return true;
            }

            RecordState left = RecordState.From(cell);
            if (isValue)
            {
                _effects.SetValue(entry, suffix[0], left);
            }
            else
            {
                _effects.SetElement(entry, suffix, left);
            }

            _effects.Reset();
            keyspace.Settle(shard, entry);
            return left.Cell is { HasMarkers: true };
        }
    }
}
