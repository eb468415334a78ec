using Marekvs.Abstractions.Storage;

namespace Marekvs.Storage.LiteDb;

/// <summary>
/// A walk that reads page after page, each a short read of its own, and still shows one moment: a commit first hands
/// every open scan the rows it is about to change, and those win over what a later page finds. What that costs in
/// memory ends with the scan.
/// </summary>
internal sealed class LiteDbScan(LiteDbStore store, byte[] from, byte[] to, bool reverse) : IStoreScan
{
    private const int PageRows = 256;
    private const long PageBytes = 1024 * 1024;

    private readonly SortedDictionary<byte[], byte[]?> _old = new(KeyOrder.Instance);
    private readonly Queue<(byte[] Key, byte[] Value)> _page = [];
    private (byte[] Key, byte[] Value) _current;
    private byte[]? _last;
    private bool _ended;
    private bool _isDisposed;

    public ReadOnlySpan<byte> Key => _current.Key;

    public ReadOnlySpan<byte> Value => _current.Value;

    public bool MoveNext()
    {
        while (_page.Count == 0 && !_ended)
        {
            store.Read(file => ReadPage(file.Rows));
        }

        return _page.TryDequeue(out _current);
    }

    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _ended = true;
            _page.Clear();
            store.Forget(this);
        }
    }

    /// <summary>Keeps what a batch is about to change; runs alone, before the batch.</summary>
    internal void KeepOldRows(RowTree rows, WriteBatch batch)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            BatchRow row = batch[i];
            if (row.Operation != BatchOperation.DeleteRange)
            {
                byte[] key = row.Key.ToArray();
                if (IsInside(key) && !_old.ContainsKey(key))
                {
                    _old.Add(key, rows.Get(key));
                }

                continue;
            }

            foreach ((byte[] key, LiteDB.BsonDocument old) in rows.Walk(row.Key.ToArray(), row.Value.ToArray(), false))
            {
                if (IsInside(key) && !_old.ContainsKey(key))
                {
                    _old.Add(key, rows.ValueOf(old));
                }
            }
        }
    }

    private bool ReadPage(RowTree rows)
    {
        byte[] low = reverse || _last is null ? from : [.. _last, 0];
        byte[] high = reverse && _last is not null ? _last : to;
        if (high.Length == 0 && _last is not null && reverse)
        {
            // The empty key was the last: nothing lies below it.
            _ended = true;
            return true;
        }

        var page = new SortedDictionary<byte[], byte[]>(KeyOrder.Instance);
        byte[]? reached = null;
        long bytes = 0;
        int walked = 0;
        foreach ((byte[] key, LiteDB.BsonDocument row) in rows.Walk(low, high, reverse))
        {
            if (!_old.ContainsKey(key))
            {
                page[key] = rows.ValueOf(row);
                bytes += page[key].Length;
            }

            if (++walked == PageRows || bytes >= PageBytes)
            {
                reached = key;
                break;
            }
        }

        foreach ((byte[] key, byte[]? value) in _old)
        {
            bool isBehind = _last is null || (reverse ? Compare(key, _last) < 0 : Compare(key, _last) > 0);
            bool isBefore = reached is null || (reverse ? Compare(key, reached) >= 0 : Compare(key, reached) <= 0);
            if (value is not null && isBehind && isBefore)
            {
                page[key] = value;
            }
        }

        foreach ((byte[] key, byte[] value) in reverse ? page.Reverse() : page)
        {
            _page.Enqueue((key, value));
        }

        _last = reached;
        _ended = reached is null;
        return true;
    }

    private bool IsInside(byte[] key) => Compare(key, from) >= 0 && (to.Length == 0 || Compare(key, to) < 0);

    private static int Compare(byte[] left, byte[] right) => left.AsSpan().SequenceCompareTo(right);

    private sealed class KeyOrder : IComparer<byte[]>
    {
        public static KeyOrder Instance { get; } = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
