namespace Marekvs.Storage.Engine.Resident;

/// <summary>Nodes, each with a suffix that is not larger than any below it and larger than all below the one before.
/// </summary>
internal sealed class ElementInner() : ElementNode(Fanout, first: 1)
{
    private readonly ElementNode[] _children = new ElementNode[Fanout];

    /// <summary>The child a suffix belongs to; what lies before all goes to the first.</summary>
    public int ChildFor(ReadOnlySpan<byte> suffix)
    {
        int at = Search(suffix);
        return at >= 0 ? at : ~at - 1;
    }

    public ElementNode ChildAt(int at) => _children[at];

    public void Insert(int at, ElementNode child)
    {
        Array.Copy(_children, at, _children, at + 1, Count - at);
        _children[at] = child;
        InsertSuffix(at, child.Count == 0 ? [] : child.SuffixAt(0));
    }

    public void RemoveAt(int at)
    {
        RemoveSuffix(at);
        Array.Copy(_children, at + 1, _children, at, Count - at);
        _children[Count] = null!;
    }

    /// <summary>Makes two of a child that is full, because something is about to be added to it.</summary>
    public void SplitChild(int at, ReadOnlySpan<byte> added) =>
        Insert(at + 1, _children[at] is ElementLeaf leaf ? leaf.SplitFor(added) : ((ElementInner)_children[at]).SplitOff());

    /// <summary>Joins a child with a neighbour when both fit into half a node.</summary>
    public void JoinChild(int at)
    {
        if (at + 1 < Count && _children[at].Count + _children[at + 1].Count <= Fanout / 2)
        {
            JoinNext(at);
        }
        else if (at > 0 && _children[at - 1].Count + _children[at].Count <= Fanout / 2)
        {
            JoinNext(at - 1);
        }
    }

    private void JoinNext(int at)
    {
        if (_children[at] is ElementLeaf leaf)
        {
            leaf.AbsorbNext();
        }
        else
        {
            ((ElementInner)_children[at]).Absorb((ElementInner)_children[at + 1], SuffixAt(at + 1));
        }

        RemoveAt(at + 1);
    }

    /// <summary>Takes over the children of the next node. Its own first bound may be out of date, since nothing is ever
    /// looked up by it; the parent's holds.</summary>
    private void Absorb(ElementInner right, byte[] first)
    {
        int at = Count;
        right.MoveChildren(0, this);
        SetSuffix(at, first);
    }

    private ElementInner SplitOff()
    {
        var right = new ElementInner();
        MoveChildren(Count / 2, right);
        return right;
    }

    private void MoveChildren(int from, ElementInner to)
    {
        int at = to.Count;
        int moved = Count - from;
        MoveSuffixes(from, to);
        Array.Copy(_children, from, to._children, at, moved);
        Array.Clear(_children, from, moved);
        for (int i = at; i < to.Count; i++)
        {
            to.Weight += to._children[i].Weight;
            Weight -= to._children[i].Weight;
        }
    }
}
