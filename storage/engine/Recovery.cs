using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Storage.Engine.Execution;
using Marekvs.Storage.Engine.Journal;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine;

/// <summary>
/// Takes entries of the journal into memory again: every delta is joined into what is there, which changes nothing
/// when the store already had it. The same joins take what peers send.
/// </summary>
internal sealed class Recovery(Keyspace keyspace, ColdReader reader)
{
    private readonly CallEffects _effects = new(keyspace.Partitions, keyspace.Types);
    private readonly RecordWriter _suffix = new(64);

    /// <summary>Entries taken in.</summary>
    public long Entries { get; private set; }

    /// <exception cref="JournalException">An entry holds what this node's modules do not know, or does not decode.
    /// </exception>
    public void Apply(ReadOnlySpan<byte> entry)
    {
        Entries++;
        keyspace.Clock.Observe(JournalEntry.StampOf(entry));
        try
        {
            JournalEntry.RecordEnumerator records = JournalEntry.Records(entry);
            while (records.MoveNext())
            {
                if (records.Partition == JournalEntry.EveryPartition)
                {
                    ClearEverything(VersionVector.Read(records.Delta, out _));
                    continue;
                }

                Apply(
                    JournalEntry.StampOf(entry),
                    records.Partition,
                    records.Name,
                    records.Tag,
                    records.Element,
                    records.Delta);
            }
        }
        catch (RecordFormatException e)
        {
            throw new JournalException(
                $"Journal entry {JournalEntry.Sequence(entry)} checks but does not decode ({e.Message}). It was written by another " +
                "version of the program or with other modules; start with those.", e);
        }

        Origin origin = JournalEntry.OriginOf(entry);
        keyspace.RaiseApplied(origin, Stamp.Max(JournalEntry.ClosedOf(entry), keyspace.AppliedOf(origin)));
    }

    private void Apply(
        Stamp stamp,
        ushort partition, ReadOnlySpan<byte> name, byte tag, ReadOnlySpan<byte> element, ReadOnlySpan<byte> delta)
    {
        Shard shard = keyspace.ShardOf(partition);
        lock (shard.Gate)
        {
            ulong hash = keyspace.HashOf(name);
            KeyEntry? entry = shard.Table.Find(hash, name);
            if (entry is null)
            {
                entry = Load(shard, new ColdKey(hash, partition, name.ToArray()));
            }

            Expire(entry, stamp.UnixMilliseconds);
            Join(entry, tag, element, delta);
            _effects.Reset();
            keyspace.Settle(shard, entry);
        }
    }

    /// <summary>Removes what had expired when a delta was written. Expiry is not journaled, and an old time to live must
    /// not attach to what came after it.</summary>
    private void Expire(KeyEntry entry, long then)
    {
        if (entry.HasContent && entry.IsExpired(then))
        {
            _effects.Vanish(entry);
            return;
        }

        while (entry.Elements is { IsPaged: false } elements && elements.NextDeadline <= then)
        {
            byte[] derived = elements.Tree.Seek([StorageKeys.ElementDeadlineTag]).Item.Suffix;
            _effects.VanishElement(entry, StorageKeys.ElementIn(derived));
        }
    }

    private void Join(KeyEntry entry, byte tag, ReadOnlySpan<byte> element, ReadOnlySpan<byte> delta)
    {
        if (tag == JournalEntry.ClearTag)
        {
            ClearKey(entry, VersionVector.Read(delta, out _));
            return;
        }

        if (tag == StorageKeys.RegisterTag)
        {
            _effects.SetRegister(entry, Joined(entry.Elements?.Register ?? default, delta, kind: null, entry.Partition));
            return;
        }

        RecordKind kind = keyspace.Types.KindOf(tag) ?? throw new RecordFormatException(
            $"no loaded module knows record kind {tag}");
        if (ReferenceEquals(kind, keyspace.Types.Single?.Kind))
        {
            _effects.SetValue(entry, tag, Joined(entry.Value, delta, kind, entry.Partition));
            return;
        }

        ElementSuffix.Write(_suffix, kind, element);
        if (entry.Elements?.Knows(_suffix.Written) == false)
        {
            reader.LoadElement(entry, _suffix.Written.ToArray());
        }

        RecordState old = entry.Elements?.Get(_suffix.Written) ?? default;
        _effects.SetElement(entry, _suffix.Written, Joined(old, delta, kind, entry.Partition));
    }

    private RecordState Joined(in RecordState old, ReadOnlySpan<byte> delta, RecordKind? kind, ushort partition)
    {
        if (kind?.IsAmendment is { } isAmendment &&
            Cell.TryReadSimple(delta, out Dot dot, out _, out ReadOnlySpan<byte> said) && isAmendment(said))
        {
            return Amended(old, dot, said, kind);
        }

        if (old.IsEmpty)
        {
            RecordState fresh = RecordState.Read(delta);
            if (fresh.Cell is null)
            {
                return fresh;
            }
        }

        Cell cell = old.ToCell();
        cell.Join(Cell.Read(delta));
        cell.Prune(keyspace.IsApplied, keyspace.StableThrough(partition, keyspace.Clock.Last));
        RecordState state = RecordState.From(cell);
        if (kind?.Merge is { } merge && old.Payload is not null && Cell.TryReadSimple(delta, out _, out _, out ReadOnlySpan<byte> theirs))
        {
            var joined = new RecordWriter(old.Length + theirs.Length);
            merge(old.Visible, theirs, joined);
            state.Payload = joined.Written.ToArray();
            state.Length = state.Payload.Length;
        }

        return state;
    }

    /// <summary>Joins an amendment. Where the dot it is for is dead, or was applied and is no longer there, it comes too
    /// late; where the dot has yet to arrive, it stands for the element until then.</summary>
    private RecordState Amended(in RecordState old, Dot dot, ReadOnlySpan<byte> said, RecordKind kind)
    {
        if (!old.IsEmpty)
        {
            return old.Cell is null && old.Payload is not null && old.Dot == dot
                ? old.Amended(CallDeltas.Merge(kind, old.Visible, said))
                : old;
        }

        if (keyspace.IsApplied(dot))
        {
            return old;
        }

        byte[] payload = CallDeltas.Merge(kind, default, said);
        return new RecordState { Payload = payload, Length = payload.Length, Origin = dot.Origin, Stamp = dot.Stamp };
    }

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
            _effects.EmptyElements(entry);
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

            _effects.SetElement(entry, suffix, left);
        }

        _effects.SetRegister(entry, Cleared(elements.Register, clear));
    }

    /// <summary>All elements of a collection, wherever they are; they may be changed on the way.</summary>
    private IEnumerable<StoredElement> Elements(KeyEntry entry)
    {
        Collection elements = entry.Elements!;
        var resident = new List<StoredElement>(elements.Tree.Count);
        for (ElementTree.Position at = elements.Tree.First(); at.IsValid; at = at.Next())
        {
            if (!keyspace.Types.IsDerived(at.Item.Suffix[0]))
            {
                resident.Add(new StoredElement(at.Item.Suffix, at.Item.State));
            }
        }

        return elements.IsPaged ? resident.Concat(reader.ReadUnknown(entry)) : resident;
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

    private KeyEntry Load(Shard shard, in ColdKey key)
    {
        // Kept while it is taken in, for making room for it could drop it again.
        var supplies = new CallSupplies();
        reader.Load(key, supplies);
        supplies.Release();
        return shard.Table.Find(key.Hash, key.Name)!;
    }

    /// <summary>FLUSHALL: what the vector covers goes, wherever it is; what came after stays.</summary>
    private void ClearEverything(VersionVector clear)
    {
        var supplies = new CallSupplies();
        var request = new KeyPageRequest(0, int.MaxValue);
        foreach (StoredKey stored in keyspace.IsPurging ? [] : reader.ReadPage(request).Keys)
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
                    if (entry.Value.IsVisible)
                    {
                        _effects.SetValue(entry, keyspace.Types.Single!.Kind.Tag, Cleared(entry.Value, clear, withCounters: true));
                    }

                    ClearKey(entry, clear, withCounters: true);
                    _effects.Reset();
                    keyspace.Settle(shard, entry);
                }
            }
        }

        supplies.Release();
    }
}
