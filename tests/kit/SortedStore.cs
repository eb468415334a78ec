using System.Collections.Immutable;
using Marekvs.Abstractions.Storage;

namespace Marekvs.Testing;

/// <summary>A store in memory, as simple as the contract allows. What it holds outlives <see cref="Dispose"/>, so
/// that a test can open a keyspace over it again.</summary>
public sealed class SortedStore : IStore
{
    private static readonly ImmutableSortedSet<Row> NoRows = ImmutableSortedSet<Row>.Empty.WithComparer(
        Comparer<Row>.Create((left, right) => left.Key.AsSpan().SequenceCompareTo(right.Key)));

    /// <summary>The first byte of keys under which the keyspace says what goes with the watermark.</summary>
    private const byte MetaSpace = 0;

    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _commits = new(initialState: true);
    private ImmutableSortedSet<Row> _rows = NoRows;
    private ulong _watermarkBefore;
    private Row[] _metaBefore = [];
    private long _read;

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

    /// <summary>Rows there are.</summary>
    public int Count => _rows.Count;

    /// <summary>Rows read so far.</summary>
    public long RowsRead => Interlocked.Read(ref _read);

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
            copy._rows = _rows;
            copy.Watermark = Watermark;
            if (withinCheckpoint && _metaBefore.Length > 0)
            {
                copy.Watermark = _watermarkBefore;
                ImmutableSortedSet<Row>.Builder rows = _rows.ToBuilder();
                foreach (Row row in _metaBefore)
                {
                    Put(rows, row);
                }

                copy._rows = rows.ToImmutable();
            }

            copy.DurableWatermark = Math.Min(DurableWatermark, copy.Watermark);
        }

        return copy;
    }

    /// <inheritdoc/>
    public byte[]? Get(ReadOnlySpan<byte> key)
    {
        Interlocked.Increment(ref _read);
        return Volatile.Read(ref _rows).TryGetValue(new Row(key.ToArray(), []), out Row row) ? row.Value : null;
    }

    /// <inheritdoc/>
    public IStoreScan Scan(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to, bool reverse = false)
    {
        ImmutableSortedSet<Row> rows = Volatile.Read(ref _rows);
        int first = IndexIn(rows, from);
        int end = to.IsEmpty ? rows.Count : Math.Max(first, IndexIn(rows, to));
        return new RowScan(this, rows, first, end, reverse);
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
                _metaBefore = [.. _rows.TakeWhile(row => row.Key[0] == MetaSpace)];
            }

            ImmutableSortedSet<Row>.Builder rows = _rows.ToBuilder();

            for (int i = 0; i < batch.Count; i++)
            {
                BatchRow row = batch[i];
                byte[] key = row.Key.ToArray();
                switch (row.Operation)
                {
                    case BatchOperation.Put:
                        Put(rows, new Row(key, row.Value.ToArray()));
                        break;
                    case BatchOperation.Delete:
                        rows.Remove(new Row(key, []));
                        break;
                    default:
                        DeleteRange(rows, key, row.Value);
                        break;
                }
            }

            Volatile.Write(ref _rows, rows.ToImmutable());
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

    private static int IndexIn(ImmutableSortedSet<Row> rows, ReadOnlySpan<byte> key)
    {
        int index = rows.IndexOf(new Row(key.ToArray(), []));
        return index < 0 ? ~index : index;
    }

    private static void Put(ImmutableSortedSet<Row>.Builder rows, Row row)
    {
        rows.Remove(row);
        rows.Add(row);
    }

    private static void DeleteRange(ImmutableSortedSet<Row>.Builder rows, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        ImmutableSortedSet<Row> before = rows.ToImmutable();
        int end = to.IsEmpty ? before.Count : IndexIn(before, to);
        for (int i = IndexIn(before, from); i < end; i++)
        {
            rows.Remove(before[i]);
        }
    }

    private readonly record struct Row(byte[] Key, byte[] Value);

    /// <summary>Sees the rows there were when it was opened.</summary>
    private sealed class RowScan(SortedStore store, ImmutableSortedSet<Row> rows, int first, int end, bool reverse) : IStoreScan
    {
        private int _next = reverse ? end - 1 : first;
        private Row _row;

        public ReadOnlySpan<byte> Key => _row.Key;

        public ReadOnlySpan<byte> Value => _row.Value;

        public bool MoveNext()
        {
            if (_next < first || _next >= end)
            {
                return false;
            }

            Interlocked.Increment(ref store._read);
            _row = rows[_next];
            _next += reverse ? -1 : 1;
            return true;
        }

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
