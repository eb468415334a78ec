using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Storage.Engine.Journal;

namespace Marekvs.Storage.Engine.Replication;

/// <summary>Takes partitions over and gives them up: the applied vectors first, which say what may be missing, then the
/// data. What is done is in the journal before it is done.</summary>
internal sealed class PartitionHoldings(
    Keyspace keyspace, JournalLog journal, HeldPartitions held, StreamCursors cursors, KeyCopies copies,
    PartitionSweeper sweeper, Lock gate)
    : IPartitionHoldings
{
    private readonly RecordWriter _body = new();

    public PartitionSet Held => held.All;

    public PartitionSet Attached => keyspace.AppliedVectors.Attached;

    public bool IsHeld(ushort partition) => held.Contains(partition);

    public bool IsWhole(ushort partition, IEnumerable<Origin> writers) =>
        writers.Append(keyspace.Origin).All(writer => keyspace.AppliedVectors.IsContinuous(partition, writer));

    public void HoldNothing()
    {
        lock (gate)
        {
            if (TryAppend([JournalEntry.EveryPartition], new HoldingChange(HoldingEvent.HeldNothing, default)))
            {
                held.Set(PartitionSet.All.Members, isHeld: false);
            }
        }
    }

    public bool Hold(IReadOnlyCollection<ushort> partitions)
    {
        lock (gate)
        {
            if (!TryAppend(partitions, new HoldingChange(HoldingEvent.Held, default)))
            {
                return false;
            }

            held.Set(partitions, isHeld: true);
            return true;
        }
    }

    public bool Detach(IReadOnlyCollection<ushort> partitions)
    {
        lock (gate)
        {
            if (!TryAppend(partitions, new HoldingChange(HoldingEvent.Detached, default)))
            {
                return false;
            }

            held.Set(partitions, isHeld: false);
            foreach (ushort partition in partitions)
            {
                lock (keyspace.ShardOf(partition).Gate)
                {
                    keyspace.AppliedVectors.Detach(partition, Own);
                }
            }

            return true;
        }
    }

    public bool TryAttach(ushort partition)
    {
        lock (gate)
        {
            return held.Contains(partition) &&
                keyspace.AppliedVectors.TryAttach(partition, keyspace.Origin, cursors.Nodes);
        }
    }

    public bool Drop(IReadOnlyCollection<ushort> partitions, Stamp written)
    {
        lock (gate)
        {
            Invariant.That(!partitions.Any(keyspace.AppliedVectors.IsAttached), "what streams bring is not dropped");
            if (!TryAppend(partitions, new HoldingChange(HoldingEvent.Dropped, written)))
            {
                return false;
            }

            foreach (ushort partition in partitions)
            {
                lock (keyspace.ShardOf(partition).Gate)
                {
                    keyspace.AppliedVectors.Reset(partition, Own);
                    keyspace.Clears.Drop(partition);
                }

                copies.NoteDropped(partition, keyspace.Clock.Last);
                held.AddDropped(partition, written);
            }

            return true;
        }
    }

    public bool IsDropping(ushort partition) => held.IsDropped(partition);

    public long KeysIn(ushort partition) => Volatile.Read(ref keyspace.Partitions.Keys[partition]);

    /// <summary>Does again what the journal tells of.</summary>
    public void Replay(ushort partition, HoldingChange change)
    {
        var own = new Dot(keyspace.AppliedVectors.BaseOf(keyspace.Origin), keyspace.Origin);
        switch (change.What)
        {
            case HoldingEvent.HeldNothing:
                held.Set(PartitionSet.All.Members, isHeld: false);
                break;
            case HoldingEvent.Held:
                held.Set([partition], isHeld: true);
                break;
            case HoldingEvent.Detached:
                held.Set([partition], isHeld: false);
                keyspace.AppliedVectors.Detach(partition, own);
                break;
            case HoldingEvent.Dropped:
                keyspace.AppliedVectors.Reset(partition, own);
                keyspace.Clears.Drop(partition);
                sweeper.SweepNow(partition, change.Written);
                break;
        }
    }

    /// <summary>Own writes up to here are in memory, those of the gate's shard included, which is held.</summary>
    private Dot Own => new(keyspace.Context.ClosedStamp(), keyspace.Origin);

    private bool TryAppend(IReadOnlyCollection<ushort> partitions, HoldingChange change)
    {
        _body.Clear();
        foreach (ushort partition in partitions)
        {
            change.Append(_body, partition);
        }

        return partitions.Count == 0 ||
            journal.TryAppend(_body.Written, partitions.Count, Stamp.Zero, Stamp.Zero, default) >= 0;
    }
}
