namespace Marekvs.Storage.Memory;

/// <summary>
/// One batch of changes to a tree. A node is copied the first time the edit touches it; after that the copy is
/// changed in place, so a batch pays for each node once. Readers of the old root see nothing of it.
/// </summary>
internal sealed class TreeEdit(TreeNode root)
{
    private const int MergeBelow = TreeNode.Capacity / 4;

    public TreeNode Root { get; private set; } = root;

    public long CountChange { get; private set; }

    public void Put(byte[] key, byte[] value)
    {
        Root = Own(Root);
        if (Put(Root, key, value) is not { } right)
        {
            return;
        }

        var branch = new TreeNode(this, isLeaf: false) { Count = 2 };
        (branch.Keys[0], branch.Children[0]) = (Root.Keys[0], Root);
        (branch.Keys[1], branch.Children[1]) = (right.Keys[0], right);
        Root = branch;
    }

    public void Remove(ReadOnlySpan<byte> key)
    {
        if (Root.Find(key) is null)
        {
            return;
        }

        Root = Own(Root);
        RemoveExisting(Root, key);
        CountChange--;
        while (!Root.IsLeaf && Root.Count == 1)
        {
            Root = Root.Children[0];
        }
    }

    public void RemoveRange(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        while (Root.TrySeekUp(from, out TreeNode leaf, out int row) &&
            leaf.Keys[row].AsSpan().SequenceCompareTo(to) < 0)
        {
            Remove(leaf.Keys[row]);
        }
    }

    private TreeNode Own(TreeNode node) => ReferenceEquals(node.Owner, this) ? node : node.CopyFor(this);

    /// <returns>The new right neighbour of a node that was full, or null.</returns>
    private TreeNode? Put(TreeNode node, byte[] key, byte[] value)
    {
        if (node.IsLeaf)
        {
            int row = node.LowerBound(key);
            if (row < node.Count && node.Keys[row].AsSpan().SequenceEqual(key))
            {
                node.Values[row] = value;
                return null;
            }

            CountChange++;
            return Insert(node, row, key, value, child: null);
        }

        int at = node.ChildIndex(key);
        TreeNode below = node.Children[at] = Own(node.Children[at]);
        TreeNode? split = Put(below, key, value);
        return split is null ? null : Insert(node, at + 1, split.Keys[0], value: null, split);
    }

    private TreeNode? Insert(TreeNode node, int at, byte[] key, byte[]? value, TreeNode? child)
    {
        TreeNode? right = null;
        if (node.Count == TreeNode.Capacity)
        {
            // Keys that arrive in order fill their nodes; others leave both halves room to grow.
            int kept = at == node.Count ? node.Count : node.Count / 2;
            right = new TreeNode(this, node.IsLeaf) { Count = node.Count - kept };
            TreeNode.CopyEntries(node, kept, right, 0, right.Count);
            CutBack(node, kept);
            if (at >= kept && !(at == kept && right.Count > 0))
            {
                InsertWithRoom(right, at - kept, key, value, child);
                return right;
            }
        }

        InsertWithRoom(node, at, key, value, child);
        return right;
    }

    private static void InsertWithRoom(TreeNode node, int at, byte[] key, byte[]? value, TreeNode? child)
    {
        TreeNode.CopyEntries(node, at, node, at + 1, node.Count - at);
        node.Keys[at] = key;
        if (child is null)
        {
            node.Values[at] = value!;
        }
        else
        {
            node.Children[at] = child;
        }

        node.Count++;
    }

    private void RemoveExisting(TreeNode node, ReadOnlySpan<byte> key)
    {
        if (node.IsLeaf)
        {
            RemoveAt(node, node.LowerBound(key));
            return;
        }

        int at = node.ChildIndex(key);
        TreeNode child = node.Children[at] = Own(node.Children[at]);
        RemoveExisting(child, key);
        if (child.Count == 0)
        {
            RemoveAt(node, at);
        }
        else if (child.Count < MergeBelow && node.Count > 1)
        {
            int left = at > 0 ? at - 1 : at;
            MergeWithNext(node, left);
        }
    }

    private void MergeWithNext(TreeNode node, int left)
    {
        TreeNode right = node.Children[left + 1];
        if (node.Children[left].Count + right.Count > TreeNode.Capacity)
        {
            return;
        }

        TreeNode merged = node.Children[left] = Own(node.Children[left]);
        TreeNode.CopyEntries(right, 0, merged, merged.Count, right.Count);
        if (!merged.IsLeaf)
        {
            merged.Keys[merged.Count] = node.Keys[left + 1];
        }

        merged.Count += right.Count;
        RemoveAt(node, left + 1);
    }

    private static void RemoveAt(TreeNode node, int at)
    {
        TreeNode.CopyEntries(node, at + 1, node, at, node.Count - at - 1);
        CutBack(node, node.Count - 1);
    }

    private static void CutBack(TreeNode node, int count)
    {
        Array.Clear(node.Keys, count, node.Count - count);
        if (node.IsLeaf)
        {
            Array.Clear(node.Values, count, node.Count - count);
        }
        else
        {
            Array.Clear(node.Children, count, node.Count - count);
        }

        node.Count = count;
    }
}
