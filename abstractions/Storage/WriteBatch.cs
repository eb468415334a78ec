using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Storage;

/// <summary>What one row of a batch does.</summary>
public enum BatchOperation : byte
{
    /// <summary>Sets a key.</summary>
    Put,

    /// <summary>Removes a key; removing an absent one is no mistake.</summary>
    Delete,

    /// <summary>Removes every key from the first (inclusive) to the second (exclusive).</summary>
    DeleteRange,
}

/// <summary>One row of a batch.</summary>
public readonly ref struct BatchRow
{
    internal BatchRow(BatchOperation operation, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Operation = operation;
        Key = key;
        Value = value;
    }

    /// <summary>What to do.</summary>
    public BatchOperation Operation { get; }

    /// <summary>The key, or the first key of a range.</summary>
    public ReadOnlySpan<byte> Key { get; }

    /// <summary>The value of a put; the exclusive end of a range.</summary>
    public ReadOnlySpan<byte> Value { get; }
}

/// <summary>Changes that a store applies in order, whole or not at all. Reused by its owner.</summary>
public sealed class WriteBatch
{
    private readonly RecordWriter _bytes = new(64 * 1024, kept: 4 * Limits.BatchBytes);
    private readonly List<(BatchOperation Operation, int Key, int KeyLength, int ValueLength)> _rows = [];

    /// <summary>How many rows there are.</summary>
    public int Count => _rows.Count;

    /// <summary>Bytes of all keys and values.</summary>
    public int ByteCount => _bytes.Length;

    /// <summary>The store's watermark after the batch, or null to leave it as it is.</summary>
    public ulong? Watermark { get; set; }

    /// <summary>A row.</summary>
    /// <param name="index">From 0.</param>
    public BatchRow this[int index]
    {
        get
        {
            (BatchOperation operation, int key, int keyLength, int valueLength) = _rows[index];
            ReadOnlySpan<byte> written = _bytes.Written;
            return new BatchRow(
                operation, written.Slice(key, keyLength), written.Slice(key + keyLength, valueLength));
        }
    }

    /// <summary>Sets a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    public void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => Add(BatchOperation.Put, key, value);

    /// <summary>Removes a key.</summary>
    /// <param name="key">The key.</param>
    public void Delete(ReadOnlySpan<byte> key) => Add(BatchOperation.Delete, key, default);

    /// <summary>Removes a range.</summary>
    /// <param name="from">Inclusive.</param>
    /// <param name="to">Exclusive; not empty.</param>
    public void DeleteRange(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to) =>
        Add(BatchOperation.DeleteRange, from, to);

    /// <summary>Empties the batch.</summary>
    public void Clear()
    {
        _rows.Clear();
        _bytes.Clear();
        Watermark = null;
    }

    private void Add(BatchOperation operation, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        _rows.Add((operation, _bytes.Length, key.Length, value.Length));
        _bytes.WriteBytes(key);
        _bytes.WriteBytes(value);
    }
}
