using System.Buffers.Binary;
using Marekvs.Abstractions;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Storage;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Checkpoints;

/// <summary>
/// Carries changed records to the store, partition by partition: a partition's changed records, its counts and its
/// digest are taken together inside its shard's gate, so they agree with each other whatever happens in between. The
/// watermark is the journal position at the start; what is newer is simply written early.
/// <para>
/// The journal is synced before a batch is committed, so the store never holds what the journal could still lose.
/// </para>
/// </summary>
internal sealed class Checkpointer(Keyspace keyspace, IStore store)
{
    private readonly WriteBatch _batch = new();
    private readonly RecordWriter _key = new();
    private readonly RecordWriter _value = new();
    private readonly List<Taken> _taken = [];
    private readonly byte[] _row = new byte[PartitionTable.RowBytes];

    /// <summary>One round. Only one runs at a time.</summary>
    /// <param name="state">What the node says of itself, taken before <paramref name="watermark"/>.</param>
    /// <param name="watermark">The journal position everything before which is in the gates' hands already.</param>
    /// <exception cref="StorageException">The store failed; what was not written stays changed.</exception>
    public void Run(CheckpointState state, long watermark)
    {
        try
        {
            foreach (Shard shard in keyspace.Shards)
            {
                // What changes again meanwhile waits for the next round: a key taken twice into one batch would be
                // judged by what the store had before the batch, and under load the queue would never be empty.
                for (int left = DirtyPartitionsOf(shard); left > 0 && TakePartition(shard); left--)
                {
                    if (_batch.ByteCount >= Limits.BatchBytes)
                    {
                        Commit();
                    }
                }
            }

            lock (keyspace.Shards[0].Gate)
            {
                if (keyspace.Purge.TryBegin())
                {
                    PurgeStore();
                }
            }

            state.Write(_value);
            _batch.Put(StorageKeys.State, _value.Written);
            _batch.Watermark = (ulong)watermark;
            Commit();
        }
        catch
        {
            GiveBack();
            throw;
        }
    }

    /// <summary>The partitions that hold everything journaled before the round began; each is queued once.</summary>
    private static int DirtyPartitionsOf(Shard shard)
    {
        lock (shard.Gate)
        {
            return shard.DirtyPartitions.Count;
        }
    }

    private bool TakePartition(Shard shard)
    {
        lock (shard.Gate)
        {
            if (!shard.DirtyPartitions.TryDequeue(out ushort partition))
            {
                return false;
            }

            if (keyspace.Purge.TryBegin())
            {
                PurgeStore();
            }

            PartitionTable partitions = keyspace.Partitions;
            partitions.IsQueued[partition] = false;
            KeyEntry? entry = partitions.DirtyKeys[partition];
            partitions.DirtyKeys[partition] = null;
            while (entry is not null)
            {
                KeyEntry? next = entry.NextDirty;
                entry.NextDirty = null;
                entry.IsDirty = false;
                shard.DirtyKeys--;
                if (!entry.IsDropped)
                {
                    entry.IsFlushing = true;
                    Take(shard, entry);
                }

                entry = next;
            }

            partitions.WriteRow(partition, _row);
            _batch.Put(StorageKeys.Partition(partition), _row);
            return true;
        }
    }

    private void PurgeStore()
    {
        foreach (byte space in (ReadOnlySpan<byte>)[
            StorageKeys.RecordSpace, StorageKeys.KeySpace, StorageKeys.PartitionSpace, StorageKeys.DeadlineSpace])
        {
            _batch.DeleteRange([space], [(byte)(space + 1)]);
        }
    }

    private void Take(Shard shard, KeyEntry entry)
    {
        var taken = new Taken
        {
            Shard = shard,
            Entry = entry,
            Attention = entry.HasContent ? entry.Attention : Cell.NoDeadline,
            IsStored = entry.HasContent,
            IsValueStored = !entry.Value.IsEmpty,
        };
        byte? tag = keyspace.Types.Single?.Kind.Tag;
        if (tag is byte single && (taken.IsValueStored || entry.IsValueStored))
        {
            StorageKeys.WriteRecord(_key, entry.Partition, entry.Name, single, default);
            PutOrDelete(entry.Value);
        }

        if (entry.Elements is not null)
        {
            TakeElements(entry, entry.Elements, ref taken);
        }

        TakeKeyRow(entry, taken);
        _taken.Add(taken);
    }

    private void TakeElements(KeyEntry entry, Collection elements, ref Taken taken)
    {
        taken.Purged = elements.TakePurge();
        if (taken.Purged)
        {
            StorageKeys.WriteRecordPrefix(_key, entry.Partition, entry.Name);
            byte[] from = _key.Written.ToArray();
            byte[] to = AfterPrefix(from);
            _batch.DeleteRange(from, to);
            if (taken.IsValueStored)
            {
                StorageKeys.WriteRecord(_key, entry.Partition, entry.Name, keyspace.Types.Single!.Kind.Tag, default);
                PutOrDelete(entry.Value);
            }
        }

        taken.Removed = elements.TakeRemoved();
        if (taken.Removed.Count > 0)
        {
            new ElementRemovals(_batch, _key, entry).Write(taken.Removed);
        }

        foreach (ElementTree.Position at in elements.Tree.TakeDirty())
        {
            byte[] suffix = at.Suffix;
            StorageKeys.WriteRecord(_key, entry.Partition, entry.Name, suffix[0], suffix.AsSpan(1));
            at.Item.IsStored = !at.Item.State.IsEmpty;
            PutOrDelete(at.Item.State);
            (taken.Dirty ??= []).Add(suffix);
        }

        if (elements.Runs.IsInUse)
        {
            TakeRuns(entry, elements.Runs, taken.Purged);
        }

        if (elements.IsRegisterDirty)
        {
            elements.IsRegisterDirty = false;
            taken.Register = true;
            StorageKeys.WriteRecord(_key, entry.Partition, entry.Name, StorageKeys.RegisterTag, default);
            PutOrDelete(elements.Register);
        }
    }

    private void TakeRuns(KeyEntry entry, CollectionRuns runs, bool isPurged) => runs.Take(
        isPurged,
        removeAll: () => RemoveRuns(entry),
        put: (suffix, state) =>
        {
            StorageKeys.WriteRecord(_key, entry.Partition, entry.Name, suffix[0], suffix.AsSpan(1));
            PutOrDelete(state);
        });

    private void RemoveRuns(KeyEntry entry)
    {
        StorageKeys.WriteRecord(_key, entry.Partition, entry.Name, StorageKeys.RunTag, default);
        byte[] from = _key.Written.ToArray();
        StorageKeys.WriteRecord(_key, entry.Partition, entry.Name, StorageKeys.RunTag + 1, default);
        _batch.DeleteRange(from, _key.Written);
    }

    private void TakeKeyRow(KeyEntry entry, in Taken taken)
    {
        bool isPlainValue = taken.IsValueStored && entry.Elements is null;
        if (isPlainValue && entry.IsStored && entry.IsValueStored && entry.StoredAttention == taken.Attention)
        {
            return;
        }

        if (entry.StoredAttention != Cell.NoDeadline && entry.StoredAttention != taken.Attention)
        {
            StorageKeys.WriteDeadline(_key, entry.StoredAttention, entry.Partition, entry.Name);
            _batch.Delete(_key.Written);
        }

        if (taken.Attention != Cell.NoDeadline && entry.StoredAttention != taken.Attention)
        {
            StorageKeys.WriteDeadline(_key, taken.Attention, entry.Partition, entry.Name);
            _batch.Put(_key.Written, default);
        }

        StorageKeys.WriteKey(_key, entry.Hash, entry.Name);
        if (!taken.IsStored)
        {
            _batch.Delete(_key.Written);
            return;
        }

        _value.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(_value.Reserve(2), entry.Partition);
        _value.WriteByte(keyspace.OrderOf(entry));
        _value.WriteInt64(entry.Deadline);
        CollectionRow.Write(_value, entry.Elements);
        _batch.Put(_key.Written, _value.Written);
    }

    private void PutOrDelete(in RecordState state)
    {
        if (state.IsEmpty)
        {
            _batch.Delete(_key.Written);
            return;
        }

        _value.Clear();
        state.Write(_value);
        _batch.Put(_key.Written, _value.Written);
    }

    private void Commit()
    {
        keyspace.SyncJournal();
        store.Commit(_batch);
        _batch.Clear();
        foreach (Taken taken in _taken)
        {
            lock (taken.Shard.Gate)
            {
                Confirm(taken);
            }
        }

        _taken.Clear();
        keyspace.Purge.Done();
    }

    private static void Confirm(in Taken taken)
    {
        KeyEntry entry = taken.Entry;
        Shard shard = taken.Shard;
        shard.StoreEpoch++;
        entry.IsFlushing = false;
        if (entry.IsDropped)
        {
            return;
        }

        int change = (taken.IsStored ? 1 : 0) - (entry.IsStored ? 1 : 0);
        shard.StoredKeys += change;
        shard.ResidentStoredKeys += change;
        if (change > 0)
        {
            shard.StoredFilter.Add(entry.Hash);
        }

        entry.IsStored = taken.IsStored;
        entry.IsValueStored = taken.IsValueStored;
        entry.StoredAttention = taken.Attention;
        if (!entry.IsDirty && entry.IsBlank && !entry.IsStored)
        {
            shard.Drop(entry);
        }
    }

    /// <summary>The round failed: what was taken is changed again.</summary>
    private void GiveBack()
    {
        foreach (Taken taken in _taken)
        {
            lock (taken.Shard.Gate)
            {
                taken.Entry.IsFlushing = false;
                if (taken.Entry.IsDropped)
                {
                    continue;
                }

                if (taken.Entry.Elements is { } elements)
                {
                    elements.ReturnDirty([.. taken.Removed ?? [], .. taken.Dirty ?? []], taken.Purged);
                    elements.Runs.Ignore();
                    elements.IsRegisterDirty |= taken.Register;
                }

                taken.Shard.MarkDirty(taken.Entry);
            }
        }

        _taken.Clear();
        _batch.Clear();
        keyspace.Purge.Failed();
    }

    private static byte[] AfterPrefix(byte[] prefix)
    {
        // No record has a tag of 0xFF after the name, so this bounds the range from above.
        return [.. prefix, 0xFF];
    }

    private struct Taken
    {
        public Shard Shard;
        public KeyEntry Entry;
        public bool IsStored;
        public bool IsValueStored;
        public long Attention;
        public List<byte[]>? Removed;
        public List<byte[]>? Dirty;
        public bool Purged;
        public bool Register;
    }
}
