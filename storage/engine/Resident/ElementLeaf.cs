namespace Marekvs.Storage.Engine.Resident;

/// <summary>One element of a collection: its record, and what the store knows of it.</summary>
internal struct ElementItem
{
    public byte[] Suffix;

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
internal sealed class ElementLeaf : ElementNode
{
    private const int LeastCapacity = 4;

    private readonly List<ElementLeaf> _dirty;
    private ElementItem[] _items = new ElementItem[LeastCapacity];
    private SlotOrder _order;
    private bool _isDirty;

    /// <summary>Makes an empty leaf.</summary>
    /// <param name="dirty">The leaves of the tree that hold changes.</param>
    public ElementLeaf(List<ElementLeaf> dirty)
        : base(LeastCapacity, first: 0)
    {
        _dirty = dirty;
        _order.Reset();
    }

    public ElementLeaf? Previous { get; private set; }

    public ElementLeaf? Next { get; private set; }

    public override byte[] SuffixAt(int at) => ItemAt(at).Suffix;

    public ref ElementItem ItemAt(int at) => ref _items[_order[at]];

    public void MarkDirty(int at)
    {
        ItemAt(at).IsDirty = true;
        MarkDirty();
    }

    /// <summary>The list of leaves with changes begins anew.</summary>
    public void MarkClean() => _isDirty = false;

    public void Insert(int at, byte[] suffix)
    {
        if (Count == Capacity)
        {
            Resize(Math.Min(Fanout, Count * 2));
        }

        _items[_order.Insert(at, Count)].Suffix = suffix;
        InsertHead(at);
    }

    public void RemoveAt(int at)
    {
        _items[_order.Remove(at, Count)] = default;
        RemoveHead(at);
        if (Capacity > LeastCapacity && Count < Capacity / 4)
        {
            Resize(Capacity / 2);
        }
    }

    /// <summary>Takes over what the next leaf holds.</summary>
    public void AbsorbNext()
    {
        ElementLeaf right = Next!;
        if (Count + right.Count > Capacity)
        {
            Resize(Fanout);
        }

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
        var right = new ElementLeaf(_dirty) { Previous = this, Next = Next };
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
        var items = new ElementItem[capacity];
        for (int i = 0; i < Count; i++)
        {
            items[i] = ItemAt(i);
        }

        _items = items;
        _order.Reset();
    }

    private void MoveItems(int from, ElementLeaf to)
    {
        for (int i = from; i < Count; i++)
        {
            ref ElementItem item = ref ItemAt(i);
            int weight = item.State.IsVisible ? 1 : 0;
            to.Weight += weight;
            Weight -= weight;
            to._items[to._order[to.Count + i - from]] = item;
            item = default;
        }

        MoveHeads(from, to);
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
            _dirty.Add(this);
        }
    }
}
