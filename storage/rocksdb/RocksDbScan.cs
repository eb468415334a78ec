using Marekvs.Abstractions.Storage;
using RocksDbSharp;

namespace Marekvs.Storage.RocksDb;

/// <summary>A native iterator between bounds; it pins the state of the moment it was made.</summary>
internal sealed class RocksDbScan : IStoreScan
{
    private readonly string _path;
    private readonly bool _reverse;
    private Iterator? _iterator;
    private bool _started;

    public RocksDbScan(RocksDbSharp.RocksDb db, string path, byte[] from, byte[] to, bool reverse)
    {
        _path = path;
        _reverse = reverse;
        if (from.AsSpan().SequenceCompareTo(to) < 0)
        {
            // Files that only this scan still needed are deleted in the background, not on the reader's time.
            ReadOptions options = new ReadOptions()
                .SetIterateLowerBound(from)
                .SetIterateUpperBound(to)
                .SetBackgroundPurgeOnIteratorCleanup(true);
            _iterator = db.NewIterator(readOptions: options);
        }
    }

    public ReadOnlySpan<byte> Key => RowKey.KeyOf(_iterator!.GetKeySpan());

    public ReadOnlySpan<byte> Value => _iterator!.GetValueSpan();

    public bool MoveNext()
    {
        if (_iterator is null)
        {
            return false;
        }

        Step(_iterator);
        if (_iterator.Valid())
        {
            return true;
        }

        try
        {
            Native.Instance.rocksdb_iter_get_error(_iterator.Handle);
        }
        catch (RocksDbSharpException e)
        {
            throw RocksDbFailure.At("cannot be scanned", _path, e);
        }

        Dispose();
        return false;
    }

    public void Dispose()
    {
        _iterator?.Dispose();
        _iterator = null;
    }

    private void Step(Iterator iterator)
    {
        if (_started)
        {
            _ = _reverse ? iterator.Prev() : iterator.Next();
            return;
        }

        _started = true;
        _ = _reverse ? iterator.SeekToLast() : iterator.SeekToFirst();
    }
}
