using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Storage.Engine.Execution;
using Marekvs.Storage.Engine.Journal;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Replication;

/// <summary>What the cluster asks of this node about single keys.</summary>
internal sealed class KeyCopies(Keyspace keyspace, JournalLog journal, ColdReader reader, Stamp opened) : IKeyCopies
{
    private readonly CallEffects _effects = new(keyspace.Partitions, keyspace.Types);
    private readonly KeyRange _ranges = new(keyspace, reader);
    private readonly RecordWriter _record = new();

    // Nobody remembers what was dropped before the start.
    private readonly Stamp[] _droppedThrough = [.. Enumerable.Repeat(opened, Limits.Partitions)];

    public long End => journal.End;

    public long ReadChanges(long from, long bytesMax, ChangeTaker take) => journal.ReadWhile(from, (entry, after) =>
    {
        JournalEntry.RecordEnumerator records = JournalEntry.Records(entry);
        while (records.MoveNext())
        {
            Tell(JournalEntry.OriginOf(entry), records, take);
        }

        return after - from < bytesMax;
    });

    public void ReadRecord(ushort partition, ReadOnlySpan<byte> name, ReadOnlySpan<byte> record, RecordWriter chunk)
    {
        var supplies = new CallSupplies();
        try
        {
            KeyEntry? entry = reader.Bring(partition, name.ToArray(), supplies);

            // The least suffix behind the record's.
            byte[] next = [.. record, 0];
            lock (keyspace.ShardOf(partition).Gate)
            {
                List<StoredElement> found = entry is null ? [] : _ranges.Read(entry, record.ToArray(), next);
                KeyChunk.Write(chunk, name, record, next, found);
            }
        }
        finally
        {
            supplies.Release();
        }
    }

    public ulong HashOf(ushort partition, ReadOnlySpan<byte> name)
    {
        var supplies = new CallSupplies();
        try
        {
            KeyEntry? entry = reader.Bring(partition, name.ToArray(), supplies);
            lock (keyspace.ShardOf(partition).Gate)
            {
                return entry is null ? 0 : _effects.DigestOf(entry);
            }
        }
        finally
        {
            supplies.Release();
        }
    }

    public bool IsAwaited(ushort partition, ReadOnlySpan<byte> name)
    {
        Shard shard = keyspace.ShardOf(partition);
        lock (shard.Gate)
        {
            return IsAwaited(shard, name);
        }
    }

    public IReadOnlyList<byte[]> ListCopies(ushort partition)
    {
        var names = new HashSet<byte[]>(reader.KeysOf(partition).Select(key => key.Name), SuffixComparer.Instance);
        lock (keyspace.ShardOf(partition).Gate)
        {
            names.UnionWith(keyspace.ShardOf(partition).Table.OfPartition(partition).Select(entry => entry.Name));
        }

        return [.. names];
    }

    public bool TryDrop(ushort partition, ReadOnlySpan<byte> name)
    {
        Invariant.That(!keyspace.IsHeld(partition), "only a copy is dropped");
        var supplies = new CallSupplies();
        try
        {
            KeyEntry? entry = reader.Bring(partition, name.ToArray(), supplies);
            Shard shard = keyspace.ShardOf(partition);
            lock (shard.Gate)
            {
                return entry is null || TryDrop(shard, entry);
            }
        }
        finally
        {
            supplies.Release();
        }
    }

    public Stamp DroppedThrough(ushort partition)
    {
        lock (keyspace.ShardOf(partition).Gate)
        {
            return _droppedThrough[partition];
        }
    }

    /// <summary>What this node wrote in a partition up to a stamp may be here no more.</summary>
    public void NoteDropped(ushort partition, Stamp written)
    {
        lock (keyspace.ShardOf(partition).Gate)
        {
            _droppedThrough[partition] = Stamp.Max(_droppedThrough[partition], written);
        }
    }

    /// <summary>Nothing was dropped yet that was written under the new incarnation; all gates are held.</summary>
    public void BeginIncarnation() => Array.Clear(_droppedThrough);

    private bool TryDrop(Shard shard, KeyEntry entry)
    {
        ushort partition = entry.Partition;
        if (keyspace.IsPartOfWhole(partition) || IsAwaited(shard, entry.Name) ||
            entry.WrittenThrough > keyspace.Leases!.SeenThrough(partition))
        {
            return false;
        }

        NoteDropped(partition, entry.WrittenThrough);
        keyspace.AppliedVectors.ForgetOwn(partition, new Dot(keyspace.Context.ClosedStamp(), keyspace.Origin));
        _effects.Vanish(entry);
        _effects.Reset();
        keyspace.Settle(shard, entry);
        return true;
    }

    private static bool IsAwaited(Shard shard, ReadOnlySpan<byte> name) =>
        (shard.Waiters.Count > 0 && shard.Waiters.Has(name.ToArray())) ||
        (shard.Watches.Count > 0 && shard.Watches.Has(name.ToArray()));

    private void Tell(Origin origin, in JournalEntry.RecordEnumerator record, ChangeTaker take)
    {
        var key = new ChangedKey(record.Partition, record.Name);
        switch (record.Tag)
        {
            case JournalEntry.AdoptedTag or JournalEntry.GapTag or JournalEntry.HoldingTag:
                break;
            case JournalEntry.ClearTag:
                take(origin, key, default);
                break;
            default:
                WriteSuffix(record);
                take(origin, key, _record.Written);
                break;
        }
    }

    private void WriteSuffix(in JournalEntry.RecordEnumerator record)
    {
        if (keyspace.Types.KindOf(record.Tag) is { } kind && !ReferenceEquals(kind, keyspace.Types.Single?.Kind))
        {
            ElementSuffix.Write(_record, kind, record.Element);
        }
        else
        {
            _record.Clear();
            _record.WriteByte(record.Tag);
        }
    }
}
