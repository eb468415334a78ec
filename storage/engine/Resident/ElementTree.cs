using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Marekvs.Abstractions;

namespace Marekvs.Storage.Engine.Resident;

/// <summary>One element of a collection: its storage suffix (tag, then name) and its record.</summary>
internal struct ElementItem
{
    public byte[] Suffix;

    /// <summary>See <see cref="SuffixHead"/>.</summary>
    public ulong Head;

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

/// <summary>
/// The first 8 bytes of a suffix as a number, zeros where it is shorter: suffixes whose heads differ are in the order of
/// their heads. A search compares heads, which lie in the nodes, and follows a reference only where they are equal.
/// </summary>
internal static class SuffixHead
{
    public static ulong Of(ReadOnlySpan<byte> suffix)
    {
        if (suffix.Length >= sizeof(ulong))
        {
            return BinaryPrimitives.ReadUInt64BigEndian(suffix);
        }

        Span<byte> head = stackalloc byte[sizeof(ulong)];
        head.Clear();
        suffix.CopyTo(head);
        return BinaryPrimitives.ReadUInt64BigEndian(head);
    }

    /// <summary>Compares a suffix with another.</summary>
    public static int Compare(ulong head, ReadOnlySpan<byte> suffix, ulong otherHead, byte[] other) =>
        head != otherHead ? (head < otherHead ? -1 : 1) : suffix.SequenceCompareTo(other);
}

/// <summary>
/// The elements of one collection in byte order: a B+tree whose nodes know how many visible elements lie below them,
/// so that position and rank are O(log n). Elements that hold only markers are kept but weigh nothing. Neighbours that
/// together fill half a node are joined, so that a tree most of which was taken out gives its memory back.
/// </summary>
internal sealed class ElementTree
{
    private const int Fanout = 64;

    private Node _root = new Leaf();

    public int Count { get; private set; }

    /// <summary>Visible elements.</summary>
    public int Weight => _root.Weight;

    /// <summary>The element with a suffix, or a null reference.</summary>
    public ref ElementItem Find(ReadOnlySpan<byte> suffix)
    {
        Leaf leaf = LeafFor(suffix);
        int at = leaf.Search(suffix);
        return ref at >= 0 ? ref leaf.Items[at] : ref Unsafe.NullRef<ElementItem>();
    }

    /// <summary>Adds an element that is not there yet.</summary>
    /// <param name="suffix">Its suffix, kept.</param>
    /// <param name="weight">What it will weigh: 1 when the caller makes it visible.</param>
    public ref ElementItem Add(byte[] suffix, int weight = 0)
    {
        if (_root.IsFull)
        {
            var root = new Inner();
            root.Insert(0, _root);
            root.Weight = _root.Weight;
            root.SplitChild(0);
            _root = root;
        }

        Node node = _root;
        while (node is Inner inner)
        {
            int child = inner.Search(suffix);
            if (inner.Children[child].IsFull)
            {
                inner.SplitChild(child);
                child = inner.Search(suffix);
            }

            inner.Weight += weight;
            node = inner.Children[child];
        }

        var leaf = (Leaf)node;
        int at = ~leaf.Search(suffix);
        Invariant.That(at >= 0, "an element is added once");
        leaf.Insert(at, suffix);
        leaf.Weight += weight;
        Count++;
        return ref leaf.Items[at];
    }

    /// <summary>Tells the tree that an element became visible (+1) or invisible (-1).</summary>
    public void Reweigh(ReadOnlySpan<byte> suffix, int change)
    {
        Node node = _root;
        node.Weight += change;
        while (node is Inner inner)
        {
            node = inner.Children[inner.Search(suffix)];
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
            _root = new Leaf();
        }

        while (_root is Inner { Count: 1 } inner)
        {
            _root = inner.Children[0];
        }

        Count--;
    }

    /// <summary>Visible elements before a suffix.</summary>
    public int Rank(ReadOnlySpan<byte> suffix)
    {
        int rank = 0;
        Node node = _root;
        while (node is Inner inner)
        {
            int child = inner.Search(suffix);
            for (int i = 0; i < child; i++)
            {
                rank += inner.Children[i].Weight;
            }

            node = inner.Children[child];
        }

        var leaf = (Leaf)node;
        int at = leaf.Search(suffix);
        int end = at < 0 ? ~at : at;
        for (int i = 0; i < end; i++)
        {
            rank += leaf.Items[i].State.IsVisible ? 1 : 0;
        }

        return rank;
    }

    /// <summary>The first element at or after a suffix.</summary>
    public Position Seek(ReadOnlySpan<byte> suffix)
    {
        Leaf leaf = LeafFor(suffix);
        int at = leaf.Search(suffix);
        return new Position(leaf, at < 0 ? ~at : at).Settle();
    }

    /// <summary>The last element before a suffix, or at it.</summary>
    public Position SeekBefore(ReadOnlySpan<byte> suffix, bool inclusive = false)
    {
        Leaf leaf = LeafFor(suffix);
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

        Node node = _root;
        while (node is Inner inner)
        {
            int child = 0;
            while (index >= inner.Children[child].Weight)
            {
                index -= inner.Children[child++].Weight;
            }

            node = inner.Children[child];
        }

        var leaf = (Leaf)node;
        for (int i = 0; ; i++)
        {
            if (leaf.Items[i].State.IsVisible && index-- == 0)
            {
                return new Position(leaf, i);
            }
        }
    }

    /// <summary>The first element with a tag, or what comes after all that have it.</summary>
    public Position FirstOf(byte tag)
    {
        Position first = First();
        return !first.IsValid || first.Item.Suffix[0] == tag ? first : Seek([tag]);
    }

    /// <summary>The last element with a tag, or what comes before all that have it.</summary>
    public Position LastOf(byte tag)
    {
        Position last = Last();
        return !last.IsValid || last.Item.Suffix[0] == tag ? last : SeekBefore([(byte)(tag + 1)]);
    }

    public Position First()
    {
        Node node = _root;
        while (node is Inner inner)
        {
            node = inner.Children[0];
        }

        return new Position((Leaf)node, 0).Settle();
    }

    private Position Last()
    {
        Node node = _root;
        while (node is Inner inner)
        {
            node = inner.Children[inner.Count - 1];
        }

        return node.Count == 0 ? default : new Position((Leaf)node, node.Count - 1);
    }

    private static bool Remove(Node node, ReadOnlySpan<byte> suffix, int weight)
    {
        node.Weight -= weight;
        if (node is Leaf leaf)
        {
            leaf.RemoveAt(leaf.Search(suffix));
            if (leaf.Count > 0)
            {
                return false;
            }

            leaf.Unlink();
            return true;
        }

        var inner = (Inner)node;
        int child = inner.Search(suffix);
        if (Remove(inner.Children[child], suffix, weight))
        {
            inner.RemoveAt(child);
        }
        else
        {
            inner.JoinChild(child);
        }

        return inner.Count == 0;
    }

    private Leaf LeafFor(ReadOnlySpan<byte> suffix)
    {
        Node node = _root;
        while (node is Inner inner)
        {
            node = inner.Children[inner.Search(suffix)];
        }

        return (Leaf)node;
    }

    /// <summary>A place in the tree; valid until the tree changes. The default is "no element".</summary>
    internal readonly struct Position(object? leaf, int at)
    {
        public bool IsValid => leaf is not null;

        public ref ElementItem Item => ref ((Leaf)leaf!).Items[at];

        public Position Next() => new Position(leaf, at + 1).Settle();

        public Position Previous()
        {
            if (at > 0)
            {
                return new Position(leaf, at - 1);
            }

            Leaf? previous = ((Leaf)leaf!).Previous;
            return previous is null ? default : new Position(previous, previous.Count - 1);
        }

        /// <summary>Moves from the end of a leaf to the beginning of the next.</summary>
        public Position Settle()
        {
            var here = (Leaf)leaf!;
            if (at < here.Count)
            {
                return this;
            }

            return here.Next is null ? default : new Position(here.Next, 0);
        }
    }

    private abstract class Node
    {
        public int Count;

        /// <summary>Visible elements below.</summary>
        public int Weight;

        public bool IsFull => Count == Fanout;

        public abstract byte[] FirstSuffix { get; }
    }

    private sealed class Leaf : Node
    {
        public ElementItem[] Items = new ElementItem[4];
        public Leaf? Previous;
        public Leaf? Next;

        public override byte[] FirstSuffix => Items[0].Suffix;

        public int Search(ReadOnlySpan<byte> suffix)
        {
            ulong head = SuffixHead.Of(suffix);
            int low = 0;
            int high = Count - 1;
            while (low <= high)
            {
                int middle = (low + high) >>> 1;
                ref ElementItem item = ref Items[middle];
                int order = SuffixHead.Compare(head, suffix, item.Head, item.Suffix);
                if (order == 0)
                {
                    return middle;
                }

                if (order < 0)
                {
                    high = middle - 1;
                }
                else
                {
                    low = middle + 1;
                }
            }

            return ~low;
        }

        public void Insert(int at, byte[] suffix)
        {
            if (Count == Items.Length)
            {
                Array.Resize(ref Items, Math.Min(Fanout, Items.Length * 2));
            }

            Array.Copy(Items, at, Items, at + 1, Count - at);
            Items[at] = new ElementItem { Suffix = suffix, Head = SuffixHead.Of(suffix) };
            Count++;
        }

        public void RemoveAt(int at)
        {
            Array.Copy(Items, at + 1, Items, at, Count - at - 1);
            Items[--Count] = default;
            if (Items.Length > 4 && Count < Items.Length / 4)
            {
                Array.Resize(ref Items, Items.Length / 2);
            }
        }

        /// <summary>Takes over what the next leaf holds.</summary>
        public void Absorb(Leaf right)
        {
            if (Items.Length < Count + right.Count)
            {
                Array.Resize(ref Items, Fanout);
            }

            Array.Copy(right.Items, 0, Items, Count, right.Count);
            Count += right.Count;
            Weight += right.Weight;
            right.Unlink();
        }

        public Leaf SplitOff()
        {
            var right = new Leaf { Items = new ElementItem[Fanout], Previous = this, Next = Next };
            Next?.Previous = right;
            Next = right;
            int half = Count / 2;
            Array.Copy(Items, half, right.Items, 0, Count - half);
            Array.Clear(Items, half, Count - half);
            right.Count = Count - half;
            Count = half;
            foreach (ref ElementItem item in right.Items.AsSpan(0, right.Count))
            {
                right.Weight += item.State.IsVisible ? 1 : 0;
            }

            Weight -= right.Weight;
            return right;
        }

        public void Unlink()
        {
            Previous?.Next = Next;
            Next?.Previous = Previous;
        }
    }

    private sealed class Inner : Node
    {
        public readonly Node[] Children = new Node[Fanout];
        private readonly (ulong Head, byte[] Suffix)[] _firsts = new (ulong, byte[])[Fanout];

        public override byte[] FirstSuffix => _firsts[0].Suffix;

        /// <summary>The child a suffix belongs to; what lies before all goes to the first.</summary>
        public int Search(ReadOnlySpan<byte> suffix)
        {
            ulong head = SuffixHead.Of(suffix);
            int low = 1;
            int high = Count - 1;
            while (low <= high)
            {
                int middle = (low + high) >>> 1;
                ref (ulong Head, byte[] Suffix) first = ref _firsts[middle];
                if (SuffixHead.Compare(head, suffix, first.Head, first.Suffix) < 0)
                {
                    high = middle - 1;
                }
                else
                {
                    low = middle + 1;
                }
            }

            return low - 1;
        }

        public void Insert(int at, Node child)
        {
            Array.Copy(Children, at, Children, at + 1, Count - at);
            Array.Copy(_firsts, at, _firsts, at + 1, Count - at);
            Children[at] = child;
            byte[] first = child.Count == 0 ? [] : child.FirstSuffix;
            _firsts[at] = (SuffixHead.Of(first), first);
            Count++;
        }

        public void RemoveAt(int at)
        {
            Array.Copy(Children, at + 1, Children, at, Count - at - 1);
            Array.Copy(_firsts, at + 1, _firsts, at, Count - at - 1);
            Count--;
            Children[Count] = null!;
            _firsts[Count] = default;
        }

        public void SplitChild(int at)
        {
            Node right = Children[at] is Leaf leaf ? leaf.SplitOff() : ((Inner)Children[at]).SplitOff();
            Insert(at + 1, right);
        }

        /// <summary>Joins a child with a neighbour when both fit into half a node.</summary>
        public void JoinChild(int at)
        {
            if (at + 1 < Count && Children[at].Count + Children[at + 1].Count <= Fanout / 2)
            {
                JoinNext(at);
            }
            else if (at > 0 && Children[at - 1].Count + Children[at].Count <= Fanout / 2)
            {
                JoinNext(at - 1);
            }
        }

        private void JoinNext(int at)
        {
            Node right = Children[at + 1];
            if (Children[at] is Leaf leaf)
            {
                leaf.Absorb((Leaf)right);
            }
            else
            {
                ((Inner)Children[at]).Absorb((Inner)right, _firsts[at + 1]);
            }

            RemoveAt(at + 1);
        }

        /// <summary>Takes over the children of the next node. Its own first bound may be out of date, since nothing
        /// is ever looked up by it; the parent's holds.</summary>
        private void Absorb(Inner right, (ulong Head, byte[] Suffix) first)
        {
            Array.Copy(right.Children, 0, Children, Count, right.Count);
            Array.Copy(right._firsts, 0, _firsts, Count, right.Count);
            _firsts[Count] = first;
            Count += right.Count;
            Weight += right.Weight;
        }

        private Inner SplitOff()
        {
            var right = new Inner();
            int half = Count / 2;
            for (int i = half; i < Count; i++)
            {
                right.Children[i - half] = Children[i];
                right._firsts[i - half] = _firsts[i];
                right.Weight += Children[i].Weight;
                Children[i] = null!;
                _firsts[i] = default;
            }

            right.Count = Count - half;
            Count = half;
            Weight -= right.Weight;
            return right;
        }
    }
}
