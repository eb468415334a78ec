using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Storage.Engine.Execution;
using Marekvs.Storage.Engine.Journal;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Replication;

/// <summary>
/// Joins deltas into what is resident: those of the journal after a start, and those of peers. The gates of the keys are
/// held; who calls settles the keys touched.
/// </summary>
internal sealed class RecordJoins(Keyspace keyspace, ColdReader reader)
{
    private readonly RecordWriter _suffix = new(64);
    private bool _isReplay;

    /// <summary>What the joins of one entry changed.</summary>
    public CallEffects Effects { get; } = new(keyspace.Partitions, keyspace.Types);

    /// <summary>Joins one record of an entry.</summary>
    /// <param name="entry">Its key, resident.</param>
    /// <param name="record">The record.</param>
    /// <param name="stamp">The newest stamp of the entry.</param>
    /// <param name="isReplay">Whether the entry comes from this node's own journal, where what deletes something always
    /// follows it; from a peer, what is applied already may be deleted here and must not come back.</param>
    /// <exception cref="RecordFormatException">It does not decode.</exception>
    public void Join(KeyEntry entry, in JournalEntry.RecordEnumerator record, Stamp stamp, bool isReplay)
    {
        _isReplay = isReplay;
        Expire(entry, stamp.UnixMilliseconds);
        Join(entry, record.Tag, record.Element, record.Delta, stamp);
        if (!isReplay)
        {
            KeepNewerThanDeadline(entry, Math.Max(keyspace.Clock.NowMilliseconds, stamp.UnixMilliseconds));
        }
    }

    /// <summary>Notes what an entry says that lies beyond the applied vector.</summary>
    /// <param name="record">A record of the entry.</param>
    /// <param name="dot">The entry's newest stamp, and who wrote it; nobody when anti-entropy brought it.</param>
    /// <param name="isOpen">Whether the entry comes before all that its origin wrote earlier.</param>
    public void Mention(in JournalEntry.RecordEnumerator record, Dot dot, bool isOpen)
    {
        ushort partition = record.Partition;
        if (dot.Origin != default && (isOpen || keyspace.AppliedVectors.HasOwnVector(partition)))
        {
            keyspace.AppliedVectors.Mention(partition, dot);
        }

        if (record.Tag == JournalEntry.ClearTag)
        {
            foreach ((Origin origin, Stamp stamp) in VersionVector.Read(record.Delta, out _).Entries)
            {
                if (origin != dot.Origin)
                {
                    keyspace.Context.Mention(partition, new Dot(stamp, origin));
                }
            }
        }
        else if (!CellCodec.TryReadSimple(record.Delta, out _, out _, out _))
        {
            keyspace.Context.Mention(partition, CellCodec.Read(record.Delta), dot.Origin);
        }
    }

    /// <summary>Puts a joined record in place.</summary>
    public void Put(KeyEntry entry, ReadOnlySpan<byte> suffix, in RecordState state)
    {
        if (suffix[0] == StorageKeys.RegisterTag)
        {
            Effects.SetRegister(entry, state);
        }
        else if (suffix[0] == keyspace.Types.Single?.Kind.Tag)
        {
            Effects.SetValue(entry, suffix[0], state);
        }
        else
        {
            Effects.SetElement(entry, suffix, state);
        }

    }

    /// <summary>
    /// A key whose deadline has passed may have got something that was written after the deadline by a node that did not
    /// know the rest: the old goes with its deadline, the new stays.
    /// </summary>
    public void KeepNewerThanDeadline(KeyEntry entry, long now)
    {
        if (!entry.HasContent || !entry.IsExpired(now))
        {
            return;
        }

        long deadline = entry.Deadline;
        if (!entry.Value.IsEmpty)
        {
            Cell value = entry.Value.ToCell();
            if (value.DropOlderThan(deadline))
            {
                Effects.SetValue(entry, keyspace.Types.Single!.Kind.Tag, RecordState.From(value));
            }
        }

        if (entry.Elements is not { IsVisible: true } || entry.Value.IsVisible)
        {
            return;
        }

        var kept = new List<StoredElement>();
        foreach ((byte[] suffix, RecordState state) in Elements(entry))
        {
            Cell cell = state.ToCell();
            if (cell.DropOlderThan(deadline))
            {
                kept.Add(new StoredElement(suffix, RecordState.From(cell)));
            }
        }

        if (kept.Count == 0)
        {
            // All of it is hidden already and goes when its time has come.
            return;
        }

        Effects.EmptyElements(entry);
        kept.ForEach(element => Effects.SetElement(entry, element.Suffix, element.State));
    }

    /// <summary>Joins a delete of a key or of everything; a key that there is is resident.</summary>
    public void Clear(PendingClear clear)
    {
        if (clear.IsOfEverything)
        {
            ClearEverything(clear.Vector, clear.Stamp);
            return;
        }

        keyspace.Clears.Add(clear);
        foreach ((Origin origin, Stamp stamp) in clear.Vector.Common.Entries)
        {
            keyspace.Context.Mention(clear.Partition, new Dot(stamp, origin));
        }

        Shard shard = keyspace.ShardOf(clear.Partition);
        if (shard.Table.Find(keyspace.HashOf(clear.Name), clear.Name) is { } entry)
        {
            ClearKey(entry, clear.Vector.Common);
        }
    }

    /// <summary>FLUSHALL: what the vectors cover goes, wherever it is; what came after stays. All gates are held, or
    /// nobody else is there yet.</summary>
    public void ClearEverything(ClearVector clear, Stamp stamp)
    {
        keyspace.Clears.Add(new PendingClear(JournalEntry.EveryPartition, [], clear, stamp));
        var supplies = new CallSupplies();
        var request = new KeyPageRequest(0, int.MaxValue);
        foreach (StoredKey stored in keyspace.Purge.IsPending ? [] : reader.ReadPage(request).Keys)
        {
            lock (keyspace.ShardOf(stored.Partition).Gate)
            {
                reader.Load(new ColdKey(stored.Hash, stored.Partition, stored.Name), supplies);
            }
        }

        foreach (Shard shard in keyspace.Shards)
        {
            lock (shard.Gate)
            {
                var all = new List<KeyEntry>();
                shard.Table.Collect(0, int.MaxValue, all);
                foreach (KeyEntry entry in all)
                {
                    VersionVector vector = clear.In(entry.Partition);
                    if (!entry.Value.IsEmpty)
                    {
                        Effects.SetValue(
                            entry, keyspace.Types.Single!.Kind.Tag, Cleared(entry.Value, vector, withCounters: true));
                    }

                    ClearKey(entry, vector, withCounters: true);
                }
            }
        }

        supplies.Release();
    }

    /// <summary>All elements of a collection, wherever they are; they may be changed on the way.</summary>
    public IEnumerable<StoredElement> Elements(KeyEntry entry)
    {
        Collection elements = entry.Elements!;
        var resident = new List<StoredElement>(elements.Tree.Count);
        for (ElementTree.Position at = elements.Tree.First(); at.IsValid; at = at.Next())
        {
            if (!keyspace.Types.IsDerived(at.Suffix[0]))
            {
                resident.Add(new StoredElement(at.Suffix, at.Item.State));
            }
        }

        return elements.IsPaged ? resident.Concat(reader.ReadUnknown(entry)) : resident;
    }

    /// <summary>Removes what had expired when a delta was written. Expiry is not journaled, and an old time to live must
    /// not attach to what came after it.</summary>
    private void Expire(KeyEntry entry, long then)
    {
        if (entry.HasContent && entry.IsExpired(then))
        {
            Effects.Vanish(entry);
            return;
        }

        while (entry.Elements is { IsPaged: false } elements && elements.NextDeadline <= then)
        {
            byte[] derived = elements.Tree.Seek([StorageKeys.ElementDeadlineTag]).Suffix;
            Effects.VanishElement(entry, StorageKeys.ElementIn(derived));
        }
    }

    private void Join(KeyEntry entry, byte tag, ReadOnlySpan<byte> element, ReadOnlySpan<byte> delta, Stamp stamp)
    {
        if (tag == JournalEntry.ClearTag)
        {
            VersionVector clear = VersionVector.Read(delta, out _);
            if (!keyspace.Faults.HasFlag(ReplicationFault.ForgetClear))
            {
                keyspace.Clears.Add(new PendingClear(entry.Partition, entry.Name, new ClearVector(clear), stamp));
            }

            if (keyspace.Faults.HasFlag(ReplicationFault.AdoptClears))
            {
                Adopt(clear.Entries);
            }

            ClearKey(entry, clear);
            return;
        }

        if (tag == StorageKeys.RegisterTag)
        {
            RecordState register = Joined(entry.Elements?.Register ?? default, delta, kind: null, entry);
            Put(entry, [tag], register);
            return;
        }

        RecordKind kind = keyspace.Types.KindOf(tag) ?? throw new RecordFormatException(
            $"no loaded module knows record kind {tag}");
        if (ReferenceEquals(kind, keyspace.Types.Single?.Kind))
        {
            Put(entry, [tag], Joined(entry.Value, delta, kind, entry));
            return;
        }

        ElementSuffix.Write(_suffix, kind, element);
        if (entry.Elements?.Knows(_suffix.Written) == false)
        {
            reader.LoadElement(entry, _suffix.Written.ToArray());
        }

        RecordState old = entry.Elements?.Get(_suffix.Written) ?? default;
        RecordState joined = Joined(old, delta, kind, entry);
        if (!joined.IsEmpty || !old.IsEmpty)
        {
            Put(entry, _suffix.Written, joined);
        }
    }

    private RecordState Joined(in RecordState old, ReadOnlySpan<byte> delta, RecordKind? kind, KeyEntry entry)
    {
        ushort partition = entry.Partition;
        if (kind?.IsAmendment is { } isAmendment &&
            CellCodec.TryReadSimple(delta, out Dot dot, out _, out ReadOnlySpan<byte> said) && isAmendment(said))
        {
            return Amended(old, dot, said, kind, partition);
        }

        if (old.IsEmpty && keyspace.Clears.IsEmpty)
        {
            RecordState fresh = RecordState.Read(delta);
            if (fresh.Cell is null && (_isReplay || !IsKnown(partition, fresh)))
            {
                return fresh;
            }
        }

        Cell brought = CellCodec.Read(delta);
        if (!_isReplay && (keyspace.Faults & (ReplicationFault.ApplyTwice | ReplicationFault.ShipMerged)) == 0)
        {
            brought.DropApplied(dot => keyspace.Context.IsApplied(partition, dot));
        }

        keyspace.Clears.Filter(partition, entry.Name, brought);
        Cell cell = old.ToCell();
        cell.Join(brought);
        keyspace.Context.Prune(cell, partition);
        RecordState state = RecordState.From(cell);
        return kind?.Merge is not null && old.Payload is not null && state.Payload is not null &&
            brought.TryGetVisible(out CellDot theirs)
            ? state.Amended(CallDeltas.Merge(kind, old.Visible, theirs.Payload.Span))
            : state;
    }

    /// <summary>Joins an amendment. Where the dot it is for is dead, or was applied and is no longer there, it comes too
    /// late; where the dot has yet to arrive, it stands for the element until then.</summary>
    private RecordState Amended(
        in RecordState old, Dot dot, ReadOnlySpan<byte> said, RecordKind kind, ushort partition)
    {
        if (!old.IsEmpty)
        {
            return old.Cell is null && old.Payload is not null && old.Dot == dot
                ? old.Amended(CallDeltas.Merge(kind, old.Visible, said))
                : old;
        }

        if (keyspace.Context.IsApplied(partition, dot))
        {
            return old;
        }

        keyspace.Context.Mention(partition, dot);
        byte[] payload = CallDeltas.Merge(kind, default, said);
        return new RecordState { Payload = payload, Length = payload.Length, Origin = dot.Origin, Stamp = dot.Stamp };
    }

    /// <summary>A mistake that tests plant: writes that were only heard of count as applied.</summary>
    public void Adopt(IEnumerable<KeyValuePair<Origin, Stamp>> heardOf)
    {
        foreach ((Origin origin, Stamp stamp) in heardOf)
        {
            keyspace.AppliedVectors.RaiseStream(origin, stamp);
        }
    }

    private bool IsKnown(ushort partition, in RecordState fresh) =>
        keyspace.Faults.HasFlag(ReplicationFault.ApplyTwice) ? false :
        keyspace.Context.IsApplied(partition, fresh.Dot) ||
        (fresh.Deadline != Cell.NoDeadline && keyspace.Context.IsApplied(partition, new Dot(fresh.DeadlineStamp, fresh.Origin)));

    /// <summary>Takes out of a collection what a clear vector covers, which nearly always is everything: then in one
    /// step, without bringing a paged one in.</summary>
    private void ClearKey(KeyEntry entry, VersionVector clear, bool withCounters = false)
    {
        if (entry.Elements is not { } elements)
        {
            return;
        }

        bool isRegisterKept = !Cleared(elements.Register, clear).IsEmpty;
        if (!isRegisterKept && Elements(entry).All(element => Cleared(element.State, clear, withCounters).IsEmpty))
        {
            if (!elements.IsBlank)
            {
                Effects.EmptyElements(entry);
            }

            return;
        }

        foreach ((byte[] suffix, RecordState state) in Elements(entry))
        {
            RecordState left = Cleared(state, clear, withCounters);
            if (IsSame(left, state))
            {
                continue;
            }

            if (!elements.Knows(suffix))
            {
                elements.Load(suffix, state);
            }

            Effects.SetElement(entry, suffix, left);
        }

        Effects.SetRegister(entry, Cleared(elements.Register, clear));
    }

    private static RecordState Cleared(in RecordState state, VersionVector clear, bool withCounters = false)
    {
        Cell cell = state.ToCell();
        cell.Clear(clear, withCounters);
        return RecordState.From(cell);
    }

    /// <summary>Whether a clear vector took nothing away; it can do nothing else.</summary>
    private static bool IsSame(in RecordState left, in RecordState before)
    {
        Cell now = left.ToCell();
        Cell then = before.ToCell();
        return now.Dots.Count == then.Dots.Count && now.Slots.Count == then.Slots.Count &&
            now.Deadlines.Count == then.Deadlines.Count;
    }
}
