using Marekvs.Abstractions;

namespace Marekvs.Storage.Engine.Resident;

/// <summary>
/// The elements of one collection in byte order: a B+tree whose nodes know how many visible elements lie below them,
/// so that position and rank are O(log n). Elements that hold only markers are kept but weigh nothing. Nodes of which
/// little is left are joined with their neighbours, so that a tree most of which was taken out gives its memory back.
/// </summary>
internal sealed class ElementTree
{
    private readonly List<ElementLeaf> _dirty = [];
    private ElementNode _root;

    public ElementTree() => _root = new ElementLeaf(_dirty);

    public int Count { get; private set; }

    /// <summary>Visible elements.</summary>
    public int Weight => _root.Weight;

    /// <summary>Where the element with a suffix is; not valid when there is none.</summary>
    public Position Find(ReadOnlySpan<byte> suffix)
    {
        ElementLeaf leaf = LeafFor(suffix);
        int at = leaf.Search(suffix);
        return at >= 0 ? new Position(leaf, at) : default;
    }

    /// <summary>Adds an element that is not there yet.</summary>
    /// <param name="suffix">Its suffix, kept.</param>
    /// <param name="weight">What it will weigh: 1 when the caller makes it visible.</param>
    public Position Add(byte[] suffix, int weight = 0)
    {
        if (_root.IsFull)
        {
            var root = new ElementInner();
            root.Insert(0, _root);
            root.Weight = _root.Weight;
            root.SplitChild(0, suffix);
            _root = root;
        }

        ElementNode node = _root;
        while (node is ElementInner inner)
        {
            int child = inner.ChildFor(suffix);
            if (inner.ChildAt(child).IsFull)
            {
                inner.SplitChild(child, suffix);
                child = inner.ChildFor(suffix);
            }

            inner.Weight += weight;
            node = inner.ChildAt(child);
        }

        var leaf = (ElementLeaf)node;
        int at = ~leaf.Search(suffix);
        Invariant.That(at >= 0, "an element is added once");
        leaf.Insert(at, suffix);
        leaf.Weight += weight;
        Count++;
        return new Position(leaf, at);
    }

    /// <summary>Walks the changed elements, which from then on count as taken. The tree does not change meanwhile.</summary>
    public IEnumerable<Position> TakeDirty()
    {
        // In order, as far as that is cheap: it spares the store a random walk.
        ElementLeaf[] leaves = [.. _dirty.Where(leaf => leaf.Count > 0)];
        _dirty.Clear();
        Array.Sort(leaves, static (left, right) => left.SuffixAt(0).AsSpan().SequenceCompareTo(right.SuffixAt(0)));
        foreach (ElementLeaf leaf in leaves)
        {
            leaf.MarkClean();
            for (int i = 0; i < leaf.Count; i++)
            {
                if (leaf.ItemAt(i).IsDirty)
                {
                    leaf.ItemAt(i).IsDirty = false;
                    yield return new Position(leaf, i);
                }
            }
        }
    }

    /// <summary>Tells the tree that an element became visible (+1) or invisible (-1).</summary>
    public void Reweigh(ReadOnlySpan<byte> suffix, int change)
    {
        ElementNode node = _root;
        node.Weight += change;
        while (node is ElementInner inner)
        {
            node = inner.ChildAt(inner.ChildFor(suffix));
            node.Weight += change;
        }
    }

    /// <summary>Takes an element out, which must be there.</summary>
    /// <param name="suffix">Its suffix.</param>
    /// <param name="weight">What it still weighs.</param>
    public void Remove(ReadOnlySpan<byte> suffix, int weight = 0)
    {
        if (Remove(_root, suffix, weight))
        {
            _root = new ElementLeaf(_dirty);
        }

        while (_root is ElementInner { Count: 1 } inner)
        {
            _root = inner.ChildAt(0);
        }

        Count--;
    }

    /// <summary>Visible elements before a suffix.</summary>
    public int Rank(ReadOnlySpan<byte> suffix)
    {
        int rank = 0;
        ElementNode node = _root;
        while (node is ElementInner inner)
        {
            int child = inner.ChildFor(suffix);
            for (int i = 0; i < child; i++)
            {
                rank += inner.ChildAt(i).Weight;
            }

            node = inner.ChildAt(child);
        }

        var leaf = (ElementLeaf)node;
        int at = leaf.Search(suffix);
        int end = at < 0 ? ~at : at;
        for (int i = 0; i < end; i++)
        {
            rank += leaf.ItemAt(i).State.IsVisible ? 1 : 0;
        }

        return rank;
    }

    /// <summary>The first element at or after a suffix.</summary>
    public Position Seek(ReadOnlySpan<byte> suffix)
    {
        ElementLeaf leaf = LeafFor(suffix);
        int at = leaf.Search(suffix);
        return new Position(leaf, at < 0 ? ~at : at).Settle();
    }

    /// <summary>The last element before a suffix, or at it.</summary>
    public Position SeekBefore(ReadOnlySpan<byte> suffix, bool inclusive = false)
    {
        ElementLeaf leaf = LeafFor(suffix);
        int at = leaf.Search(suffix);
        return at >= 0 && inclusive ? new Position(leaf, at) : new Position(leaf, at < 0 ? ~at : at).Previous();
    }

    /// <summary>The visible element at a position, or the end.</summary>
    public Position Select(int index)
    {
        if (index < 0 || index >= Weight)
        {
            return default;
        }

        ElementNode node = _root;
        while (node is ElementInner inner)
        {
            int child = 0;
            while (index >= inner.ChildAt(child).Weight)
            {
                index -= inner.ChildAt(child++).Weight;
            }

            node = inner.ChildAt(child);
        }

        var leaf = (ElementLeaf)node;
        for (int i = 0; ; i++)
        {
            if (leaf.ItemAt(i).State.IsVisible && index-- == 0)
            {
                return new Position(leaf, i);
            }
        }
    }

    /// <summary>The first element with a tag, or what comes after all that have it.</summary>
    public Position FirstOf(byte tag)
    {
        Position first = First();
        return !first.IsValid || first.Suffix[0] == tag ? first : Seek([tag]);
    }

    /// <summary>The last element with a tag, or what comes before all that have it.</summary>
    public Position LastOf(byte tag)
    {
        Position last = Last();
        return !last.IsValid || last.Suffix[0] == tag ? last : SeekBefore([(byte)(tag + 1)]);
    }

    public Position First()
    {
        ElementNode node = _root;
        while (node is ElementInner inner)
        {
            node = inner.ChildAt(0);
        }

        return new Position((ElementLeaf)node, 0).Settle();
    }

    private Position Last()
    {
        ElementNode node = _root;
        while (node is ElementInner inner)
        {
            node = inner.ChildAt(inner.Count - 1);
        }

        return node.Count == 0 ? default : new Position((ElementLeaf)node, node.Count - 1);
    }

    private static bool Remove(ElementNode node, ReadOnlySpan<byte> suffix, int weight)
    {
        node.Weight -= weight;
        if (node is ElementLeaf leaf)
        {
            leaf.RemoveAt(leaf.Search(suffix));
            if (leaf.Count > 0)
            {
                return false;
            }

            leaf.Unlink();
            return true;
        }

        var inner = (ElementInner)node;
        int child = inner.ChildFor(suffix);
        if (Remove(inner.ChildAt(child), suffix, weight))
        {
            inner.RemoveAt(child);
        }
        else
        {
            inner.JoinChild(child);
        }

        return inner.Count == 0;
    }

    private ElementLeaf LeafFor(ReadOnlySpan<byte> suffix)
    {
        ElementNode node = _root;
        while (node is ElementInner inner)
        {
            node = inner.ChildAt(inner.ChildFor(suffix));
        }

        return (ElementLeaf)node;
    }

    /// <summary>A place in the tree; valid until the tree changes. The default is "no element".</summary>
    internal readonly struct Position(ElementLeaf? leaf, int at)
    {
        public bool IsValid => leaf is not null;

        /// <summary>The element's suffix.</summary>
        public byte[] Suffix => leaf!.SuffixAt(at);

        public ref ElementItem Item => ref leaf!.ItemAt(at);

        /// <summary>Notes that the store has to be told of the element.</summary>
        public void MarkDirty() => leaf!.MarkDirty(at);

        public Position Next() => new Position(leaf, at + 1).Settle();

        public Position Previous()
        {
            if (at > 0)
            {
                return new Position(leaf, at - 1);
            }

            ElementLeaf? previous = leaf!.Previous;
            return previous is null ? default : new Position(previous, previous.Count - 1);
        }

        /// <summary>Moves from the end of a leaf to the beginning of the next.</summary>
        public Position Settle() =>
            at < leaf!.Count ? this
            : leaf.Next is null ? default
            : new Position(leaf.Next, 0);
    }
}
