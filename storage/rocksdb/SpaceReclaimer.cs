using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using RocksDbSharp;

namespace Marekvs.Storage.RocksDb;

/// <summary>
/// Gives the disk back that deleted ranges take. To RocksDB a deleted range is one more row until a compaction happens
/// to come by, which may be never when nothing is written there any more; so large ones are compacted, on a thread of
/// its own, one after the other.
/// </summary>
internal sealed class SpaceReclaimer : IDisposable
{
    /// <summary>Less is left to compactions that happen by themselves.</summary>
    private const ulong RangeBytesAtLeast = 8 * 1024 * 1024;

    /// <summary>So many ranges of one batch are looked at: collections that are deleted by the thousand are small.</summary>
    private const int RangesPerBatchMax = 64;

    private readonly RocksDbSharp.RocksDb _db;
    private readonly BlockingCollection<(byte[] From, byte[] To)> _ranges = [];
    private readonly Thread _thread;

    public SpaceReclaimer(RocksDbSharp.RocksDb db)
    {
        _db = db;
        _thread = new Thread(Run) { IsBackground = true, Name = "rocksdb-reclaimer" };
        _thread.Start();
    }

    /// <summary>Takes note of ranges that the batch just written has deleted.</summary>
    public void Add(List<(byte[] From, byte[] To)> ranges)
    {
        foreach ((byte[] from, byte[] to) in ranges.Take(RangesPerBatchMax))
        {
            if (SizeOf(from, to) >= RangeBytesAtLeast)
            {
                _ranges.Add((from, to));
            }
        }
    }

    /// <summary>Ends the compaction under way, if there is one.</summary>
    public void Dispose()
    {
        _ranges.CompleteAdding();
        Native.Instance.rocksdb_disable_manual_compaction(_db.Handle);
        _thread.Join();
        _ranges.Dispose();
    }

    private void Run()
    {
        IntPtr options = Native.Instance.rocksdb_compactoptions_create();

        // Else compactions that writers may be waiting for would wait for this one.
        Native.Instance.rocksdb_compactoptions_set_exclusive_manual_compaction(options, 0);
        foreach ((byte[] from, byte[] to) in _ranges.GetConsumingEnumerable())
        {
            Native.Instance.rocksdb_compact_range_opt(
                _db.Handle, options, from, (nuint)from.Length, to, (nuint)to.Length);
        }

        Native.Instance.rocksdb_compactoptions_destroy(options);
    }

    /// <summary>About how many bytes of files a range takes.</summary>
    private ulong SizeOf(byte[] from, byte[] to)
    {
        using var start = new Pinned(from);
        using var limit = new Pinned(to);
        using var startKeys = new Pinned(new[] { start.Address });
        using var startLengths = new Pinned(new[] { (nuint)from.Length });
        using var limitKeys = new Pinned(new[] { limit.Address });
        using var limitLengths = new Pinned(new[] { (nuint)to.Length });
        ulong[] sizes = new ulong[1];
        using var size = new Pinned(sizes);
        Native.Instance.rocksdb_approximate_sizes(
            _db.Handle, 1, startKeys.Address, startLengths.Address, limitKeys.Address, limitLengths.Address, size.Address);
        return sizes[0];
    }

    /// <summary>An array that stays where it is for a native call.</summary>
    private readonly ref struct Pinned(Array array)
    {
        private readonly GCHandle _handle = GCHandle.Alloc(array, GCHandleType.Pinned);

        public IntPtr Address => _handle.AddrOfPinnedObject();

        public void Dispose() => _handle.Free();
    }
}
