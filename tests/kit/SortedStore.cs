using Marekvs.Abstractions.Storage;

namespace Marekvs.Testing;

/// <summary>A store in memory, as simple as the contract allows. What it holds outlives <see cref="Dispose"/>, so
/// that a test can open a keyspace over it again.</summary>
public sealed class SortedStore : IStore
{
    private static readonly Comparer<byte[]> ByteOrder =
        Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right));

    /// <summary>The first byte of keys under which the keyspace says what goes with the watermark.</summary>
    private const byte MetaSpace = 0;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<byte[], byte[]> _rows = new(ByteOrder);
    private readonly ManualResetEventSlim _commits = new(initialState: true);
    private ulong _watermarkBefore;
    private Dictionary<byte[], byte[]> _metaBefore = [];

    /// <inheritdoc/>
    public ulong Watermark { get; private set; }

    /// <inheritdoc/>
    public ulong DurableWatermark { get; private set; }

    /// <inheritdoc/>
    public long SizeBytes
    {
        get
        {
            lock (_gate)
            {
                return _rows.Sum(row => (long)row.Key.Length + row.Value.Length);
            }
        }
    }

    /// <summary>Whether a commit waits before it is applied: a slow disk.</summary>
    public bool HoldsCommits
    {
        get => !_commits.IsSet;
        set
        {
            if (value)
            {
                _commits.Reset();
            }
            else
            {
                _commits.Set();
            }
        }
    }

    /// <summary>Whether commits fail: a full disk.</summary>
    public bool FailsCommits { get; set; }

    /// <summary>Whether a commit has begun and waits.</summary>
    public bool IsHoldingCommit { get; private set; }

    /// <summary>A store with the same rows, as a copy of the files would be.</summary>
    /// <param name="withinCheckpoint">As if the newest checkpoint had been interrupted before its last batch: the
    /// records are there, the watermark and what goes with it are those of the checkpoint before.</param>
    public SortedStore Clone(bool withinCheckpoint = false)
    {
        var copy = new SortedStore();
        lock (_gate)
        {
            foreach ((byte[] key, byte[] value) in _rows)
            {
                copy._rows.Add(key, value);
            }

            copy.Watermark = Watermark;
            if (withinCheckpoint && _metaBefore.Count > 0)
            {
                copy.Watermark = _watermarkBefore;
                foreach ((byte[] key, byte[] value) in _metaBefore)
                {
                    copy._rows[key] = value;
                }
            }

            copy.DurableWatermark = Math.Min(DurableWatermark, copy.Watermark);
        }

        return copy;
    }

    /// <inheritdoc/>
    public byte[]? Get(ReadOnlySpan<byte> key)
    {
        lock (_gate)
        {
            return _rows.GetValueOrDefault(key.ToArray());
        }
    }

    /// <inheritdoc/>
    public IStoreScan Scan(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to, bool reverse = false)
    {
        byte[] low = from.ToArray();
        byte[] high = to.ToArray();
        lock (_gate)
        {
            KeyValuePair<byte[], byte[]>[] rows =
                [.. _rows.Where(row => ByteOrder.Compare(row.Key, low) >= 0 && IsBelow(row.Key, high))];
            if (reverse)
            {
                Array.Reverse(rows);
            }

            return new RowScan(rows);
        }
    }

    /// <inheritdoc/>
    public void Commit(WriteBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        IsHoldingCommit = !_commits.IsSet;
        _commits.Wait();
        IsHoldingCommit = false;
        if (FailsCommits)
        {
            throw new StorageException("the store takes nothing");
        }

        lock (_gate)
        {
            if (batch.Watermark is not null)
            {
                _watermarkBefore = Watermark;
                _metaBefore = _rows.Where(row => row.Key[0] == MetaSpace).ToDictionary();
            }

            for (int i = 0; i < batch.Count; i++)
            {
                BatchRow row = batch[i];
                byte[] key = row.Key.ToArray();
                switch (row.Operation)
                {
                    case BatchOperation.Put:
                        _rows[key] = row.Value.ToArray();
                        break;
                    case BatchOperation.Delete:
                        _rows.Remove(key);
                        break;
                    default:
                        DeleteRange(key, row.Value.ToArray());
                        break;
                }
            }

            Watermark = batch.Watermark ?? Watermark;
        }
    }

    /// <inheritdoc/>
    public void Flush() => DurableWatermark = Watermark;

    /// <inheritdoc/>
    public void Dispose()
    {
        // The rows stay for the next keyspace.
    }

    private static bool IsBelow(byte[] key, byte[] bound) => bound.Length == 0 || ByteOrder.Compare(key, bound) < 0;

    private void DeleteRange(byte[] low, byte[] high)
    {
        foreach (byte[] key in _rows.Keys.Where(key => ByteOrder.Compare(key, low) >= 0 && IsBelow(key, high)).ToList())
        {
            _rows.Remove(key);
        }
    }

    private sealed class RowScan(KeyValuePair<byte[], byte[]>[] rows) : IStoreScan
    {
        private int _at = -1;

        public ReadOnlySpan<byte> Key => rows[_at].Key;

        public ReadOnlySpan<byte> Value => rows[_at].Value;

        public bool MoveNext() => ++_at < rows.Length;

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
