using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Storage;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Checkpoints;

/// <summary>
/// Tells the store what a resident collection has no longer. Queues lose many elements at their ends: all that lies
/// before the first element of a kind that is left, or behind the last, goes as one range. The rest goes one by one, in
/// order, which spares the store a random walk.
/// </summary>
internal readonly struct ElementRemovals(WriteBatch batch, RecordWriter key, KeyEntry entry)
{
    /// <summary>A removed range is something every later read of the store has to look at.</summary>
    private const int RangeAtLeast = 512;

    /// <summary>Writes removals.</summary>
    /// <param name="removed">Suffixes that the store may have. Those the collection has again are written anew later.
    /// </param>
    public void Write(List<byte[]> removed)
    {
        List<byte[]> single = removed;
        if (removed.Count >= RangeAtLeast)
        {
            foreach (byte tag in removed.Select(suffix => suffix[0]).Distinct().ToList())
            {
                single = WriteEnds(tag, single);
            }
        }

        WriteSingle(single);
    }

    /// <returns>What does not lie at the ends of the kind.</returns>
    private List<byte[]> WriteEnds(byte tag, List<byte[]> removed)
    {
        ElementTree left = entry.Elements!.Tree;
        byte[] low = [tag];
        byte[] high = [(byte)(tag + 1)];
        ElementTree.Position first = left.FirstOf(tag);
        if (!first.IsValid || first.Suffix[0] != tag)
        {
            return WriteRange(low, high, removed);
        }

        // The last one itself stays, so the range begins with what follows it at once.
        List<byte[]> others = WriteRange(low, first.Suffix, removed);
        return WriteRange([.. left.LastOf(tag).Suffix, 0], high, others);
    }

    /// <returns>What does not lie in the range; all, when it holds little.</returns>
    private List<byte[]> WriteRange(byte[] from, byte[] to, List<byte[]> removed)
    {
        int within = removed.Count(IsWithin);
        if (within < RangeAtLeast)
        {
            return removed;
        }

        WriteKey(from);
        byte[] first = key.Written.ToArray();
        WriteKey(to);
        batch.DeleteRange(first, key.Written);
        return removed.FindAll(suffix => !IsWithin(suffix));

        bool IsWithin(byte[] suffix) =>
            suffix.AsSpan().SequenceCompareTo(from) >= 0 && suffix.AsSpan().SequenceCompareTo(to) < 0;
    }

    private void WriteSingle(List<byte[]> removed)
    {
        ulong[] heads = ArrayPool<ulong>.Shared.Rent(removed.Count);
        Span<byte[]> suffixes = CollectionsMarshal.AsSpan(removed);
        for (int i = 0; i < suffixes.Length; i++)
        {
            heads[i] = HeadOf(suffixes[i]);
        }

        heads.AsSpan(0, suffixes.Length).Sort(suffixes);
        ArrayPool<ulong>.Shared.Return(heads);
        foreach (byte[] suffix in suffixes)
        {
            WriteKey(suffix);
            batch.Delete(key.Written);
        }
    }

    private void WriteKey(byte[] suffix) =>
        StorageKeys.WriteRecord(key, entry.Partition, entry.Name, suffix[0], suffix.AsSpan(1));

    private static ulong HeadOf(byte[] suffix)
    {
        if (suffix.Length >= sizeof(ulong))
        {
            return BinaryPrimitives.ReadUInt64BigEndian(suffix);
        }

        Span<byte> padded = stackalloc byte[sizeof(ulong)];
        padded.Clear();
        suffix.CopyTo(padded);
        return BinaryPrimitives.ReadUInt64BigEndian(padded);
    }
}
