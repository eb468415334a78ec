using Marekvs.Abstractions.Cluster;

namespace Marekvs.Cluster.Gossip.Reads;

/// <summary>What a holder of leases has to be told of: which records changed, however often.</summary>
internal sealed class ChangedRecords
{
    private readonly int _recordsMax;
    private readonly long _bytesMax;
    private readonly Dictionary<byte[], ChangedCopy> _keys;
    private readonly Dictionary<byte[], ChangedCopy>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private readonly Queue<ChangedCopy> _order = new();
    private int _records;
    private long _bytes;

    public ChangedRecords(int recordsMax, long bytesMax)
    {
        (_recordsMax, _bytesMax) = (recordsMax, bytesMax);

        // Only names of keys that were leased get here, which have been chosen by a member of the cluster.
        _keys = new Dictionary<byte[], ChangedCopy>(new NameComparer(seed: 0));
        _lookup = _keys.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>Keys of which something has to be told.</summary>
    public int Count => _order.Count;

    /// <param name="key">The key.</param>
    /// <param name="record">Which record of it; empty for all.</param>
    /// <returns>False when that are too many.</returns>
    public bool Add(ChangedKey key, ReadOnlySpan<byte> record)
    {
        if (!_lookup.TryGetValue(key.Name, out ChangedCopy? copy))
        {
            copy = new ChangedCopy(new KeyName(key.Partition, key.Name.ToArray()));
            Return(copy);
        }

        if (record.IsEmpty)
        {
            copy.IsWhole = true;
            copy.From = [];
        }
        else
        {
            bool isNew = copy.Add(record);
            _records += isNew ? 1 : 0;
            _bytes += isNew ? record.Length : 0;
        }

        return _records <= _recordsMax && _bytes <= _bytesMax;
    }

    /// <summary>Takes the key that waits longest.</summary>
    public bool TryTake(out ChangedCopy? copy)
    {
        if (!_order.TryDequeue(out copy))
        {
            return false;
        }

        _keys.Remove(copy.Key.Name);
        _records -= copy.Count + 1;
        _bytes -= copy.Bytes;
        return true;
    }

    /// <summary>Puts a key at the end of the line.</summary>
    public void Return(ChangedCopy copy)
    {
        _keys.Add(copy.Key.Name, copy);
        _order.Enqueue(copy);
        _records += copy.Count + 1;
        _bytes += copy.Bytes;
    }

    public void Clear()
    {
        _keys.Clear();
        _order.Clear();
        (_records, _bytes) = (0, 0);
    }
}

/// <summary>A copied key of which something has to be told.</summary>
internal sealed class ChangedCopy(KeyName key)
{
    private readonly HashSet<byte[]> _records = new(new NameComparer(seed: 0));

    public KeyName Key => key;

    /// <summary>Records to be told of, one by one.</summary>
    public int Count => _records.Count;

    /// <summary>Bytes of its name and of those of the records.</summary>
    public long Bytes { get; private set; } = key.Name.Length;

    /// <summary>Whether all of it has to be told, from <see cref="From"/> on.</summary>
    public bool IsWhole { get; set; }

    public byte[] From { get; set; } = [];

    /// <returns>False when it was there.</returns>
    public bool Add(ReadOnlySpan<byte> record)
    {
        bool isNew = _records.GetAlternateLookup<ReadOnlySpan<byte>>().Add(record);
        Bytes += isNew ? record.Length : 0;
        return isNew;
    }

    public bool TryTake(out byte[] record)
    {
        foreach (byte[] first in _records)
        {
            record = first;
            _records.Remove(first);
            Bytes -= first.Length;
            return true;
        }

        record = [];
        return false;
    }
}
