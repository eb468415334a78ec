using System.Diagnostics.CodeAnalysis;
using LiteDB;

namespace Marekvs.Storage.LiteDb;

/// <summary>The entries of one node in order, read in blocks that grow, starting at a bound.</summary>
internal sealed class RowLevel
{
    private const int FirstBlock = 16;
    private const int LargestBlock = 256;
    private const long BlockBytesMax = 1024 * 1024;

    private readonly Collection _rows;
    private readonly bool _reverse;
    private readonly byte[] _firstOfNode;
    private readonly byte[] _endOfNode;
    private readonly ReadOnlyMemory<byte> _bound;
    private readonly byte[]? _boundBranch;
    private readonly Queue<BsonDocument> _block = [];
    private byte[] _next;
    private bool _nextIsOut;
    private bool _ended;
    private int _blockCount = FirstBlock;

    /// <param name="rows">The collection.</param>
    /// <param name="node">The node.</param>
    /// <param name="bound">The rest of the key to start from: inclusive, or exclusive when going down; empty for the
    /// whole node.</param>
    /// <param name="reverse">Going down.</param>
    public RowLevel(Collection rows, long node, ReadOnlyMemory<byte> bound, bool reverse)
    {
        _rows = rows;
        _reverse = reverse;
        _bound = bound;
        _firstOfNode = EntryId.FirstOf(node);
        _endOfNode = EntryId.EndOf(node);
        if (bound.Length > EntryId.SegmentBytes)
        {
            _boundBranch = EntryId.OfBranch(node, bound.Span[..EntryId.SegmentBytes]);
            _next = _boundBranch;
        }
        else if (reverse)
        {
            // A bound is exclusive when going down.
            _next = bound.Length == 0 ? _endOfNode : EntryId.OfEnd(node, bound.Span);
            _nextIsOut = true;
        }
        else
        {
            _next = EntryId.OfEnd(node, bound.Span);
        }
    }

    public bool TryNext([NotNullWhen(true)] out BsonDocument? document)
    {
        if (_block.Count == 0 && !_ended)
        {
            Fill();
        }

        return _block.TryDequeue(out document);
    }

    /// <summary>The part of the bound that lies in the node an entry leads to.</summary>
    public ReadOnlyMemory<byte> BoundBehind(byte[] branch) =>
        _boundBranch is not null && branch.AsSpan().SequenceEqual(_boundBranch)
            ? _bound[EntryId.SegmentBytes..]
            : default;

    private void Fill()
    {
        List<BsonDocument> read = _reverse
            ? _rows.Range(_firstOfNode, _next, descending: true, _blockCount, BlockBytesMax)
            : _rows.Range(_next, _endOfNode, descending: false, _blockCount, BlockBytesMax);
        foreach (BsonDocument document in read)
        {
            if (!_nextIsOut || !document["_id"].AsBinary.AsSpan().SequenceEqual(_next))
            {
                _block.Enqueue(document);
            }
        }

        if (_block.Count == 0)
        {
            _ended = true;
            return;
        }

        (_next, _nextIsOut) = (read[^1]["_id"].AsBinary, true);
        _blockCount = Math.Min(_blockCount * 2, LargestBlock);
    }
}
