using System.IO.Hashing;
using Marekvs.Abstractions;
using Marekvs.Abstractions.Crdt;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Execution;

/// <summary>
/// What a running call has done so far: the deltas it will journal, and how to take everything back. Changes are made
/// in place, inside the gates of the call's shards, so the call reads its own writes; nobody else sees them before
/// they are committed, because nobody else gets in.
/// </summary>
internal sealed class CallEffects(PartitionTable partitions, KeyTypeCatalog types)
{
    /// <summary>Longer values are replaced rather than overwritten, so taking back needs no copy.</summary>
    private const int OverwriteBytesMax = 1024;

    private readonly List<UndoStep> _undo = [];
    private readonly RecordWriter _saved = new();
    private readonly RecordWriter _digestInput = new(64);

    /// <summary>The records of the entry to be.</summary>
    public RecordWriter Body { get; } = new();

    public int Records { get; set; }

    /// <summary>Keys changed, each once.</summary>
    public List<KeyEntry> Touched { get; } = [];

    public bool IsEmpty => Records == 0 && Touched.Count == 0;

    /// <summary>Replaces the single record of a key; the new payload is copied.</summary>
    public void SetValue(KeyEntry entry, byte tag, Dot dot, ReadOnlySpan<byte> payload, long deadline)
    {
        ref RecordState state = ref entry.Value;
        ulong recordHash = RecordHash(entry, [tag]);
        ulong before = Contribution(recordHash, tag, state);
        var step = new UndoStep { Entry = entry, Kind = UndoKind.Value, State = state, SavedAt = -1 };
        byte[]? room = state.Payload;
        if (state.Cell is null && room is not null && payload.Length <= room.Length &&
            room.Length <= Math.Min(OverwriteBytesMax, (payload.Length * 2) + 32) && !payload.Overlaps(room))
        {
            step.SavedAt = _saved.Length;
            _saved.WriteBytes(state.Visible);
        }
        else
        {
            room = GC.AllocateUninitializedArray<byte>(payload.Length);
        }

        Remember(step);
        payload.CopyTo(room);
        state.Cell = null;
        state.Payload = room;
        state.Length = payload.Length;
        state.Origin = dot.Origin;
        state.Stamp = dot.Stamp;
        state.Deadline = deadline;
        state.DeadlineStamp = deadline == Cell.NoDeadline ? Stamp.Zero : dot.Stamp;
        partitions.Toggle(entry.Partition, recordHash, before ^ Contribution(recordHash, tag, state));
    }

    /// <summary>Replaces the single record of a key by another state.</summary>
    public void SetValue(KeyEntry entry, byte tag, in RecordState state)
    {
        ulong recordHash = RecordHash(entry, [tag]);
        ulong change = Contribution(recordHash, tag, entry.Value) ^ Contribution(recordHash, tag, state);
        Remember(new UndoStep { Entry = entry, Kind = UndoKind.Value, State = entry.Value, SavedAt = -1 });
        entry.Value = state;
        partitions.Toggle(entry.Partition, recordHash, change);
    }

    /// <summary>Advances the writer's own slot of a key's single record in place.</summary>
    public void SetSlot(KeyEntry entry, byte tag, in CounterSlot before, in CounterSlot after)
    {
        Cell cell = entry.Value.Cell!;
        ulong recordHash = RecordHash(entry, [tag]);
        ulong change = Contribution(recordHash, tag, entry.Value);
        Remember(new UndoStep { Entry = entry, Kind = UndoKind.Slot, Slot = before, Version = cell.Version });
        cell.AddSlot(after, after.Updated);
        change ^= Contribution(recordHash, tag, entry.Value);
        partitions.Toggle(entry.Partition, recordHash, change);
    }

    /// <summary>Replaces one element of a collection.</summary>
    public void SetElement(KeyEntry entry, ReadOnlySpan<byte> suffix, in RecordState state)
    {
        Collection elements = entry.Elements ??= new Collection();
        RecordState old = elements.Get(suffix);
        ulong recordHash = RecordHash(entry, suffix);
        ulong change = Contribution(recordHash, suffix[0], old) ^ Contribution(recordHash, suffix[0], state);
        Remember(new UndoStep { Entry = entry, Kind = UndoKind.Element, Suffix = suffix.ToArray(), State = old });
        elements.Set(suffix, state);
        partitions.Toggle(entry.Partition, recordHash, change);
    }

    /// <summary>Replaces a collection's time-to-live register.</summary>
    public void SetRegister(KeyEntry entry, in RecordState state)
    {
        Collection elements = entry.Elements ??= new Collection();
        ulong recordHash = RecordHash(entry, [StorageKeys.RegisterTag]);
        ulong change = Contribution(recordHash, StorageKeys.RegisterTag, elements.Register) ^
            Contribution(recordHash, StorageKeys.RegisterTag, state);
        Remember(new UndoStep { Entry = entry, Kind = UndoKind.Register, State = elements.Register });
        elements.Register = state;
        elements.IsRegisterDirty = true;
        partitions.Toggle(entry.Partition, recordHash, change);
    }

    /// <summary>Empties a collection.</summary>
    public void EmptyElements(KeyEntry entry)
    {
        Collection elements = entry.Elements!;
        ToggleAll(entry, elements);
        Remember(new UndoStep { Entry = entry, Kind = UndoKind.Emptied, Content = elements.Empty() });
    }

    /// <summary>Takes everything back, newest first.</summary>
    public void Undo()
    {
        for (int i = _undo.Count - 1; i >= 0; i--)
        {
            UndoStep step = _undo[i];
            KeyEntry entry = step.Entry;
            switch (step.Kind)
            {
                case UndoKind.Value:
                    ulong valueHash = RecordHash(entry, [SingleTag]);
                    ulong value = Contribution(valueHash, SingleTag, entry.Value);
                    if (step.SavedAt >= 0)
                    {
                        _saved.Written.Slice(step.SavedAt, step.State.Length).CopyTo(step.State.Payload);
                    }

                    entry.Value = step.State;
                    partitions.Toggle(entry.Partition, valueHash, value ^ Contribution(valueHash, SingleTag, entry.Value));
                    break;
                case UndoKind.Slot:
                    ulong slotHash = RecordHash(entry, [SingleTag]);
                    ulong slot = Contribution(slotHash, SingleTag, entry.Value);
                    entry.Value.Cell!.RestoreSlot(step.Slot, step.Version);
                    partitions.Toggle(entry.Partition, slotHash, slot ^ Contribution(slotHash, SingleTag, entry.Value));
                    break;
                case UndoKind.Element:
                    ulong elementHash = RecordHash(entry, step.Suffix);
                    ulong element = Contribution(elementHash, step.Suffix![0], entry.Elements!.Get(step.Suffix));
                    entry.Elements.Set(step.Suffix, step.State);
                    partitions.Toggle(entry.Partition, elementHash, element ^ Contribution(elementHash, step.Suffix![0], step.State));
                    break;
                case UndoKind.Register:
                    ulong registerHash = RecordHash(entry, [StorageKeys.RegisterTag]);
                    ulong register = Contribution(registerHash, StorageKeys.RegisterTag, entry.Elements!.Register);
                    entry.Elements.Register = step.State;
                    partitions.Toggle(entry.Partition, registerHash, register ^ Contribution(registerHash, StorageKeys.RegisterTag, step.State));
                    break;
                case UndoKind.Emptied:
                    entry.Elements!.Restore(step.Content!);
                    ToggleAll(entry, entry.Elements);
                    break;
                default:
                    throw new InvariantException("every step can be taken back");
            }
        }

        foreach (KeyEntry entry in Touched)
        {
            entry.IsTouched = false;
        }

        Reset();
    }

    /// <summary>Starts over for the next call.</summary>
    public void Reset()
    {
        if (_undo.Count > 0)
        {
            _undo.Clear();
        }

        if (_saved.Length > 0)
        {
            _saved.Clear();
        }

        Touched.Clear();
        Body.Clear();
        Records = 0;
    }

    private byte SingleTag => types.Single?.Kind.Tag ?? 0;

    private void ToggleAll(KeyEntry entry, Collection elements)
    {
        for (ElementTree.Position at = elements.Tree.First(); at.IsValid; at = at.Next())
        {
            ulong hash = RecordHash(entry, at.Item.Suffix);
            partitions.Toggle(entry.Partition, hash, Contribution(hash, at.Item.Suffix[0], at.Item.State));
        }

        ulong registerHash = RecordHash(entry, [StorageKeys.RegisterTag]);
        partitions.Toggle(entry.Partition, registerHash, Contribution(registerHash, StorageKeys.RegisterTag, elements.Register));
    }

    private static ulong RecordHash(KeyEntry entry, ReadOnlySpan<byte> suffix) =>
        XxHash3.HashToUInt64(suffix, entry.DigestSeed);

    private ulong Contribution(ulong recordHash, byte tag, in RecordState state)
    {
        if (state.IsEmpty)
        {
            return 0;
        }

        _digestInput.Clear();
        state.WriteDigestInput(_digestInput);
        if (types.KindOf(tag)?.Merge is not null)
        {
            _digestInput.WriteBytes(state.Visible);
        }

        return _digestInput.Length == 0 ? 0 : XxHash3.HashToUInt64(_digestInput.Written, (long)recordHash);
    }

    private void Remember(in UndoStep step)
    {
        _undo.Add(step);
        if (!step.Entry.IsTouched)
        {
            step.Entry.IsTouched = true;
            Touched.Add(step.Entry);
        }
    }

    private enum UndoKind : byte
    {
        Value,
        Slot,
        Element,
        Register,
        Emptied,
    }

    private struct UndoStep
    {
        public KeyEntry Entry;
        public UndoKind Kind;
        public byte[]? Suffix;
        public RecordState State;
        public int SavedAt;
        public CounterSlot Slot;
        public Stamp Version;
        public CollectionContent? Content;
    }
}
