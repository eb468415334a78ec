using Marekvs.Abstractions.Storage;
using Microsoft.Extensions.Logging;

namespace Marekvs.Storage.LiteDb;

/// <summary>
/// Readers share, the writer is alone: LiteDB ties snapshots to threads and to open cursors, so the store keeps
/// every use of it short and gives scans their snapshot itself (see <see cref="LiteDbScan"/>).
/// </summary>
internal sealed class LiteDbStore : IStore
{
    /// <summary>What a short row may add to the log: the pages of its document and of the index around it.</summary>
    private const long RowBytesMax = 16 * 1024;

    private const long RoomKept = 1024 * 1024;

    private readonly ReaderWriterLockSlim _gate = new();
    private readonly List<LiteDbScan> _scans = [];
    private readonly DirectoryLock _lock;
    private readonly ILogger _logger;
    private readonly string _path;
    private readonly string _logPath;
    private LiteDbFile? _file;
    private StoreState _state;
    private ulong _durable;
    private volatile bool _mustReopen;
    private volatile bool _isDisposed;

    public LiteDbStore(StorageContext context, DirectoryLock held)
    {
        _lock = held;
        _logger = context.Logger;
        _path = Path.Combine(context.Path, "rows.db");
        _logPath = Path.Combine(context.Path, "rows-log.db");
        _file = OpenFile(isRepair: false);
        _state = _file.State;
        _durable = _state.Watermark;
    }

    public ulong Watermark => Volatile.Read(ref _state).Watermark;

    public ulong DurableWatermark => Volatile.Read(ref _durable);

    public long SizeBytes => LengthOf(_path) + LengthOf(_logPath);

    public byte[]? Get(ReadOnlySpan<byte> key)
    {
        // The span cannot be captured, and reading needs more copies of the key than this one anyway.
        byte[] copy = key.ToArray();
        return Read(file => file.Rows.Get(copy));
    }

    public IStoreScan Scan(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to, bool reverse = false)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var scan = new LiteDbScan(this, from.ToArray(), to.ToArray(), reverse);

        // Not while a commit runs: it has to know which scans it must keep old rows for.
        _gate.EnterReadLock();
        try
        {
            lock (_scans)
            {
                _scans.Add(scan);
            }
        }
        finally
        {
            _gate.ExitReadLock();
        }

        return scan;
    }

    public void Commit(WriteBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Write("cannot be written; nothing of the batch was applied", file =>
        {
            EnsureRoom((2L * batch.ByteCount) + (batch.Count * RowBytesMax));
            ulong watermark = batch.Watermark ?? file.State.Watermark;
            KeepForScans(file.Rows, batch);
            file.Commit(rows => Apply(rows, batch), watermark);
        });
    }

    public void Flush() => Write("cannot be flushed", file =>
    {
        EnsureRoom(0);
        file.Checkpoint();
        Volatile.Write(ref _durable, file.State.Watermark);
    });

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
            _logger.LogError(e, "Rows committed after watermark {Watermark} may not be in {Path}", _durable, _path);
        }
        finally
        {
            _isDisposed = true;
            CloseFile();
            _gate.Dispose();
            _lock.Dispose();
        }
    }

    /// <summary>Runs a short use of the database beside other readers.</summary>
    internal T Read<T>(Func<LiteDbFile, T> use)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ReopenIfNeeded();
        _gate.EnterReadLock();
        try
        {
            return use(_file ?? throw Failed("cannot be read", null));
        }
        catch (Exception e) when (e is not StorageException)
        {
            _mustReopen = true;
            throw Failed("cannot be read", e);
        }
        finally
        {
            _gate.ExitReadLock();
        }
    }

    internal void Forget(LiteDbScan scan)
    {
        lock (_scans)
        {
            _scans.Remove(scan);
        }
    }

    private static long LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    private static void Apply(RowTree rows, WriteBatch batch)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            BatchRow row = batch[i];
            switch (row.Operation)
            {
                case BatchOperation.Put:
                    rows.Put(row.Key, row.Value);
                    break;
                case BatchOperation.Delete:
                    rows.Delete(row.Key);
                    break;
                default:
                    rows.DeleteRange(row.Key.ToArray(), row.Value.ToArray());
                    break;
            }
        }
    }

    /// <summary>LiteDB writes its log in the background and forgets a failure there, so room has to be certain before:
    /// for what is written now, and for moving all of the log into the file later.</summary>
    private void EnsureRoom(long bytes)
    {
        long free = new DriveInfo(_path).AvailableFreeSpace;
        if (free < LengthOf(_logPath) + bytes + RoomKept)
        {
            throw new StorageException(
                $"litedb in {_path} cannot be written: {free} bytes are free on the disk; make room, writing goes on " +
                "by itself");
        }
    }

    private void Write(string failure, Action<LiteDbFile> use)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ReopenIfNeeded();
        _gate.EnterWriteLock();
        try
        {
            long before = _state.Commits;
            LiteDbFile file = _file ?? throw Failed(failure, null);
            try
            {
                use(file);
            }
            catch (Exception e) when (e is not StorageException)
            {
                // What LiteDB did before it failed is only sure after opening it again.
                Reopen();
                if (_state.Commits == before)
                {
                    throw Failed(failure, e);
                }

                _logger.LogWarning(e, "{Path} reported a failure, but the batch is in it", _path);
                return;
            }

            Volatile.Write(ref _state, file.State);
        }
        finally
        {
            _gate.ExitWriteLock();
        }
    }

    private void ReopenIfNeeded()
    {
        if (!_mustReopen)
        {
            return;
        }

        _gate.EnterWriteLock();
        try
        {
            if (_mustReopen)
            {
                Reopen();
            }
        }
        finally
        {
            _gate.ExitWriteLock();
        }
    }

    private void Reopen()
    {
        _mustReopen = true;
        CloseFile();
        LiteDbFile file = OpenFile(isRepair: true);
        if (file.State.Commits < _state.Commits)
        {
            file.Dispose();
            throw new StorageException(
                $"litedb in {_path} lost batches that were not flushed; restart the node, it writes them again from " +
                "its journal");
        }

        _file = file;
        _mustReopen = false;
        Volatile.Write(ref _state, file.State);
    }

    private LiteDbFile OpenFile(bool isRepair)
    {
        try
        {
            return new LiteDbFile(_path, isRepair);
        }
        catch (Exception e) when (e is not StorageException)
        {
            throw Failed("cannot be opened", e);
        }
    }

    private void CloseFile()
    {
        try
        {
            _file?.Dispose();
        }
        catch (Exception e) when (e is not StorageException)
        {
            _logger.LogWarning(e, "{Path} was not closed cleanly", _path);
        }

        _file = null;
    }

    private void KeepForScans(RowTree rows, WriteBatch batch)
    {
        lock (_scans)
        {
            foreach (LiteDbScan scan in _scans)
            {
                scan.KeepOldRows(rows, batch);
            }
        }
    }

    private StorageException Failed(string what, Exception? cause)
    {
        string advice = cause switch
        {
            UnauthorizedAccessException => "give the user of this process write access to the directory",
            IOException io when io.Message.Contains("space", StringComparison.OrdinalIgnoreCase) =>
                "make room on the disk",
            IOException => "check the disk",
            null => "see the failure reported before",
            _ => "its files are damaged or missing: restore the directory from a backup or from another node",
        };
        return new StorageException($"litedb in {_path} {what} ({cause?.Message ?? "closed"}); {advice}", cause);
    }
}
