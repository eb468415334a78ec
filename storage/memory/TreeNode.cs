namespace Marekvs.Storage.Memory;

/// <summary>
/// A node of an ordered tree that is copied when written: whoever holds a root sees the tree as it was then, for ever.
/// Rows lie in the leaves; a branch holds its children and, for each, a key no greater than any key below it (the
/// first child's is not looked at).
/// </summary>
internal sealed class TreeNode
{
    public const int Capacity = 64;

    /// <summary>The edit that made the node and may still change it.</summary>
    public readonly object? Owner;

    public readonly byte[][] Keys = new byte[Capacity][];
    public readonly byte[][] Values;
    public readonly TreeNode[] Children;
    public int Count;

    public TreeNode(object? owner, bool isLeaf)
    {
        Owner = owner;
        Values = isLeaf ? new byte[Capacity][] : [];
        Children = isLeaf ? [] : new TreeNode[Capacity];
    }

    public static TreeNode Empty { get; } = new(owner: null, isLeaf: true);

    public bool IsLeaf => Children.Length == 0;

    public TreeNode CopyFor(object owner)
    {
        var copy = new TreeNode(owner, IsLeaf) { Count = Count };
        CopyEntries(this, 0, copy, 0, Count);
        return copy;
    }

    public static void CopyEntries(TreeNode from, int at, TreeNode to, int position, int count)
    {
        Array.Copy(from.Keys, at, to.Keys, position, count);
        if (from.IsLeaf)
        {
            Array.Copy(from.Values, at, to.Values, position, count);
        }
        else
        {
            Array.Copy(from.Children, at, to.Children, position, count);
        }
    }

    /// <summary>The child that holds a key if the tree does.</summary>
    public int ChildIndex(ReadOnlySpan<byte> key)
    {
        int low = 1;
        int high = Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (Keys[middle].AsSpan().SequenceCompareTo(key) <= 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low - 1;
    }

    /// <summary>The first row of a leaf at or above a key.</summary>
    public int LowerBound(ReadOnlySpan<byte> key)
    {
        int low = 0;
        int high = Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (Keys[middle].AsSpan().SequenceCompareTo(key) < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    public byte[]? Find(ReadOnlySpan<byte> key)
    {
        TreeNode node = this;
        while (!node.IsLeaf)
        {
            node = node.Children[node.ChildIndex(key)];
        }

        int at = node.LowerBound(key);
        return at < node.Count && node.Keys[at].AsSpan().SequenceEqual(key) ? node.Values[at] : null;
    }

    /// <summary>The leaf and row with the smallest key at or above a key.</summary>
    /// <returns>False when there is none.</returns>
    public bool TrySeekUp(ReadOnlySpan<byte> key, out TreeNode leaf, out int row)
    {
        TreeNode? right = null;
        leaf = this;
        while (!leaf.IsLeaf)
        {
            int child = leaf.ChildIndex(key);
            right = child + 1 < leaf.Count ? leaf.Children[child + 1] : right;
            leaf = leaf.Children[child];
        }

        row = leaf.LowerBound(key);
        if (row < leaf.Count)
        {
            return true;
        }

        if (right is null)
        {
            return false;
        }

        leaf = right;
        while (!leaf.IsLeaf)
        {
            leaf = leaf.Children[0];
        }

        row = 0;
        return true;
    }

    /// <summary>The leaf and row with the greatest key below a key, or the greatest of all.</summary>
    /// <returns>False when there is none.</returns>
    public bool TrySeekDown(ReadOnlySpan<byte> key, bool unbounded, out TreeNode leaf, out int row)
    {
        TreeNode? left = null;
        leaf = this;
        while (!leaf.IsLeaf)
        {
            int child = unbounded ? leaf.Count - 1 : leaf.ChildIndex(key);
            left = child > 0 ? leaf.Children[child - 1] : left;
            leaf = leaf.Children[child];
        }

        row = (unbounded ? leaf.Count : leaf.LowerBound(key)) - 1;
        if (row >= 0)
        {
            return true;
        }

        if (left is null)
        {
            return false;
        }

        leaf = left;
        while (!leaf.IsLeaf)
        {
            leaf = leaf.Children[leaf.Count - 1];
        }

        row = leaf.Count - 1;
        return true;
    }
}
