using Marekvs.Abstractions;
using Marekvs.Abstractions.Storage;
using RocksDbSharp;

namespace Marekvs.Storage.RocksDb;

/// <summary>
/// What can be set, and the native options it becomes. Native memory stays near <c>blockCache</c> (blocks, indexes
/// and filters all live in it) plus <see cref="WriteBuffersMax"/> times <c>writeBuffer</c>, plus what open scans pin.
/// </summary>
internal static class RocksDbSettings
{
    public const int WriteBuffersMax = 3;

    private const int BloomBitsPerKey = 10;
    private const int OpenFilesMax = 1024;
    private const ulong BlockBytes = 16 * 1024;
    private const ulong MetadataBlockBytes = 4096;
    private const ulong SyncEveryBytes = 1024 * 1024;
    private const ulong InfoLogBytesMax = 4 * 1024 * 1024;
    private const ulong InfoLogsKept = 4;

    public static IReadOnlyList<ProviderSetting> Declared { get; } =
    [
        new("blockCache", SettingKind.Bytes, "64mb", "memory for blocks, indexes and filters read from disk"),
        new("writeBuffer", SettingKind.Bytes, "32mb", "bytes collected before a file is written; up to 3 exist at once"),
        new("compression", SettingKind.Text, "lz4", "none, lz4 or zstd"),
        new("compactionThreads", SettingKind.Number, "1", "threads that merge files in the background, at least 1"),
    ];

    public static DbOptions Build(ProviderSettings settings)
    {
        // Indexes and filters are charged to the cache, so that one figure bounds what reads keep in memory; those of
        // the newest level stay, since every lookup needs them.
        BlockBasedTableOptions table = new BlockBasedTableOptions()
            .SetFilterPolicy(BloomFilterPolicy.Create(BloomBitsPerKey, false))
            .SetWholeKeyFiltering(true)
            .SetBlockCache(Cache.CreateLru((ulong)settings.Bytes("blockCache")))
            .SetCacheIndexAndFilterBlocks(true)
            .SetPinL0FilterAndIndexBlocksInCache(true)
            .SetIndexType(BlockBasedTableIndexType.TwoLevelIndex)
            .SetBlockSize(BlockBytes);

        // Indexes and filters in parts of a block's size: whole ones of a file with a million keys exceed a shard of the
        // cache, and would be read from disk for every single lookup.
        Native.Instance.rocksdb_block_based_options_set_partition_filters(table.Handle, 1);
        Native.Instance.rocksdb_block_based_options_set_metadata_block_size(table.Handle, MetadataBlockBytes);
        Native.Instance.rocksdb_block_based_options_set_pin_top_level_index_and_filter(table.Handle, 1);
        DbOptions options = new DbOptions()
            .SetCreateIfMissing(true)
            .SetBlockBasedTableFactory(table)
            .SetCompression(ReadCompression(settings.Text("compression")))
            .SetWriteBufferSize((ulong)settings.Bytes("writeBuffer"))
            .SetMaxWriteBufferNumber(WriteBuffersMax)
            .SetMaxBackgroundCompactions(checked((int)Math.Clamp(settings.Number("compactionThreads"), 1, 64)))
            .SetMaxBackgroundFlushes(1)
            .SetMaxOpenFiles(OpenFilesMax)
            .SetBytesPerSync(SyncEveryBytes)
            .SetInfoLogLevel(InfoLogLevel.Warn)
            .SetMaxLogFileSize(InfoLogBytesMax)
            .SetKeepLogFileNum(InfoLogsKept)
            .SetStatsDumpPeriodSec(0);

        // Closing flushes by itself but keeps a failure to itself; the store flushes and reports instead.
        Native.Instance.rocksdb_options_set_avoid_flush_during_shutdown(options.Handle, 1);
        return options;
    }

    private static Compression ReadCompression(string name) => name.ToLowerInvariant() switch
    {
        "none" => Compression.No,
        "lz4" => Compression.Lz4,
        "zstd" => Compression.Zstd,
        _ => throw new StorageException($"storage setting \"compression\" is \"{name}\"; write none, lz4 or zstd"),
    };
}
