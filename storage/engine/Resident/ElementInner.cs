namespace Marekvs.Storage.Engine.Resident;

/// <summary>Nodes, each with a suffix that is not larger than any below it and larger than all below the one before.
/// </summary>
internal sealed class ElementInner() : ElementNode(Fanout, first: 1)
{
    /// <summary>A child with more is not joined: so many need no room that others could use, and a removal does not look
    /// at the neighbours.</summary>
    private const int JoinedAtMost = Fanout / 4;

    private readonly ElementNode[] _children = new ElementNode[Fanout];
    private readonly byte[][] _suffixes = new byte[Fanout][];

    /// <summary>The child a suffix belongs to; what lies before all goes to the first.</summary>
    public int ChildFor(ReadOnlySpan<byte> suffix)
    {
        int at = Search(suffix);
        return at >= 0 ? at : ~at - 1;
    }

    public ElementNode ChildAt(int at) => _children[at];

    public override byte[] SuffixAt(int at) => _suffixes[at];

    public void Insert(int at, ElementNode child)
    {
        int after = Count - at;
        Array.Copy(_children, at, _children, at + 1, after);
        Array.Copy(_suffixes, at, _suffixes, at + 1, after);
        _children[at] = child;
        _suffixes[at] = child.Count == 0 ? [] : child.SuffixAt(0);
        InsertHead(at);
    }

    public void RemoveAt(int at)
    {
        RemoveHead(at);
        Array.Copy(_children, at + 1, _children, at, Count - at);
        Array.Copy(_suffixes, at + 1, _suffixes, at, Count - at);
        _children[Count] = null!;
        _suffixes[Count] = null!;
    }

    /// <summary>Makes two of a child that is full, because something is about to be added to it.</summary>
    public void SplitChild(int at, ReadOnlySpan<byte> added) =>
        Insert(at + 1, _children[at] is ElementLeaf leaf ? leaf.SplitFor(added) : ((ElementInner)_children[at]).SplitOff());

    /// <summary>Joins a child of which little is left with a neighbour when both fit into half a node.</summary>
    public void JoinChild(int at)
    {
        int count = _children[at].Count;
        if (count > JoinedAtMost)
        {
            return;
        }

        if (at + 1 < Count && count + _children[at + 1].Count <= Fanout / 2)
        {
            JoinNext(at);
        }
        else if (at > 0 && _children[at - 1].Count + count <= Fanout / 2)
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
        right._suffixes[0] = first;
        right.MoveChildren(0, this);
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
        Array.Copy(_children, from, to._children, at, moved);
        Array.Copy(_suffixes, from, to._suffixes, at, moved);
        Array.Clear(_children, from, moved);
        Array.Clear(_suffixes, from, moved);
        MoveHeads(from, to);
        for (int i = at; i < to.Count; i++)
        {
            to.Weight += to._children[i].Weight;
            Weight -= to._children[i].Weight;
        }
    }
}
