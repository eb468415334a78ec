namespace Marekvs.Storage.Engine.Resident;

/// <summary>One element of a collection: its record, and what the store knows of it.</summary>
internal struct ElementItem
{
    public RecordState State;

    /// <summary>Changed since the last checkpoint took it.</summary>
    public bool IsDirty;

    /// <summary>The store has it.</summary>
    public bool IsStored;

    /// <summary>Changed since it came into memory: what was read from the store before may differ from it.</summary>
    public bool IsWritten;

    /// <summary>Used since the hand that trims passed.</summary>
    public bool IsUsed;
}

/// <summary>Neighbouring elements, with the leaves before and after.</summary>
/// <param name="dirty">The leaves of the tree that hold changes.</param>
internal sealed class ElementLeaf(List<ElementLeaf> dirty) : ElementNode(LeastCapacity, first: 0)
{
    private const int LeastCapacity = 4;

    private ElementItem[] _items = new ElementItem[LeastCapacity];
    private bool _isDirty;

    public ElementLeaf? Previous { get; private set; }

    public ElementLeaf? Next { get; private set; }

    public ref ElementItem ItemAt(int at) => ref _items[at];

    public void MarkDirty(int at)
    {
        _items[at].IsDirty = true;
        MarkDirty();
    }

    /// <summary>The list of leaves with changes begins anew.</summary>
    public void MarkClean() => _isDirty = false;

    public void Insert(int at, byte[] suffix)
    {
        int after = Count - at;
        InsertSuffix(at, suffix);
        Array.Copy(_items, at, _items, at + 1, after);
        _items[at] = default;
    }

    public void RemoveAt(int at)
    {
        RemoveSuffix(at);
        Array.Copy(_items, at + 1, _items, at, Count - at);
        _items[Count] = default;
        if (Capacity > LeastCapacity && Count < Capacity / 4)
        {
            Resize(Capacity / 2);
        }
    }

    /// <summary>Takes over what the next leaf holds.</summary>
    public void AbsorbNext()
    {
        ElementLeaf right = Next!;
        right.MoveItems(0, this);
        right.Unlink();
    }

    /// <summary>Moves part of the elements into a new leaf behind this one: half of them, or all but the one at whose side
    /// a run of additions goes on, so that what is added in order fills the leaves.</summary>
    /// <param name="added">What is about to be added.</param>
    public ElementLeaf SplitFor(ReadOnlySpan<byte> added)
    {
        int kept = Next is null && added.SequenceCompareTo(SuffixAt(Count - 1)) > 0 ? Count - 1
            : Previous is null && added.SequenceCompareTo(SuffixAt(0)) < 0 ? 1
            : Count / 2;
        var right = new ElementLeaf(dirty) { Previous = this, Next = Next };
        Next?.Previous = right;
        Next = right;
        right.Resize(Fanout);
        MoveItems(kept, right);
        return right;
    }

    /// <summary>Takes an empty leaf out of the row.</summary>
    public void Unlink()
    {
        Previous?.Next = Next;
        Next?.Previous = Previous;

        // It may stay in the list of those with changes for a while.
        Resize(0);
    }

    protected override void Resize(int capacity)
    {
        base.Resize(capacity);
        Array.Resize(ref _items, capacity);
    }

    private void MoveItems(int from, ElementLeaf to)
    {
        int at = to.Count;
        int moved = Count - from;
        MoveSuffixes(from, to);
        Array.Copy(_items, from, to._items, at, moved);
        Array.Clear(_items, from, moved);
        for (int i = at; i < to.Count; i++)
        {
            int weight = to._items[i].State.IsVisible ? 1 : 0;
            to.Weight += weight;
            Weight -= weight;
        }

        if (_isDirty)
        {
            to.MarkDirty();
        }
    }

    private void MarkDirty()
    {
        if (!_isDirty)
        {
            _isDirty = true;
            dirty.Add(this);
        }
    }
}
