using Marekvs.Abstractions;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Execution;

/// <summary>
/// What a call does to the elements of a key. Of a paged collection an element may be in the store alone: it is noted
/// as missing and treated as absent, for the call will be taken back and run again.
/// </summary>
internal sealed class ElementVerbs(EngineCall call, CallDeltas deltas, CallEffects effects, KeyTypeCatalog types)
{
    /// <summary>Draws of elements past their deadline until those within theirs are looked for.</summary>
    private const int DrawsMax = 32;

    private readonly RecordWriter _suffix = new(64);

    public bool TryGet(KeyEntry entry, RecordKind kind, ReadOnlySpan<byte> element, out ElementValue value)
    {
        value = default;
        if (entry.Elements is null)
        {
            return false;
        }

        ElementTree.Position at = Find(entry, Suffix(kind, element));
        if (!at.IsValid || !call.IsSeen(at.Item.State))
        {
            return false;
        }

        value = EngineCall.View(at.Item.State);
        return true;
    }

    public IReadOnlyList<CellDot> DotsOf(KeyEntry entry, RecordKind kind, ReadOnlySpan<byte> element)
    {
        RecordState state = Get(entry, Suffix(kind, element), out _);
        return state.Cell is { } cell ? cell.Dots
            : state.Payload is { } payload
                ? [new CellDot(state.Origin, state.Stamp, DotState.Live, payload.AsMemory(0, state.Length))]
                : [];
    }

    /// <returns>True when the element was not seen before.</returns>
    public bool Put(
        KeyEntry entry,
        RecordKind kind,
        ReadOnlySpan<byte> element,
        ReadOnlySpan<byte> payload,
        in PutOptions options)
    {
        ReadOnlySpan<byte> suffix = Suffix(kind, element);
        if (options.IsNew)
        {
            PutNew(entry, kind, element, suffix.ToArray(), payload, options.Deadline);
            return true;
        }

        RecordState old = GetForWrite(entry, kind, element, suffix, out ElementTree.Position at);
        long deadline = options.KeepDeadline ? old.Deadline : options.Deadline;
        if (options.IfChanged && deltas.IsUnchanged(entry, kind, old, payload, deadline))
        {
            return false;
        }

        deltas.RenewStamp(old);
        bool added = !old.IsVisible;
        RecordState state;
        if (deltas.IsPlain(old, options))
        {
            deltas.PutPlain(entry, kind, element, payload, deadline);
            byte[] stored = kind.Merge is null || old.IsEmpty
                ? payload.ToArray()
                : CallDeltas.Merge(kind, old.Visible, payload);
            state = deltas.Plain(stored, deadline);
        }
        else
        {
            state = deltas.Put(entry, kind, element, old, payload, options.State, deadline);
        }

        effects.SetElement(entry, suffix, at, state);
        return added;
    }

    public void Increment(KeyEntry entry, RecordKind kind, ReadOnlySpan<byte> element, CounterSum amount)
    {
        ReadOnlySpan<byte> suffix = Suffix(kind, element);
        RecordState old = GetForWrite(entry, kind, element, suffix, out ElementTree.Position at);
        deltas.RenewStamp(old);
        effects.SetElement(entry, suffix, at, deltas.Increment(entry, kind, element, old, amount));
    }

    /// <returns>True when the element was seen.</returns>
    public bool Remove(KeyEntry entry, RecordKind kind, ReadOnlySpan<byte> element, bool isFinal = false)
    {
        ReadOnlySpan<byte> suffix = Suffix(kind, element);
        RecordState old = Get(entry, suffix, out ElementTree.Position at);
        if (!old.IsVisible)
        {
            return false;
        }

        effects.SetElement(
            entry,
            suffix,
            at,
            isFinal ? deltas.RemoveFinally(entry, kind, element, old) : deltas.Remove(entry, kind, element, old));
        if (!call.IsSeen(old))
        {
            return false;
        }

        ClearIfEmptied(entry);
        return true;
    }

    /// <summary>Removes the element a walk stands on. What the walk has read of it need not be read again.</summary>
    public void RemoveAt(KeyEntry entry, RecordKind kind, RecordCursor walk)
    {
        Collection elements = entry.Elements!;
        byte[] suffix = walk.Suffix;
        RecordState old = walk.State;
        ElementTree.Position at = elements.Tree.Find(suffix);
        if (!elements.Knows(at, suffix))
        {
            at = elements.Load(suffix, old);
        }

        RecordState removed = deltas.Remove(entry, kind, ElementSuffix.NameIn(kind, suffix), old);
        effects.SetElement(entry, suffix, at, removed);
        ClearIfEmptied(entry);
        walk.Resume(suffix);
    }

    /// <returns>True when the element is seen.</returns>
    public bool Amend(KeyEntry entry, RecordKind kind, ReadOnlySpan<byte> element, ReadOnlySpan<byte> payload)
    {
        Invariant.That(kind.Merge is not null && kind.IsAmendment is not null, "elements of the kind can be amended");
        ReadOnlySpan<byte> suffix = Suffix(kind, element);
        RecordState old = Get(entry, suffix, out ElementTree.Position at);
        if (!old.IsVisible || !call.IsSeen(old))
        {
            return false;
        }

        effects.SetElement(entry, suffix, at, deltas.Amend(entry, kind, element, old, payload));
        return true;
    }

    public void Expire(KeyEntry entry, long deadline) => effects.SetRegister(
        entry, deltas.Expire(entry, StorageKeys.RegisterTag, default, entry.Elements!.Register, deadline));

    /// <returns>True when the element is seen.</returns>
    public bool Expire(KeyEntry entry, RecordKind kind, ReadOnlySpan<byte> element, long deadline)
    {
        ReadOnlySpan<byte> suffix = Suffix(kind, element);
        RecordState old = Get(entry, suffix, out ElementTree.Position at);
        if (!old.IsVisible || !call.IsSeen(old))
        {
            return false;
        }

        effects.SetElement(entry, suffix, at, deltas.Expire(entry, kind.Tag, element, old, deadline));
        return true;
    }

    /// <summary>Deletes the collection, whatever its size in one step; first, one by one, what the vector cannot say:
    /// counters, and what came here before the writes of its origin that precede it.</summary>
    public void Clear(KeyEntry entry)
    {
        Collection elements = entry.Elements!;
        List<StoredElement> marked = [];
        if (elements.HasCounters || !deltas.IsTidy(entry))
        {
            marked = RemoveByName(entry);
        }

        deltas.Clear(entry);
        RecordState register = !elements.Register.IsEmpty && deltas.IsBeyondVector(entry, elements.Register)
            ? deltas.RemoveRegister(entry)
            : default;
        effects.EmptyElements(entry);
        foreach ((byte[] suffix, RecordState state) in marked)
        {
            effects.SetElement(entry, suffix, state);
        }

        if (!register.IsEmpty)
        {
            effects.SetRegister(entry, register);
        }
    }

    /// <summary>Removes elements whose own deadline has passed, the key with the last of them.</summary>
    /// <returns>The tag of one that was removed, 0 when none was.</returns>
    public byte ReapDue(KeyEntry entry, long now, int atMost)
    {
        Collection elements = entry.Elements!;
        List<byte[]> due = FindDue(entry, now, atMost, out long next);
        byte tag = 0;
        foreach (byte[] derived in due)
        {
            ReadOnlySpan<byte> suffix = StorageKeys.ElementIn(derived);
            ElementTree.Position at = Find(entry, suffix);
            if (!at.IsValid)
            {
                continue;
            }

            Invariant.That(
                at.Item.State.IsVisible && at.Item.State.Deadline == StorageKeys.DeadlineIn(derived),
                "the list of deadlines agrees with the elements");
            tag = suffix[0];
            if (!effects.VanishElement(entry, suffix))
            {
                return tag;
            }
        }

        if (elements.IsPaged && call.Needs.IsEmpty)
        {
            elements.RaiseNextDeadline(next);
        }

        return tag;
    }

    /// <summary>Derived records of elements whose deadline has passed, oldest first.</summary>
    private List<byte[]> FindDue(KeyEntry entry, long now, int atMost, out long next)
    {
        ReadOnlySpan<byte> first = [StorageKeys.ElementDeadlineTag];
        RecordCursor walk = Open(entry, StorageKeys.ElementDeadlineTag, first, reverse: false, fromEnd: false);
        var due = new List<byte[]>();
        next = Cell.NoDeadline;
        while (next == Cell.NoDeadline && walk.StepCounted())
        {
            long deadline = StorageKeys.DeadlineIn(walk.Suffix);
            if (deadline > now || due.Count == atMost)
            {
                next = deadline;
            }
            else
            {
                due.Add(walk.Suffix);
            }
        }

        return due;
    }

    /// <summary>Walks from an element on, or before which it would be; from the beginning or the end without one.
    /// </summary>
    public RecordCursor Scan(KeyEntry entry, RecordKind kind, ReadOnlySpan<byte> from, bool reverse)
    {
        return from.IsEmpty
            ? Open(entry, kind.Tag, [kind.Tag], reverse, fromEnd: true)
            : Open(entry, kind.Tag, Suffix(kind, from), reverse, fromEnd: false);
    }

    /// <summary>Walks from a suffix on.</summary>
    public RecordCursor ScanFrom(KeyEntry entry, RecordKind kind, ReadOnlySpan<byte> suffix) =>
        Open(entry, kind.Tag, suffix, reverse: false, fromEnd: false);

    /// <summary>Walks from a position on.</summary>
    public ElementCursor ScanAt(KeyEntry entry, RecordKind kind, long index)
    {
        Collection elements = entry.Elements!;
        long count = elements.CountOf(kind.Tag);
        if (index < 0 || index >= count)
        {
            return NoElements.Cursor;
        }

        if (!elements.IsPaged)
        {
            int first = elements.Tree.Rank([kind.Tag]);
            return TreeCursor.At(call, elements, kind.Tag, first + (int)index);
        }

        return (ElementCursor?)ElementRanks.WalkAt(call, entry, kind.Tag, index) ?? NoElements.Cursor;
    }

    /// <summary>Draws an element. One past its own deadline counts until it is removed: then another is drawn, and after
    /// many such draws one of those within theirs.</summary>
    public RecordCursor? Draw(KeyEntry entry, RecordKind kind, Random random)
    {
        if (entry.Elements!.IsPaged && kind.Order == ElementOrder.ByHash)
        {
            return ElementDraw.From(call, entry, kind, random);
        }

        long count = entry.Elements.CountOf(kind.Tag);
        for (int i = 0; i < DrawsMax && count > 0; i++)
        {
            ElementCursor drawn = ScanAt(entry, kind, random.NextInt64(count));
            if (drawn is RecordCursor record && record.Step() && call.IsSeen(record.State))
            {
                return record;
            }
        }

        return count > 0 ? DrawSeen(entry, kind, random) : null;
    }

    /// <summary>Counts the elements before one.</summary>
    public long RankOf(KeyEntry entry, RecordKind kind, ReadOnlySpan<byte> element)
    {
        Collection elements = entry.Elements!;
        if (!elements.IsPaged)
        {
            return elements.Tree.Rank(Suffix(kind, element)) - elements.Tree.Rank([kind.Tag]);
        }

        return ElementRanks.RankOf(call, entry, kind.Tag, Suffix(kind, element).ToArray());
    }

    private RecordCursor Open(KeyEntry entry, byte tag, ReadOnlySpan<byte> suffix, bool reverse, bool fromEnd)
    {
        Collection elements = entry.Elements!;
        return elements.IsPaged
            ? PagedCursor.Open(call, entry, tag, suffix, reverse, fromEnd)
            : TreeCursor.Open(call, elements, tag, suffix, reverse, fromEnd);
    }

    /// <summary>Puts an element whose name nobody has used, so that nothing needs to be looked up.</summary>
    private void PutNew(
        KeyEntry entry,
        RecordKind kind,
        ReadOnlySpan<byte> element,
        byte[] suffix,
        ReadOnlySpan<byte> payload,
        long deadline)
    {
        deltas.RenewStamp(default);
        deltas.PutPlain(entry, kind, element, payload, deadline);
        effects.AddElement(entry, suffix, deltas.Plain(payload.ToArray(), deadline));
    }

    /// <summary>The key goes with its last element, and its time to live with it.</summary>
    private void ClearIfEmptied(KeyEntry entry)
    {
        if (!entry.Elements!.IsVisible && !entry.Elements.Register.IsEmpty)
        {
            Clear(entry);
        }
    }

    /// <summary>Draws one of the elements that readers see, by looking at all.</summary>
    private RecordCursor? DrawSeen(KeyEntry entry, RecordKind kind, Random random)
    {
        byte[]? chosen = null;
        RecordCursor walk = Scan(entry, kind, default, reverse: false);
        for (long seen = 1; walk.MoveNext(); seen++)
        {
            chosen = random.NextInt64(seen) == 0 ? walk.Suffix : chosen;
        }

        if (chosen is null)
        {
            return null;
        }

        RecordCursor drawn = ScanFrom(entry, kind, chosen);
        drawn.Step();
        return drawn;
    }

    /// <returns>The markers that are left of what was removed.</returns>
    private List<StoredElement> RemoveByName(KeyEntry entry)
    {
        var named = new List<StoredElement>();
        foreach (RecordKind kind in types.ElementKinds)
        {
            if (entry.Elements!.CountOf(kind.Tag) == 0)
            {
                continue;
            }

            RecordCursor walk = Scan(entry, kind, default, reverse: false);
            while (walk.Step())
            {
                if (walk.State.HasCounter || deltas.IsBeyondVector(entry, walk.State))
                {
                    named.Add(new StoredElement(walk.Suffix, walk.State));
                }
            }
        }

        var marked = new List<StoredElement>();
        foreach ((byte[] suffix, RecordState state) in named)
        {
            if (!entry.Elements!.Knows(suffix))
            {
                entry.Elements.Load(suffix, state);
            }

            RecordKind kind = types.KindOf(suffix[0])!;
            RecordState left = deltas.Remove(entry, kind, ElementSuffix.NameIn(kind, suffix), state);
            effects.SetElement(entry, suffix, left);
            if (!left.IsEmpty)
            {
                marked.Add(new StoredElement(suffix, left));
            }
        }

        return marked;
    }

    private RecordState Get(KeyEntry entry, ReadOnlySpan<byte> suffix, out ElementTree.Position at)
    {
        at = entry.Elements is null ? default : Find(entry, suffix);
        return at.IsValid ? at.Item.State : default;
    }

    /// <summary>The element's record before a write. Of one past its own deadline what is seen goes first, so that an
    /// old value or time to live cannot attach to the new one.</summary>
    private RecordState GetForWrite(
        KeyEntry entry,
        RecordKind kind,
        ReadOnlySpan<byte> element,
        ReadOnlySpan<byte> suffix,
        out ElementTree.Position at)
    {
        RecordState old = Get(entry, suffix, out at);
        if (!old.IsVisible || call.IsSeen(old))
        {
            return old;
        }

        RecordState removed = deltas.Remove(entry, kind, element, old);
        effects.SetElement(entry, suffix, at, removed);
        at = entry.Elements!.Tree.Find(suffix);
        return removed;
    }

    private ElementTree.Position Find(KeyEntry entry, ReadOnlySpan<byte> suffix)
    {
        Collection elements = entry.Elements!;
        ElementTree.Position at = elements.Tree.Find(suffix);
        if (!at.IsValid)
        {
            if (elements.IsPaged && !elements.IsSurelyAbsent(suffix))
            {
                call.Needs.Add(new ColdElement(entry, elements, elements.Generation, suffix.ToArray()));
            }
        }
        else if (!at.Item.IsUsed)
        {
            at.Item.IsUsed = true;
        }

        return at;
    }

    private ReadOnlySpan<byte> Suffix(RecordKind kind, ReadOnlySpan<byte> element)
    {
        ElementSuffix.Write(_suffix, kind, element);
        return _suffix.Written;
    }
}
