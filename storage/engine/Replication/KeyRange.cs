using Marekvs.Storage.Engine.Execution;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Replication;

/// <summary>Reads the records of a key in the order of their suffixes, from memory and store alike. The gate of the key
/// is held.</summary>
internal sealed class KeyRange(Keyspace keyspace, ColdReader reader)
{
    private const int RecordCost = 64;

    /// <summary>Records from a suffix on.</summary>
    /// <param name="entry">The key.</param>
    /// <param name="from">The first suffix.</param>
    /// <param name="bytesMax">About how much to read.</param>
    /// <param name="next">Where to go on; null when that were all.</param>
    public List<StoredElement> Read(KeyEntry entry, byte[] from, int bytesMax, out byte[]? next)
    {
        var records = new List<StoredElement>();
        long bytes = 0;
        next = null;
        foreach (StoredElement record in From(entry, from))
        {
            if (bytes >= bytesMax)
            {
                next = record.Suffix;
                break;
            }

            bytes += RecordCost + record.Suffix.Length + record.State.Cost;
            records.Add(record);
        }

        return records;
    }

    /// <summary>Records from a suffix on and before another.</summary>
    public List<StoredElement> Read(KeyEntry entry, byte[] from, byte[]? to) =>
        [.. From(entry, from).TakeWhile(record => to is null || record.Suffix.AsSpan().SequenceCompareTo(to) < 0)];

    private IEnumerable<StoredElement> From(KeyEntry entry, byte[] from)
    {
        IEnumerable<StoredElement> records = entry.Elements is { } elements ? ElementsFrom(entry, elements, from) : [];
        if (entry.Elements is { Register.IsEmpty: false } collection)
        {
            records = Insert(records, new StoredElement([StorageKeys.RegisterTag], collection.Register), from);
        }

        return entry.Value.IsEmpty
            ? records
            : Insert(records, new StoredElement([keyspace.Types.Single!.Kind.Tag], entry.Value), from);
    }

    /// <summary>Puts one record in its place.</summary>
    private static IEnumerable<StoredElement> Insert(
        IEnumerable<StoredElement> records, StoredElement single, byte[] from)
    {
        bool isPending = single.Suffix.AsSpan().SequenceCompareTo(from) >= 0;
        foreach (StoredElement record in records)
        {
            if (isPending && single.Suffix.AsSpan().SequenceCompareTo(record.Suffix) < 0)
            {
                isPending = false;
                yield return single;
            }

            yield return record;
        }

        if (isPending)
        {
            yield return single;
        }
    }

    private IEnumerable<StoredElement> ElementsFrom(KeyEntry entry, Collection elements, byte[] from)
    {
        IEnumerable<StoredElement> resident = Resident(elements, from);
        if (!elements.IsPaged)
        {
            return resident;
        }

        IEnumerable<StoredElement> stored = reader.ReadFrom(entry, from).Where(
            record => !IsOther(record.Suffix) && !elements.Knows(record.Suffix));
        return Merge(resident, stored);
    }

    private IEnumerable<StoredElement> Resident(Collection elements, byte[] from)
    {
        for (ElementTree.Position at = elements.Tree.Seek(from); at.IsValid; at = at.Next())
        {
            if (!at.Item.State.IsEmpty && !IsOther(at.Suffix))
            {
                yield return new StoredElement(at.Suffix, at.Item.State);
            }
        }
    }

    private static IEnumerable<StoredElement> Merge(IEnumerable<StoredElement> left, IEnumerable<StoredElement> right)
    {
        using IEnumerator<StoredElement> l = left.GetEnumerator();
        using IEnumerator<StoredElement> r = right.GetEnumerator();
        bool hasLeft = l.MoveNext();
        bool hasRight = r.MoveNext();
        while (hasLeft || hasRight)
        {
            if (!hasRight || (hasLeft && l.Current.Suffix.AsSpan().SequenceCompareTo(r.Current.Suffix) < 0))
            {
                yield return l.Current;
                hasLeft = l.MoveNext();
            }
            else
            {
                yield return r.Current;
                hasRight = r.MoveNext();
            }
        }
    }

    /// <summary>Whether a record is none of the elements: derived, the register or the value.</summary>
    private bool IsOther(byte[] suffix) => keyspace.Types.IsDerived(suffix[0]) ||
        suffix[0] == StorageKeys.RegisterTag || suffix[0] == keyspace.Types.Single?.Kind.Tag;
}
