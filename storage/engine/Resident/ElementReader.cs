using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Storage;
using Marekvs.Storage.Engine.Execution;

namespace Marekvs.Storage.Engine.Resident;

/// <summary>Reads the elements of one key from the store.</summary>
internal sealed class ElementReader(IStore store)
{
    private const int RowCost = 64;

    /// <summary>One element; an empty record when the store has none.</summary>
    /// <exception cref="StorageException">The store failed.</exception>
    public RecordState Read(KeyEntry entry, ReadOnlySpan<byte> suffix)
    {
        byte[]? value = store.Get(StorageKey(entry, suffix));
        return value is null ? default : RecordState.Read(value);
    }

    /// <summary>A run of elements.</summary>
    /// <exception cref="StorageException">The store failed.</exception>
    public ElementPage Read(ElementPageRequest request)
    {
        byte[] low = request.Reverse ? [request.Tag] : request.Bound;
        byte[] high = request.Reverse ? request.Bound : request.End ?? [(byte)(request.Tag + 1)];
        var rows = new List<StoredElement>();
        int prefix = StorageKey(request.Entry, default).Length;
        using IStoreScan scan = store.Scan(
            StorageKey(request.Entry, low), StorageKey(request.Entry, high), request.Reverse);
        long bytes = 0;
        while (scan.MoveNext())
        {
            if (bytes >= request.Bytes)
            {
                low = request.Reverse ? rows[^1].Suffix : low;
                high = request.Reverse ? high : [.. rows[^1].Suffix, 0];
                break;
            }

            bytes += RowCost + scan.Key.Length - prefix + scan.Value.Length;
            rows.Add(new StoredElement(scan.Key[prefix..].ToArray(), RecordState.Read(scan.Value)));
        }

        if (request.Reverse)
        {
            rows.Reverse();
        }

        return new ElementPage(low, high, [.. rows]);
    }

    /// <summary>All records of one kind.</summary>
    /// <exception cref="StorageException">The store failed.</exception>
    public StoredElement[] ReadKind(KeyEntry entry, byte tag)
    {
        var rows = new List<StoredElement>();
        using IStoreScan scan = Open(entry, [tag], [(byte)(tag + 1)], reverse: false, out int prefix);
        while (scan.MoveNext())
        {
            rows.Add(new StoredElement(scan.Key[prefix..].ToArray(), RecordState.Read(scan.Value)));
        }

        return [.. rows];
    }

    /// <summary>The suffix of the first or last record of a kind, visible or not; null when there is none.</summary>
    /// <exception cref="StorageException">The store failed.</exception>
    public byte[]? ReadEnd(KeyEntry entry, byte tag, bool reverse)
    {
        using IStoreScan scan = Open(entry, [tag], [(byte)(tag + 1)], reverse, out int prefix);
        return scan.MoveNext() ? scan.Key[prefix..].ToArray() : null;
    }

    /// <summary>All records of a key from a suffix on, its register and its single record included.</summary>
    /// <exception cref="StorageException">The store failed.</exception>
    public IEnumerable<StoredElement> ReadAll(KeyEntry entry, byte[]? suffix = null)
    {
        byte[] prefix = StorageKey(entry, default);
        using IStoreScan scan = store.Scan(StorageKey(entry, suffix), [.. prefix, byte.MaxValue]);
        while (scan.MoveNext())
        {
            yield return new StoredElement(scan.Key[prefix.Length..].ToArray(), RecordState.Read(scan.Value));
        }
    }

    /// <summary>Opens a scan over elements, as the store has them at this moment.</summary>
    /// <param name="entry">The key.</param>
    /// <param name="low">The first suffix.</param>
    /// <param name="high">The suffix behind the last.</param>
    /// <param name="reverse">From the last down.</param>
    /// <param name="prefix">How much of a row's key comes before the suffix.</param>
    /// <exception cref="StorageException">The store failed.</exception>
    public IStoreScan Open(KeyEntry entry, byte[] low, byte[] high, bool reverse, out int prefix)
    {
        byte[] from = StorageKey(entry, low);
        prefix = from.Length - low.Length;
        return store.Scan(from, StorageKey(entry, high), reverse);
    }

    private static byte[] StorageKey(KeyEntry entry, ReadOnlySpan<byte> suffix)
    {
        var key = new RecordWriter(entry.Name.Length + suffix.Length + 16);
        StorageKeys.WriteRecordPrefix(key, entry.Partition, entry.Name);
        key.WriteBytes(suffix);
        return key.Written.ToArray();
    }
}
