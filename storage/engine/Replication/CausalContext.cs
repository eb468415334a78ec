using Marekvs.Abstractions;
using Marekvs.Abstractions.Crdt;
using Marekvs.Storage.Engine.Journal;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Replication;

/// <summary>
/// The causal context of this node: which writes are applied here, in every partition, and which every other replica
/// has. It decides what a record may forget, what a write has seen, and whether something that is absent was deleted or
/// has not come yet.
/// </summary>
internal sealed class CausalContext(Keyspace keyspace)
{
    /// <summary>Every own write stamped up to here is in the journal before whatever is appended next.</summary>
    public Stamp ClosedStamp(Shard? entered = null)
    {
        ulong closed = keyspace.Clock.Last.Value;
        foreach (Shard shard in keyspace.Shards)
        {
            ulong inFlight = ReferenceEquals(shard, entered) ? 0 : Volatile.Read(ref shard.StampInFlight);
            if (inFlight != 0)
            {
                closed = Math.Min(closed, inFlight - 1);
            }
        }

        return new Stamp(closed);
    }

    /// <summary>Whether a dot is applied in a partition, or in all of them. Where a partition is not held nothing is: what
    /// is not there may never have been. One that is on its way has a vector of its own.</summary>
    public bool IsApplied(ushort partition, Dot dot) =>
        partition == JournalEntry.EveryPartition
            ? dot.Origin == keyspace.Origin || dot.Stamp <= keyspace.AppliedVectors.BaseOf(dot.Origin)
            : HasVector(partition) && (keyspace.AppliedVectors.Covers(partition, dot) ||
                (dot.Origin == keyspace.Origin && keyspace.IsHeld(partition) &&
                    keyspace.AppliedVectors.IsContinuous(partition, keyspace.Origin)));

    /// <summary>Whether the applied vector will go on saying that a dot is applied, so that its removal need not be
    /// remembered: that of a partition which is not held is forgotten one day.</summary>
    public bool IsSettled(ushort partition, Dot dot) => keyspace.IsHeld(partition) && IsApplied(partition, dot);

    /// <summary>The applied vector of a partition.</summary>
    public VersionVector AppliedIn(ushort partition)
    {
        // Read before the vector: whatever it covers is in memory then.
        Stamp closed = ClosedStamp();
        bool isOwnWhole = HasVector(partition) && keyspace.AppliedVectors.IsContinuous(partition, keyspace.Origin);
        return AppliedWith(partition, new Dot(isOwnWhole ? closed : Stamp.Zero, keyspace.Origin));
    }

    /// <summary>The applied vector of a partition, or of all, with this node's own entry at least at a dot.</summary>
    public VersionVector AppliedWith(ushort partition, Dot dot)
    {
        VersionVector vector = partition == JournalEntry.EveryPartition ? keyspace.AppliedVectors.Base
            : HasVector(partition) ? keyspace.AppliedVectors.In(partition)
            : new VersionVector();
        vector.Raise(dot.Origin, dot.Stamp);
        return vector;
    }

    /// <summary>What is applied in all partitions, with this node's own entry at least at a dot, and what more in some.
    /// </summary>
    public ClearVector AppliedEverywhere(Dot dot)
    {
        VersionVector common = AppliedWith(JournalEntry.EveryPartition, dot);
        var all = new ClearVector(common);
        for (ushort partition = 0; partition < Limits.Partitions; partition++)
        {
            if (HasVector(partition) && keyspace.AppliedVectors.IsBeyond(partition, common))
            {
                VersionVector vector = keyspace.AppliedVectors.In(partition);
                vector.Join(common);
                all.Put(partition, vector);
            }
        }

        return all;
    }

    /// <summary>Whether this node knows of nothing in a partition that its applied vector does not cover.</summary>
    public bool IsTidy(ushort partition) => HasVector(partition) && keyspace.AppliedVectors.IsTidy(partition) &&
        !keyspace.Clears.IsAwaited(partition, dot => IsApplied(partition, dot));

    /// <summary>Notes a write that was heard of.</summary>
    public void Mention(ushort partition, Dot dot)
    {
        if (dot.Origin != keyspace.Origin && HasVector(partition))
        {
            keyspace.AppliedVectors.Mention(partition, dot);
        }
    }

    /// <summary>Notes the writes that a record speaks of.</summary>
    public void Mention(ushort partition, Cell cell, Origin except)
    {
        foreach (CellDot dot in cell.Dots)
        {
            if (dot.Origin != except)
            {
                Mention(partition, dot.Dot);
            }
        }

        foreach (CellDeadline entry in cell.Deadlines)
        {
            if (entry.Origin != except)
            {
                Mention(partition, new Dot(entry.Stamp, entry.Origin));
            }
        }

        foreach (CounterSlot slot in cell.Slots)
        {
            if (slot.Origin != except)
            {
                Mention(partition, new Dot(slot.Updated, slot.Origin));
            }
        }
    }

    /// <summary>Takes out of a record what says nothing any more.</summary>
    public void Prune(Cell cell, ushort partition)
    {
        bool isCovered(Dot dot) =>
            keyspace.Faults.HasFlag(ReplicationFault.ForgetMarkers) || IsSettled(partition, dot);
        bool isActive(Origin origin) =>
            keyspace.Faults.HasFlag(ReplicationFault.DropRetired) || keyspace.IsActive(partition, origin);
        cell.Prune(isCovered, StableIn(partition), isActive);
    }

    /// <summary>Up to where every active replica of a partition has applied everything.</summary>
    public Stamp StableIn(ushort partition)
    {
        Stamp now = Stamp.Max(keyspace.Clock.Last, Stamp.FromUnixMilliseconds(keyspace.Clock.NowMilliseconds));
        return keyspace.IsReplaying ? Stamp.Zero
            : keyspace.Faults.HasFlag(ReplicationFault.ForgetResets) ? now
            : keyspace.StableThrough(partition, now);
    }

    /// <summary>A deadline up to here is final: unix milliseconds.</summary>
    public long ReapedThrough =>
        Math.Min(keyspace.Clock.NowMilliseconds, StableIn(JournalEntry.EveryPartition).UnixMilliseconds);

    /// <summary>Whether the applied vector says anything of a partition: one that is not held has its own or none.
    /// </summary>
    private bool HasVector(ushort partition) => keyspace.IsHeld(partition) || !keyspace.AppliedVectors.IsAttached(partition);
}
