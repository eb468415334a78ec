using System.IO.Hashing;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
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

    private const int UndoStepsKept = 64;

    private readonly RecordWriter _saved = new();
    private readonly List<(CounterSlot Slot, Stamp Version)> _savedSlots = [];
    private readonly RecordWriter _digestInput = new(64);
    private readonly RecordWriter _indexWas = new(64);
    private readonly RecordWriter _indexIs = new(64);
    private UndoStep[] _undo = new UndoStep[UndoStepsKept];
    private int _undoUsed;

    /// <summary>The records of the entry to be.</summary>
    public RecordWriter Body { get; } = new();

    public int Records { get; set; }

    /// <summary>Keys changed, each once.</summary>
    public List<KeyEntry> Touched { get; } = [];

    /// <summary>Records that now hold what a reader does not see, to be forgotten some time later.</summary>
    public List<(KeyEntry Entry, byte[] Suffix)> Marked { get; } = [];

    public bool IsEmpty => Records == 0 && Touched.Count == 0;

    /// <summary>Replaces the single record of a key; the new payload is copied.</summary>
    public void SetValue(KeyEntry entry, byte tag, Dot dot, ReadOnlySpan<byte> payload, long deadline)
    {
        ref RecordState state = ref entry.Value;
        ref UndoStep step = ref Remember(entry, UndoKind.Value);
        step.State = state;
        step.SavedAt = -1;
        ulong address = DigestAddress(entry, [tag]);
        step.Change = Contribution(address, tag, state);
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

        payload.CopyTo(room);
        state.Cell = null;
        state.Payload = room;
        state.Length = payload.Length;
        state.Origin = dot.Origin;
        state.Stamp = dot.Stamp;
        state.Deadline = deadline;
        state.DeadlineStamp = deadline == Cell.NoDeadline ? Stamp.Zero : dot.Stamp;
        step.Change ^= Contribution(address, tag, state);
        Toggle(entry, step.Change);
    }

    /// <summary>Replaces the single record of a key by another state.</summary>
    public void SetValue(KeyEntry entry, byte tag, in RecordState state)
    {
        ref UndoStep step = ref Remember(entry, UndoKind.Value);
        step.State = entry.Value;
        step.SavedAt = -1;
        step.Change = DigestChange(entry, [tag], entry.Value, state);
        entry.Value = state;
        Toggle(entry, step.Change);
        Mark(entry, state, [tag]);
    }

    /// <summary>Advances the writer's own slot of a key's single record in place.</summary>
    public void SetSlot(KeyEntry entry, byte tag, in CounterSlot before, in CounterSlot after)
    {
        Cell cell = entry.Value.Cell!;
        ref UndoStep step = ref Remember(entry, UndoKind.Slot);
        step.SavedAt = _savedSlots.Count;
        _savedSlots.Add((before, cell.Version));
        ulong address = DigestAddress(entry, [tag]);
        step.Change = Contribution(address, tag, entry.Value);
        cell.ReplaceSlot(after, Stamp.Max(cell.Version, after.Updated));
        step.Change ^= Contribution(address, tag, entry.Value);
        Toggle(entry, step.Change);
    }

    /// <summary>Replaces one element of a collection.</summary>
    public void SetElement(KeyEntry entry, ReadOnlySpan<byte> suffix, in RecordState state)
    {
        entry.Elements ??= new Collection();
        SetElement(entry, suffix, entry.Elements.Tree.Find(suffix), state);
    }

    /// <summary>Replaces one element of a collection.</summary>
    /// <param name="entry">The key.</param>
    /// <param name="suffix">The element's suffix.</param>
    /// <param name="at">Where the element was found.</param>
    /// <param name="state">What it is to be.</param>
    public void SetElement(
        KeyEntry entry, ReadOnlySpan<byte> suffix, ElementTree.Position at, in RecordState state)
    {
        Collection elements = entry.Elements ??= new Collection();
        byte[] kept = at.IsValid ? at.Suffix : suffix.ToArray();
        RecordState was = at.IsValid ? at.Item.State : default;
        RememberElement(entry, kept, was, elements.Knows(at, suffix), state);
        elements.Set(kept, at, state);
        Derive(entry, kept, was, state);
    }

    /// <summary>Adds an element that nobody can have added before.</summary>
    /// <param name="entry">The key.</param>
    /// <param name="suffix">The element's suffix, kept.</param>
    /// <param name="state">What it is to be.</param>
    public void AddElement(KeyEntry entry, byte[] suffix, in RecordState state)
    {
        entry.Elements ??= new Collection();
        RememberElement(entry, suffix, default, wasKnown: true, state);
        entry.Elements.Add(suffix, state);
        Derive(entry, suffix, default, state);
    }

    /// <summary>Replaces a collection's time-to-live register.</summary>
    public void SetRegister(KeyEntry entry, in RecordState state)
    {
        Collection elements = entry.Elements ??= new Collection();
        ReadOnlySpan<byte> suffix = [StorageKeys.RegisterTag];
        ref UndoStep step = ref Remember(entry, UndoKind.Register);
        step.State = elements.Register;
        step.Change = DigestChange(entry, suffix, elements.Register, state);
        elements.Register = state;
        elements.IsRegisterDirty = true;
        ToggleElement(entry, step.Change);
        if (state.Cell is { HasMarkers: true })
        {
            Marked.Add((entry, suffix.ToArray()));
        }
    }

    /// <summary>Empties a collection.</summary>
    public void EmptyElements(KeyEntry entry)
    {
        ref UndoStep step = ref Remember(entry, UndoKind.Emptied);
        step.Change = entry.Elements!.DigestSum;
        step.Content = entry.Elements.Empty();
        Toggle(entry, step.Change);
    }

    /// <summary>Removes all content of a key whose time is up, as if it had never been.</summary>
    public void Vanish(KeyEntry entry)
    {
        if (!entry.Value.IsEmpty)
        {
            SetValue(entry, types.Single!.Kind.Tag, default(RecordState));
        }

        if (entry.Elements is not null)
        {
            EmptyElements(entry);
        }
    }

    /// <summary>Removes an element whose time is up; the key with the last.</summary>
    /// <returns>False when that was the last.</returns>
    public bool VanishElement(KeyEntry entry, ReadOnlySpan<byte> suffix)
    {
        SetElement(entry, suffix, default);
        if (entry.Elements!.IsVisible)
        {
            return true;
        }

        EmptyElements(entry);
        return false;
    }

    /// <summary>Where the call stands, so that what comes can be taken back alone.</summary>
    public CallSavepoint Save() => new(_undoUsed, Body.Length, Records, Touched.Count, Events: 0);

    /// <summary>Takes everything back, newest first.</summary>
    public void Undo()
    {
        UndoTo(default);
        Reset();
    }

    /// <summary>Takes back what came after a savepoint, newest first. A digest change is its own opposite.</summary>
    public void UndoTo(CallSavepoint savepoint)
    {
        for (int i = _undoUsed - 1; i >= savepoint.Steps; i--)
        {
            ref UndoStep step = ref _undo[i];
            KeyEntry entry = step.Entry;
            switch (step.Kind)
            {
                case UndoKind.Value:
                    if (step.SavedAt >= 0)
                    {
                        _saved.Written.Slice(step.SavedAt, step.State.Length).CopyTo(step.State.Payload);
                    }

                    entry.Value = step.State;
                    Toggle(entry, step.Change);
                    break;
                case UndoKind.Slot:
                    (CounterSlot slot, Stamp version) = _savedSlots[step.SavedAt];
                    entry.Value.Cell!.ReplaceSlot(slot, version);
                    Toggle(entry, step.Change);
                    break;
                case UndoKind.Element when !step.WasKnown:
                    entry.Elements!.Forget(step.Suffix!);
                    ToggleElement(entry, step.Change);
                    break;
                case UndoKind.Element:
                    entry.Elements!.Set(step.Suffix!, step.State);
                    ToggleElement(entry, step.Change);
                    break;
                case UndoKind.Register:
                    entry.Elements!.Register = step.State;
                    ToggleElement(entry, step.Change);
                    break;
                default:
                    entry.Elements!.Restore(step.Content!);
                    Toggle(entry, step.Change);
                    break;
            }
        }

        foreach (KeyEntry entry in Touched.Skip(savepoint.Touched))
        {
            entry.IsTouched = false;
        }

        Array.Clear(_undo, savepoint.Steps, _undoUsed - savepoint.Steps);
        _undoUsed = savepoint.Steps;
        Touched.RemoveRange(savepoint.Touched, Touched.Count - savepoint.Touched);
        Body.Truncate(savepoint.Body);
        Records = savepoint.Records;
    }

    /// <summary>Adds what a key contributes to the digest, after all digests were forgotten.</summary>
    public void AddToDigest(KeyEntry entry)
    {
        Toggle(entry, DigestOf(entry));
    }

    /// <summary>Sums up by how much the digest of each key has changed: not at all when nothing live has.</summary>
    public void SumChanges(Dictionary<KeyEntry, ulong> changes)
    {
        foreach (ref readonly UndoStep step in _undo.AsSpan(0, _undoUsed))
        {
            changes[step.Entry] = changes.GetValueOrDefault(step.Entry) ^ step.Change;
        }
    }

    /// <summary>Starts over for the next call.</summary>
    public void Reset()
    {
        if (_undoUsed > 0)
        {
            // Only what was used: the array is as long as the longest call so far.
            Array.Clear(_undo, 0, _undoUsed);
            _undoUsed = 0;
            if (_undo.Length > UndoStepsKept)
            {
                _undo = new UndoStep[UndoStepsKept];
            }
        }

        if (_savedSlots.Count > 0)
        {
            _savedSlots.Clear();
        }

        _saved.Clear();
        Marked.Clear();
        Touched.Clear();
        Body.Clear();
        Records = 0;
    }

    private void RememberElement(
        KeyEntry entry, byte[] suffix, in RecordState was, bool wasKnown, in RecordState state)
    {
        ref UndoStep step = ref Remember(entry, UndoKind.Element);
        step.Suffix = suffix;
        step.WasKnown = wasKnown;
        step.State = was;
        step.Change = DigestChange(entry, suffix, was, state);
        ToggleElement(entry, step.Change);
        Mark(entry, state, suffix);
    }

    private void Derive(KeyEntry entry, byte[] suffix, in RecordState was, in RecordState state)
    {
        DeriveDeadline(entry, suffix, was, state);
        if (types.KindOf(suffix[0]) is { Index: not null } kind)
        {
            DeriveIndex(entry, suffix, kind, was, state);
        }
    }

    /// <summary>Keeps the list of deadlines in step with an element.</summary>
    private void DeriveDeadline(KeyEntry entry, byte[] suffix, in RecordState was, in RecordState state)
    {
        long before = was.IsVisible ? was.Deadline : Cell.NoDeadline;
        long after = state.IsVisible ? state.Deadline : Cell.NoDeadline;
        if (before == after)
        {
            return;
        }

        if (before != Cell.NoDeadline)
        {
            RemoveDerived(entry, StorageKeys.ElementDeadline(before, suffix));
        }

        if (after != Cell.NoDeadline)
        {
            AddDerived(entry, StorageKeys.ElementDeadline(after, suffix));
        }
    }

    /// <summary>Keeps an index in step with an element.</summary>
    private void DeriveIndex(
        KeyEntry entry, byte[] suffix, RecordKind kind, in RecordState was, in RecordState state)
    {
        WriteIndexEntry(_indexWas, kind, suffix, was);
        WriteIndexEntry(_indexIs, kind, suffix, state);
        if (_indexWas.Written.SequenceEqual(_indexIs.Written))
        {
            return;
        }

        if (_indexWas.Length > 0)
        {
            RemoveDerived(entry, _indexWas.Written);
        }

        if (_indexIs.Length > 0)
        {
            AddDerived(entry, _indexIs.Written.ToArray());
        }
    }

    private static void WriteIndexEntry(RecordWriter writer, RecordKind kind, byte[] suffix, in RecordState state)
    {
        writer.Clear();
        if (state.IsVisible)
        {
            writer.WriteByte(kind.Index!.Kind.Tag);
            kind.Index.WriteEntry(ElementSuffix.NameIn(kind, suffix), EngineCall.View(state), writer);
        }
    }

    private void AddDerived(KeyEntry entry, byte[] suffix)
    {
        Collection elements = entry.Elements!;
        ElementTree.Position at = elements.Tree.Find(suffix);
        ref UndoStep step = ref Remember(entry, UndoKind.Element);
        step.Suffix = suffix;
        step.WasKnown = elements.Knows(at, suffix);

        // It is there already when what it is derived from is on disk, and was taken for absent.
        step.State = at.IsValid ? at.Item.State : default;
        elements.Set(suffix, at, RecordState.Derived);
    }

    private void RemoveDerived(KeyEntry entry, ReadOnlySpan<byte> suffix)
    {
        Collection elements = entry.Elements!;
        ElementTree.Position at = elements.Tree.Find(suffix);
        if (!elements.Knows(at, suffix))
        {
            // It is in the store, since what it is derived from was there.
            at = elements.Load(suffix.ToArray(), RecordState.Derived);
        }

        byte[] kept = at.IsValid ? at.Suffix : suffix.ToArray();
        ref UndoStep step = ref Remember(entry, UndoKind.Element);
        step.Suffix = kept;
        step.WasKnown = true;
        step.State = RecordState.Derived;
        elements.Set(kept, at, default);
    }

    private void Mark(KeyEntry entry, in RecordState state, ReadOnlySpan<byte> suffix)
    {
        if (state.Cell is not null && (!state.IsVisible || state.Cell.HasMarkers))
        {
            Marked.Add((entry, suffix.ToArray()));
        }
    }

    private void Toggle(KeyEntry entry, ulong change) =>
        partitions.Toggle(entry.Partition, (ulong)entry.DigestSeed, change);

    private void ToggleElement(KeyEntry entry, ulong change)
    {
        entry.Elements!.DigestSum ^= change;
        Toggle(entry, change);
    }

    /// <summary>What a key contributes to the digest, the same on every node.</summary>
    public ulong DigestOf(KeyEntry entry)
    {
        ulong all = entry.Elements?.DigestSum ?? 0;
        return types.Single is { } single ? all ^ DigestChange(entry, [single.Kind.Tag], entry.Value, default) : all;
    }

    /// <summary>What the records of a collection contribute to the digest, computed anew; all of it is resident.</summary>
    public ulong SumOf(KeyEntry entry)
    {
        Collection elements = entry.Elements!;
        ulong sum = DigestChange(entry, [StorageKeys.RegisterTag], elements.Register, default);
        for (ElementTree.Position at = elements.Tree.First(); at.IsValid; at = at.Next())
        {
            sum ^= types.IsDerived(at.Suffix[0]) ? 0 : DigestChange(entry, at.Suffix, at.Item.State, default);
        }

        return sum;
    }

    /// <summary>What one record of a collection contributes to the digest.</summary>
    public ulong DigestOf(KeyEntry entry, in StoredElement record) =>
        DigestChange(entry, record.Suffix, record.State, default);

    /// <summary>By how much the digest changes when a record does.</summary>
    private ulong DigestChange(KeyEntry entry, ReadOnlySpan<byte> suffix, in RecordState was, in RecordState state)
    {
        ulong address = DigestAddress(entry, suffix);
        return Contribution(address, suffix[0], was) ^ Contribution(address, suffix[0], state);
    }

    private static ulong DigestAddress(KeyEntry entry, ReadOnlySpan<byte> suffix) =>
        XxHash3.HashToUInt64(suffix, entry.DigestSeed);

    private ulong Contribution(ulong address, byte tag, in RecordState state)
    {
        if (state.IsEmpty)
        {
            return 0;
        }

        _digestInput.Clear();
        state.WriteDigestInput(_digestInput);
        if (_digestInput.Length == 0)
        {
            return 0;
        }

        if (types.KindOf(tag)?.Merge is not null)
        {
            _digestInput.WriteBytes(state.Visible);
        }

        return XxHash3.HashToUInt64(_digestInput.Written, (long)address);
    }

    private ref UndoStep Remember(KeyEntry entry, UndoKind kind)
    {
        if (!entry.IsTouched)
        {
            entry.IsTouched = true;
            Touched.Add(entry);
        }

        if (_undoUsed == _undo.Length)
        {
            Array.Resize(ref _undo, _undo.Length * 2);
        }

        ref UndoStep step = ref _undo[_undoUsed++];
        step.Entry = entry;
        step.Kind = kind;
        return ref step;
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
        public ulong Change;
        public int SavedAt;
        public bool WasKnown;
        public RecordState State;
        public byte[]? Suffix;
        public CollectionContent? Content;
    }
}

/// <summary>A point in a call that it can be taken back to.</summary>
internal readonly record struct CallSavepoint(int Steps, int Body, int Records, int Touched, int Events);
