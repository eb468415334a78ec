using System.Collections.Immutable;
using Marekvs.Abstractions.Storage;

namespace Marekvs.TestPlugin.Tally;

/// <summary>Rows in an immutable tree: a batch replaces the tree, a scan keeps the one it began with.</summary>
internal sealed class KeepsakeStore(long rowsMax) : IStore
{
    private static readonly Comparer<byte[]> ByteOrder =
        Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right));

    private volatile ImmutableSortedDictionary<byte[], byte[]> _rows =
        ImmutableSortedDictionary.Create<byte[], byte[]>(ByteOrder);

    public ulong Watermark { get; private set; }

    public ulong DurableWatermark { get; private set; }

    public long SizeBytes => _rows.Sum(row => (long)row.Key.Length + row.Value.Length);

    public byte[]? Get(ReadOnlySpan<byte> key) => _rows.GetValueOrDefault(key.ToArray());

    public IStoreScan Scan(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to, bool reverse = false)
    {
        KeyValuePair<byte[], byte[]>[] rows = [.. Range(_rows, from.ToArray(), to.ToArray())];
        if (reverse)
        {
            Array.Reverse(rows);
        }

        return new RowScan(rows);
    }

    public void Commit(WriteBatch batch)
    {
        ImmutableSortedDictionary<byte[], byte[]>.Builder rows = _rows.ToBuilder();
        for (int i = 0; i < batch.Count; i++)
        {
            BatchRow row = batch[i];
            switch (row.Operation)
            {
                case BatchOperation.Put:
                    rows[row.Key.ToArray()] = row.Value.ToArray();
                    break;
                case BatchOperation.Delete:
                    rows.Remove(row.Key.ToArray());
                    break;
                default:
                    rows.RemoveRange([.. Range(rows.ToImmutable(), row.Key.ToArray(), row.Value.ToArray())
                        .Select(r => r.Key)]);
                    break;
            }
        }

        if (rows.Count > rowsMax)
        {
            throw new StorageException($"the keepsake store is full: {rowsMax} rows");
        }

        _rows = rows.ToImmutable();
        Watermark = batch.Watermark ?? Watermark;
    }

    public void Flush() => DurableWatermark = Watermark;

    public void Dispose()
    {
        // Nothing is held outside memory.
    }

    private static IEnumerable<KeyValuePair<byte[], byte[]>> Range(
        ImmutableSortedDictionary<byte[], byte[]> rows, byte[] from, byte[] to) =>
        rows.Where(r => ByteOrder.Compare(r.Key, from) >= 0 && (to.Length == 0 || ByteOrder.Compare(r.Key, to) < 0));

    private sealed class RowScan(KeyValuePair<byte[], byte[]>[] rows) : IStoreScan
    {
        private int _at = -1;

        public ReadOnlySpan<byte> Key => rows[_at].Key;

        public ReadOnlySpan<byte> Value => rows[_at].Value;

        public bool MoveNext() => ++_at < rows.Length;

        public void Dispose()
        {
            // The rows are this scan's own.
        }
    }
}
