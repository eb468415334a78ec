using Marekvs.Abstractions.Storage;

namespace Marekvs.Storage.Memory;

/// <summary>A walk over the tree as it was when the scan was opened.</summary>
internal sealed class MemoryScan(TreeNode root, byte[] from, byte[] to, bool reverse) : IStoreScan
{
    private TreeNode? _leaf;
    private int _row;
    private bool _ended;

    public ReadOnlySpan<byte> Key => _leaf!.Keys[_row];

    public ReadOnlySpan<byte> Value => _leaf!.Values[_row];

    public bool MoveNext()
    {
        if (_ended)
        {
            return false;
        }

        _ended = !(reverse ? StepDown() : StepUp());
        if (_ended)
        {
            _leaf = null;
        }

        return !_ended;
    }

    public void Dispose()
    {
        _ended = true;
        _leaf = null;
    }

    private bool StepUp()
    {
        if (_leaf is null)
        {
            return root.TrySeekUp(from, out _leaf, out _row) && IsBelowEnd();
        }

        if (++_row < _leaf.Count)
        {
            return IsBelowEnd();
        }

        // The next key in order after a key is that key with a zero byte behind it.
        byte[] next = [.. _leaf.Keys[_row - 1], 0];
        return root.TrySeekUp(next, out _leaf, out _row) && IsBelowEnd();
    }

    private bool StepDown()
    {
        bool found;
        if (_leaf is null)
        {
            found = root.TrySeekDown(to, unbounded: to.Length == 0, out _leaf, out _row);
        }
        else if (--_row >= 0)
        {
            found = true;
        }
        else
        {
            found = root.TrySeekDown(_leaf.Keys[0], unbounded: false, out _leaf, out _row);
        }

        return found && _leaf.Keys[_row].AsSpan().SequenceCompareTo(from) >= 0;
    }

    private bool IsBelowEnd() => to.Length == 0 || _leaf!.Keys[_row].AsSpan().SequenceCompareTo(to) < 0;
}
