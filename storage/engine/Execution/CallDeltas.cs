using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Storage.Engine.Journal;
using Marekvs.Storage.Engine.Replication;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Execution;

/// <summary>
/// Writes the deltas of a call into the entry to be, under the call's stamp, and tells what a record is once a delta
/// has been joined into it.
/// </summary>
internal sealed class CallDeltas(Keyspace keyspace, CallEffects effects)
{
    private bool _hasRemoved;

    /// <summary>The newest stamp the call has taken.</summary>
    public Dot Dot { get; private set; }

    public void Begin(Dot dot)
    {
        Dot = dot;
        _hasRemoved = false;
    }

    /// <summary>Takes a new stamp for a record that this call has already written or may have removed: under one stamp
    /// the first of two writes would win wherever they are joined, and a removal over either.</summary>
    public void RenewStamp(in RecordState old)
    {
        if (_hasRemoved || old.IsWrittenBy(Dot))
        {
            Renew();
        }
    }

    /// <summary>Takes a new stamp.</summary>
    public void Renew()
    {
        Dot = new Dot(keyspace.Clock.Tick(), Dot.Origin);
        _hasRemoved = false;
    }

    /// <summary>Takes a new stamp for the next command of a transaction.</summary>
    public void NextCommand()
    {
        if (Dot != default)
        {
            Renew();
        }
    }

    /// <summary>Whether a record holds something that the vector of a delete would not cover.</summary>
    public bool IsBeyondVector(KeyEntry entry, in RecordState state)
    {
        Cell cell = state.ToCell();
        foreach (CellDot dot in cell.Dots)
        {
            if (dot.IsLive && !keyspace.Context.IsApplied(entry.Partition, dot.Dot))
            {
                return true;
            }
        }

        foreach (CellDeadline deadline in cell.Deadlines)
        {
            if (deadline.IsLive && !keyspace.Context.IsApplied(entry.Partition, new Dot(deadline.Stamp, deadline.Origin)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the vector of a delete covers all there is in a key's partition. A copy's holds next to nothing.
    /// </summary>
    public bool IsTidy(KeyEntry entry) => keyspace.IsHeld(entry.Partition) && keyspace.Context.IsTidy(entry.Partition);

    /// <summary>Whether a write over a record needs to say nothing of what it replaces.</summary>
    public bool IsPlain(in RecordState old, in PutOptions options) =>
        old.IsPlain && (old.IsEmpty || old.Origin == Dot.Origin) && options.State == DotState.Live;

    /// <summary>Whether a write would leave a record as it is, but for a dot that says nothing to anybody.</summary>
    public bool IsUnchanged(
        KeyEntry entry, RecordKind kind, in RecordState old, ReadOnlySpan<byte> payload, long deadline) =>
        kind.Merge is null && old.IsPlain && old.Payload is not null && old.Origin == Dot.Origin &&
        old.Deadline == deadline && old.Visible.SequenceEqual(payload) &&
        !keyspace.IsSeenElsewhere(entry.Partition, old.Stamp);

    /// <summary>Writes a value that needs to say nothing of what it replaces.</summary>
    public void PutPlain(
        KeyEntry entry, RecordKind kind, ReadOnlySpan<byte> element, ReadOnlySpan<byte> payload, long deadline)
    {
        int token = BeginRecord(entry, kind.Tag, element);
        CellCodec.WriteSimple(effects.Body, Dot, deadline, payload);
        EndRecord(token);
    }

    public RecordState Put(
        KeyEntry entry,
        RecordKind kind,
        ReadOnlySpan<byte> element,
        in RecordState old,
        ReadOnlySpan<byte> payload,
        DotState state,
        long deadline) =>
        Join(entry, kind, element, old, CellDelta.Put(old.ToCell(), Dot, payload.ToArray(), state, deadline));

    public RecordState Increment(
        KeyEntry entry, RecordKind kind, ReadOnlySpan<byte> element, in RecordState old, CounterSum amount)
    {
        if (!TryCount(old, amount, out RecordState counted))
        {
            return Join(entry, kind, element, old, CellDelta.Increment(old.ToCell(), Dot, amount));
        }

        int token = BeginRecord(entry, kind.Tag, element);
        CellCodec.WriteIncrement(effects.Body, counted.ToSlot());
        EndRecord(token);
        return counted;
    }

    /// <summary>Advances the call's own counter slot, which the record has.</summary>
    public CounterSlot Increment(KeyEntry entry, RecordKind kind, in CounterSlot current, CounterSum amount)
    {
        CounterSlot next = CounterSlot.Add(current, Dot, amount);
        int token = BeginRecord(entry, kind.Tag, default);
        CellCodec.WriteIncrement(effects.Body, next);
        EndRecord(token);
        return next;
    }

    public RecordState Remove(KeyEntry entry, RecordKind kind, ReadOnlySpan<byte> element, in RecordState old)
    {
        _hasRemoved = true;
        bool isForgotten = old.IsPlain && old.Deadline == Cell.NoDeadline && keyspace.Context.IsSettled(entry.Partition, old.Dot);
        if (!isForgotten)
        {
            return Join(entry, kind, element, old, CellDelta.Remove(old.ToCell(), Dot));
        }

        int token = BeginRecord(entry, kind.Tag, element);
        CellCodec.WriteDead(effects.Body, old.Dot);
        EndRecord(token);
        return default;
    }

    /// <summary>Removes an element together with what others write to it before they know. Where nobody else writes, that
    /// is a removal like others.</summary>
    public RecordState RemoveFinally(KeyEntry entry, RecordKind kind, ReadOnlySpan<byte> element, in RecordState old)
    {
        if (keyspace.IsAlone)
        {
            return Remove(entry, kind, element, old);
        }

        RenewStamp(old);
        _hasRemoved = true;
        return Join(entry, kind, element, old, CellDelta.Put(old.ToCell(), Dot, default, DotState.Final));
    }

    /// <summary>Writes what is to be joined into an element under the dot it has.</summary>
    public RecordState Amend(
        KeyEntry entry, RecordKind kind, ReadOnlySpan<byte> element, in RecordState old, ReadOnlySpan<byte> payload)
    {
        int token = BeginRecord(entry, kind.Tag, element);
        CellCodec.WriteSimple(effects.Body, old.Dot, Cell.NoDeadline, payload);
        EndRecord(token);
        return old.Amended(Merge(kind, old.Visible, payload));
    }

    /// <summary>Removes what is seen of a collection's time to live.</summary>
    public RecordState RemoveRegister(KeyEntry entry)
    {
        RecordState old = entry.Elements!.Register;
        Cell delta = CellDelta.Remove(old.ToCell(), Dot);
        int token = BeginRecord(entry, StorageKeys.RegisterTag, default);
        delta.Write(effects.Body);
        EndRecord(token);
        _hasRemoved = true;
        return RecordState.From(Joined(old, delta, entry.Partition));
    }

    public RecordState Expire(
        KeyEntry entry, byte tag, ReadOnlySpan<byte> element, in RecordState old, long deadline)
    {
        RenewStamp(old);
        int token = BeginRecord(entry, tag, element);
        RecordState state;
        if (old.Cell is null && old.Payload is not null && old.Origin == Dot.Origin && deadline != Cell.NoDeadline)
        {
            CellCodec.WriteExpire(effects.Body, new CellDeadline(Dot.Origin, Dot.Stamp, deadline));
            state = old;
            state.Deadline = deadline;
            state.DeadlineStamp = Dot.Stamp;
        }
        else
        {
            Cell delta = CellDelta.Expire(old.ToCell(), Dot, deadline);
            Shipped(old, delta).Write(effects.Body);
            state = RecordState.From(Joined(old, delta, entry.Partition));
        }

        EndRecord(token);
        return state;
    }

    /// <summary>Deletes a collection as one vector: everything this node has applied, up to and with this write.
    /// </summary>
    public void Clear(KeyEntry entry)
    {
        VersionVector clear = keyspace.Context.AppliedWith(entry.Partition, Dot);
        int token = BeginRecord(entry, JournalEntry.ClearTag, default);
        clear.Write(effects.Body.Reserve(clear.EncodedLength));
        EndRecord(token);
        _hasRemoved = true;
    }

    /// <summary>Deletes everything this node has applied, up to and with this write.</summary>
    public void ClearEverything()
    {
        ClearVector clear = keyspace.Context.AppliedEverywhere(Dot);
        keyspace.Clears.Add(new PendingClear(JournalEntry.EveryPartition, [], clear, Dot.Stamp));
        int token = JournalEntry.BeginRecord(
            effects.Body, JournalEntry.EveryPartition, default, JournalEntry.ClearTag, default);
        clear.Write(effects.Body);
        EndRecord(token);
        _hasRemoved = true;
    }

    /// <summary>The record of a plain write.</summary>
    public RecordState Plain(byte[] payload, long deadline) => new()
    {
        Payload = payload,
        Length = payload.Length,
        Origin = Dot.Origin,
        Stamp = Dot.Stamp,
        Deadline = deadline,
        DeadlineStamp = deadline == Cell.NoDeadline ? Stamp.Zero : Dot.Stamp,
    };

    public static byte[] Merge(RecordKind kind, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var joined = new RecordWriter(left.Length + right.Length);
        kind.Merge!(left, right, joined);
        return joined.Written.ToArray();
    }

    /// <summary>Journals a delta and joins it into a record.</summary>
    private RecordState Join(
        KeyEntry entry, RecordKind kind, ReadOnlySpan<byte> element, in RecordState old, Cell delta)
    {
        int token = BeginRecord(entry, kind.Tag, element);
        Shipped(old, delta).Write(effects.Body);
        EndRecord(token);
        RecordState state = RecordState.From(Joined(old, delta, entry.Partition));
        return kind.Merge is not null && old.Payload is not null && state.Payload is not null
            ? state.Amended(Merge(kind, old.Visible, state.Visible))
            : state;
    }

    /// <summary>The way of nearly every INCR: a counter that this node alone has written and that fits the fields.
    /// </summary>
    private bool TryCount(in RecordState old, CounterSum amount, out RecordState counted)
    {
        counted = default;
        bool isOwn = old.IsEmpty || (old.IsCounter && old.Origin == Dot.Origin);
        if (!isOwn || !amount.IsInteger || !amount.TryGetInteger(out Int128 added))
        {
            return false;
        }

        Int128 total = old.Total + added;
        if (total < long.MinValue || total > long.MaxValue)
        {
            return false;
        }

        counted = RecordState.Counter(Dot, old.IsEmpty ? Dot.Stamp : old.DeadlineStamp, (long)total);
        return true;
    }

    /// <summary>What others get: the delta, and nothing that its writer only knows.</summary>
    private Cell Shipped(in RecordState old, Cell delta)
    {
        if (!keyspace.Faults.HasFlag(ReplicationFault.ShipMerged))
        {
            return delta;
        }

        Cell all = old.ToCell();
        all.Join(delta);
        return all;
    }

    private Cell Joined(in RecordState old, Cell delta, ushort partition)
    {
        Cell cell = old.ToCell();
        cell.Join(delta);
        keyspace.Context.Prune(cell, partition);
        return cell;
    }

    private int BeginRecord(KeyEntry entry, byte tag, ReadOnlySpan<byte> element) =>
        JournalEntry.BeginRecord(effects.Body, entry.Partition, entry.Name, tag, element);

    private void EndRecord(int token)
    {
        JournalEntry.EndRecord(effects.Body, token);
        effects.Records++;
    }
}
