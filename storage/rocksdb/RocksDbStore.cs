using System.Buffers.Binary;
using System.Globalization;
using Marekvs.Abstractions.Storage;
using Microsoft.Extensions.Logging;
using RocksDbSharp;
using Batch = Marekvs.Abstractions.Storage.WriteBatch;
using NativeBatch = RocksDbSharp.WriteBatch;

namespace Marekvs.Storage.RocksDb;

/// <summary>
/// One column family without a write-ahead log: a batch lies in memory until a flush writes it to a file. Flushes
/// happen in commit order and a batch never spans two of them, so what a crash leaves is always a whole prefix of the
/// batches; the watermark is a row of each batch, so it always fits what is there.
/// </summary>
internal sealed class RocksDbStore : IStore
{
    /// <summary>Reads files only, never what is still in memory.</summary>
    private const int PersistedTier = 2;

    private readonly RocksDbSharp.RocksDb _db;
    private readonly string _path;
    private readonly ILogger _logger;
    private readonly NativeBatch _batch = new();
    private readonly List<(byte[] From, byte[] To)> _deleted = [];
    private readonly SpaceReclaimer _reclaimer;
    private readonly WriteOptions _withoutLog = new WriteOptions().DisableWal(1);
    private readonly FlushOptions _waiting = new FlushOptions().SetWaitForFlush(true);
    private readonly ReadOptions _persisted = new ReadOptions().SetReadTier(PersistedTier);
    private ulong _watermark;
    private ulong _durable;
    private readonly Lock _closing = new();
    private volatile bool _isDisposed;

    public RocksDbStore(StorageContext context)
    {
        _path = context.Path;
        _logger = context.Logger;
        try
        {
            _db = RocksDbSharp.RocksDb.Open(RocksDbSettings.Build(context.Settings), context.Path);
            try
            {
                _watermark = ReadWatermark(options: null);
                _durable = _watermark;
                _reclaimer = new SpaceReclaimer(_db);
            }
            catch
            {
                _batch.Dispose();
                _db.Dispose();
                throw;
            }
        }
        catch (RocksDbSharpException e)
        {
            throw RocksDbFailure.At("cannot be opened", _path, e);
        }
    }

    public ulong Watermark => Volatile.Read(ref _watermark);

    /// <remarks>Full write buffers reach files without a <see cref="Flush"/>; reading the watermark's row from files
    /// only tells how far that went.</remarks>
    public ulong DurableWatermark
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            try
            {
                Volatile.Write(ref _durable, ReadWatermark(_persisted));
            }
            catch (RocksDbSharpException e)
            {
                // What was durable stays so; a lower figure only makes the caller keep its journal longer.
                _logger.LogWarning(e, "The durable watermark of {Path} cannot be read", _path);
            }

            return Volatile.Read(ref _durable);
        }
    }

    /// <remarks>Figures are asked for from anywhere at any time, so also while the store is being closed.</remarks>
    public long SizeBytes
    {
        get
        {
            lock (_closing)
            {
                return !_isDisposed && long.TryParse(
                    _db.GetProperty("rocksdb.total-sst-files-size"),
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out long bytes)
                    ? bytes
                    : 0;
            }
        }
    }

    public byte[]? Get(ReadOnlySpan<byte> key)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        using var row = new RowKey(key, stackalloc byte[RowKey.StackBytes]);
        try
        {
            return _db.Get(row.Bytes);
        }
        catch (RocksDbSharpException e)
        {
            throw RocksDbFailure.At("cannot be read", _path, e);
        }
    }

    public IStoreScan Scan(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to, bool reverse = false)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        byte[] end = to.Length == 0 ? RowKey.End : RowKey.ToArray(to);
        return new RocksDbScan(_db, _path, RowKey.ToArray(from), end, reverse);
    }

    public void Commit(Batch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        NativeBatch native = _batch;
        native.Clear();
        _deleted.Clear();
        Span<byte> buffer = stackalloc byte[RowKey.StackBytes];
        for (int i = 0; i < batch.Count; i++)
        {
            Append(native, batch[i], buffer);
        }

        if (batch.Watermark is { } watermark)
        {
            Span<byte> encoded = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(encoded, watermark);
            native.Put(RowKey.Watermark, encoded);
        }

        try
        {
            _db.Write(native, _withoutLog);
        }
        catch (RocksDbSharpException e)
        {
            throw RocksDbFailure.At("cannot be written", _path, e);
        }

        Volatile.Write(ref _watermark, batch.Watermark ?? _watermark);
        _reclaimer.Add(_deleted);
    }

    public void Flush()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        try
        {
            _db.Flush(_waiting);
        }
        catch (RocksDbSharpException e)
        {
            throw RocksDbFailure.At("cannot be flushed", _path, e);
        }
    }

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        try
        {
            Flush();
        }
        catch (StorageException e)
        {
            _logger.LogError(e, "Rows committed after watermark {Watermark} are not in the files", DurableWatermark);
        }
        finally
        {
            _reclaimer.Dispose();
            lock (_closing)
            {
                _isDisposed = true;
                _db.Dispose();
            }
        }
    }

    private void Append(NativeBatch native, in BatchRow row, Span<byte> buffer)
    {
        if (row.Operation == BatchOperation.DeleteRange)
        {
            if (row.Key.SequenceCompareTo(row.Value) < 0)
            {
                byte[] from = RowKey.ToArray(row.Key);
                byte[] to = RowKey.ToArray(row.Value);
                native.DeleteRange(from, (ulong)from.Length, to, (ulong)to.Length);
                _deleted.Add((from, to));
            }

            return;
        }

        using var key = new RowKey(row.Key, buffer);
        _ = row.Operation == BatchOperation.Put ? native.Put(key.Bytes, row.Value) : native.Delete(key.Bytes);
    }

    private ulong ReadWatermark(ReadOptions? options) =>
        _db.Get(RowKey.Watermark, readOptions: options) is { Length: sizeof(ulong) } stored
            ? BinaryPrimitives.ReadUInt64LittleEndian(stored)
            : 0;
}
