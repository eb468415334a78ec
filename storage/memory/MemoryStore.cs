using Marekvs.Abstractions.Storage;
using Microsoft.Extensions.Logging;

namespace Marekvs.Storage.Memory;

/// <summary>What a reader sees: replaced as one reference, so it is always one whole batch after another.</summary>
internal sealed record MemoryState(TreeNode Root, long Count, ulong Watermark);

/// <summary>Rows in an ordered tree that is copied on write; the file is written by <see cref="Flush"/> only.</summary>
internal sealed class MemoryStore : IStore
{
    private readonly SnapshotFile _file;
    private readonly DirectoryLock _lock;
    private readonly ILogger _logger;
    private volatile MemoryState _state;
    private volatile MemoryState _flushed;
    private volatile bool _isDisposed;

    public MemoryStore(StorageContext context, DirectoryLock held)
    {
        _file = new SnapshotFile(context.Path);
        _lock = held;
        _logger = context.Logger;
        _state = _file.Read();
        _flushed = _state;
    }

    public ulong Watermark => _state.Watermark;

    public ulong DurableWatermark => _flushed.Watermark;

    public long SizeBytes => _file.SizeBytes;

    public byte[]? Get(ReadOnlySpan<byte> key)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);

        // The tree's array stays with the tree: the caller may do with its copy what it wants.
        return _state.Root.Find(key)?.AsSpan().ToArray();
    }

    public IStoreScan Scan(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to, bool reverse = false)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return new MemoryScan(_state.Root, from.ToArray(), to.ToArray(), reverse);
    }

    public void Commit(WriteBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        MemoryState before = _state;
        var edit = new TreeEdit(before.Root);
        for (int i = 0; i < batch.Count; i++)
        {
            BatchRow row = batch[i];
            switch (row.Operation)
            {
                case BatchOperation.Put:
                    edit.Put(row.Key.ToArray(), row.Value.ToArray());
                    break;
                case BatchOperation.Delete:
                    edit.Remove(row.Key);
                    break;
                default:
                    edit.RemoveRange(row.Key, row.Value);
                    break;
            }
        }

        _state = new MemoryState(
            edit.Root, before.Count + edit.CountChange, batch.Watermark ?? before.Watermark);
    }

    public void Flush()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        FlushChanges();
    }

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        try
        {
            FlushChanges();
        }
        catch (StorageException e)
        {
            _logger.LogError(e, "Rows committed after watermark {Watermark} are not in the file", DurableWatermark);
        }
        finally
        {
            _lock.Dispose();
        }
    }

    private void FlushChanges()
    {
        MemoryState state = _state;
        if (!ReferenceEquals(state, _flushed))
        {
            _file.Write(state);
            _flushed = state;
        }
    }
}
