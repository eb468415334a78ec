using System.Runtime.InteropServices;
using LiteDB;
using LiteDB.Engine;

namespace Marekvs.Storage.LiteDb;

/// <summary>Keys of any length over index keys of a bounded one; see <see cref="EntryId"/>.</summary>
internal sealed class RowTree(LiteEngine engine)
{
    private const int DeleteBlock = 256;
    private readonly Collection _rows = new(engine, "rows");
    private readonly LongValues _long = new(engine);

    /// <summary>Numbers for what the next writes add; the owner stores them with the batch.</summary>
    public long NextNode { get; set; }

    public long NextValue { get; set; }

    public byte[]? Get(ReadOnlySpan<byte> key) =>
        TryFindNode(key, out long node, out ReadOnlySpan<byte> end) && _rows.Find(EntryId.OfEnd(node, end)) is { } row
            ? ValueOf(row)
            : null;

    public void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        long node = EntryId.Root;
        for (; key.Length > EntryId.SegmentBytes; key = key[EntryId.SegmentBytes..])
        {
            byte[] branch = EntryId.OfBranch(node, key[..EntryId.SegmentBytes]);
            if (_rows.Find(branch) is { } known)
            {
                node = known["c"].AsInt64;
                continue;
            }

            node = NextNode++;
            _rows.Upsert(new BsonDocument { ["_id"] = branch, ["c"] = node });
        }

        byte[] entry = EntryId.OfEnd(node, key);
        DropLongValue(_rows.Find(entry));
        var row = new BsonDocument { ["_id"] = entry };
        if (value.Length <= LongValues.InlineBytesMax)
        {
            row["v"] = value.ToArray();
        }
        else
        {
            row["n"] = NextValue;
            row["l"] = value.Length;
            _long.Write(NextValue++, value);
        }

        _rows.Upsert(row);
    }

    public void Delete(ReadOnlySpan<byte> key)
    {
        var path = new Stack<(byte[] Branch, long Child)>();
        long node = EntryId.Root;
        for (; key.Length > EntryId.SegmentBytes; key = key[EntryId.SegmentBytes..])
        {
            byte[] branch = EntryId.OfBranch(node, key[..EntryId.SegmentBytes]);
            if (_rows.Find(branch) is not { } known)
            {
                return;
            }

            node = known["c"].AsInt64;
            path.Push((branch, node));
        }

        byte[] entry = EntryId.OfEnd(node, key);
        if (_rows.Find(entry) is not { } row)
        {
            return;
        }

        DropLongValue(row);
        _rows.Delete(entry);
        while (path.TryPop(out (byte[] Branch, long Child) last) && IsEmpty(last.Child))
        {
            _rows.Delete(last.Branch);
        }
    }

    public void DeleteRange(byte[] from, byte[] to)
    {
        while (true)
        {
            byte[][] keys = [.. Walk(from, to, reverse: false).Take(DeleteBlock).Select(row => row.Key)];
            foreach (byte[] key in keys)
            {
                Delete(key);
            }

            if (keys.Length < DeleteBlock)
            {
                return;
            }
        }
    }

    /// <summary>Walks rows in order. What is returned holds as long as nothing is written.</summary>
    /// <param name="from">Inclusive.</param>
    /// <param name="to">Exclusive; empty for none.</param>
    /// <param name="reverse">From the greatest key down.</param>
    public IEnumerable<(byte[] Key, BsonDocument Row)> Walk(byte[] from, byte[] to, bool reverse)
    {
        // A key may go through thousands of nodes: so no recursion, and one buffer for the segments that lead down.
        var levels = new Stack<RowLevel>();
        var prefix = new List<byte>();
        levels.Push(new RowLevel(_rows, EntryId.Root, reverse ? to : from, reverse));
        while (levels.TryPeek(out RowLevel? level))
        {
            if (!level.TryNext(out BsonDocument? document))
            {
                levels.Pop();
                CollectionsMarshal.SetCount(prefix, Math.Max(0, prefix.Count - EntryId.SegmentBytes));
                continue;
            }

            byte[] entry = document["_id"].AsBinary;
            if (EntryId.IsBranch(document))
            {
                // Only the first entry met can be cut by the bound; the keys behind all others are inside.
                ReadOnlyMemory<byte> bound = level.BoundBehind(entry);
                levels.Push(new RowLevel(_rows, document["c"].AsInt64, bound, reverse));
                prefix.AddRange(EntryId.SegmentOf(entry));
                continue;
            }

            byte[] key = [.. prefix, .. EntryId.SegmentOf(entry)];
            if (reverse ? Compare(key, from) < 0 : to.Length > 0 && Compare(key, to) >= 0)
            {
                yield break;
            }

            yield return (key, document);
        }
    }

    public byte[] ValueOf(BsonDocument row) =>
        row.TryGetValue("n", out BsonValue number)
            ? _long.Read(number.AsInt64, row["l"].AsInt32)
            : row["v"].AsBinary;

    private static int Compare(byte[] left, byte[] right) => left.AsSpan().SequenceCompareTo(right);

    private bool TryFindNode(ReadOnlySpan<byte> key, out long node, out ReadOnlySpan<byte> end)
    {
        node = EntryId.Root;
        for (; key.Length > EntryId.SegmentBytes; key = key[EntryId.SegmentBytes..])
        {
            if (_rows.Find(EntryId.OfBranch(node, key[..EntryId.SegmentBytes])) is not { } branch)
            {
                end = default;
                return false;
            }

            node = branch["c"].AsInt64;
        }

        end = key;
        return true;
    }

    private bool IsEmpty(long node) =>
        _rows.Range(EntryId.FirstOf(node), EntryId.EndOf(node), descending: false, count: 1, bytes: 1).Count == 0;

    private void DropLongValue(BsonDocument? row)
    {
        if (row is not null && row.TryGetValue("n", out BsonValue number))
        {
            _long.Delete(number.AsInt64, row["l"].AsInt32);
        }
    }
}
