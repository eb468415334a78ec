using Marekvs.Abstractions;

namespace Marekvs.Storage.Engine.Resident;

/// <summary>
/// The keys of a shard by hash: an extendible hash table. A directory over the leading hash bits points to pages that
/// split one at a time, so growth never stops the shard for long, and pages stand in the order of their hashes, which
/// makes SCAN a walk.
/// <code>
/// hash (63 bits):  [ directory index: depth bits ][ bucket in page: 5 bits ][ rest ]
/// </code>
/// </summary>
internal sealed class KeyTable
{
    private const int HashBits = 63;
    private const int BucketBits = 5;
    private const int SplitAbove = 64;
    private const int DepthMax = 30;

    private readonly KeyEntry?[] _byPartition = new KeyEntry?[Limits.Partitions];
    private Page[] _directory = [new Page(0, 0)];
    private int _depth;
    private ulong _hand;

    public int Count { get; private set; }

    public KeyEntry? Find(ulong hash, ReadOnlySpan<byte> name)
    {
        Page page = PageOf(hash);
        for (KeyEntry? entry = page.Buckets[page.BucketOf(hash)]; entry is not null; entry = entry.Next)
        {
            if (entry.Hash == hash && name.SequenceEqual(entry.Name))
            {
                return entry;
            }
        }

        return null;
    }

    public void Add(KeyEntry entry)
    {
        Page page = PageOf(entry.Hash);
        while (page.Count >= SplitAbove && page.Depth < DepthMax)
        {
            Split(page);
            page = PageOf(entry.Hash);
        }

        page.Add(entry);
        Count++;
        ref KeyEntry? first = ref _byPartition[entry.Partition];
        entry.NextInPartition = first;
        if (first is not null)
        {
            first.PreviousInPartition = entry;
        }

        first = entry;
    }

    /// <summary>The keys of a partition.</summary>
    public IEnumerable<KeyEntry> OfPartition(ushort partition)
    {
        for (KeyEntry? entry = _byPartition[partition]; entry is not null; entry = entry.NextInPartition)
        {
            yield return entry;
        }
    }

    public void Remove(KeyEntry entry)
    {
        Page page = PageOf(entry.Hash);
        ref KeyEntry? link = ref page.Buckets[page.BucketOf(entry.Hash)];
        while (!ReferenceEquals(link, entry))
        {
            link = ref link!.Next;
        }

        link = entry.Next;
        entry.Next = null;
        entry.IsDropped = true;
        page.Count--;
        Count--;
        if (entry.PreviousInPartition is { } previous)
        {
            previous.NextInPartition = entry.NextInPartition;
        }
        else
        {
            _byPartition[entry.Partition] = entry.NextInPartition;
        }

        if (entry.NextInPartition is { } next)
        {
            next.PreviousInPartition = entry.PreviousInPartition;
        }

        entry.NextInPartition = entry.PreviousInPartition = null;
    }

    /// <summary>Collects entries of whole pages, in hash order within the result, from a hash on.</summary>
    /// <returns>The first hash not looked at, or null at the end.</returns>
    public ulong? Collect(ulong from, int atLeast, List<KeyEntry> found)
    {
        int start = found.Count;
        ulong at = from;
        while (true)
        {
            Page page = PageOf(at);
            foreach (KeyEntry? head in page.Buckets)
            {
                for (KeyEntry? entry = head; entry is not null; entry = entry.Next)
                {
                    if (entry.Hash >= from)
                    {
                        found.Add(entry);
                    }
                }
            }

            if (page.End > ulong.MaxValue >> 1)
            {
                return null;
            }

            at = page.End;
            if (found.Count - start >= atLeast)
            {
                return at;
            }
        }
    }

    /// <summary>An entry chosen at random, every one with the same chance; null when the draw hits nothing.</summary>
    public KeyEntry? Draw(Random random)
    {
        // A page fills as many directory slots as its range is wide; only the first stands for it. Accepting by fill
        // then gives every entry the same chance.
        int slot = random.Next(_directory.Length);
        Page page = _directory[slot];
        if (slot != (int)(page.Prefix << (_depth - page.Depth)))
        {
            return null;
        }

        int pick = random.Next(Math.Max(SplitAbove, page.Count));
        foreach (KeyEntry? head in page.Buckets)
        {
            for (KeyEntry? entry = head; entry is not null; entry = entry.Next)
            {
                if (pick-- == 0)
                {
                    return entry;
                }
            }
        }

        return null;
    }

    /// <summary>The next page under the eviction hand.</summary>
    public void NextUnderHand(List<KeyEntry> entries)
    {
        Page page = PageOf(_hand);
        _hand = page.End > ulong.MaxValue >> 1 ? 0 : page.End;
        foreach (KeyEntry? head in page.Buckets)
        {
            for (KeyEntry? entry = head; entry is not null; entry = entry.Next)
            {
                entries.Add(entry);
            }
        }
    }

    public void Clear()
    {
        foreach (KeyEntry? first in _byPartition)
        {
            for (KeyEntry? entry = first; entry is not null;)
            {
                KeyEntry? next = entry.NextInPartition;
                entry.NextInPartition = entry.PreviousInPartition = null;
                entry = next;
            }
        }

        Array.Clear(_byPartition);
        _directory = [new Page(0, 0)];
        _depth = 0;
        _hand = 0;
        Count = 0;
    }

    private Page PageOf(ulong hash) => _directory[_depth == 0 ? 0 : hash >> (HashBits - _depth)];

    private void Split(Page page)
    {
        if (page.Depth == _depth)
        {
            var doubled = new Page[_directory.Length * 2];
            for (int i = 0; i < _directory.Length; i++)
            {
                doubled[2 * i] = doubled[(2 * i) + 1] = _directory[i];
            }

            _directory = doubled;
            _depth++;
        }

        var low = new Page(page.Prefix << 1, page.Depth + 1);
        var high = new Page((page.Prefix << 1) | 1, page.Depth + 1);
        foreach (KeyEntry? head in page.Buckets)
        {
            for (KeyEntry? entry = head; entry is not null;)
            {
                KeyEntry? next = entry.Next;
                bool upper = ((entry.Hash >> (HashBits - 1 - page.Depth)) & 1) == 1;
                (upper ? high : low).Add(entry);
                entry = next;
            }
        }

        int span = 1 << (_depth - low.Depth);
        int first = (int)(low.Prefix << (_depth - low.Depth));
        Array.Fill(_directory, low, first, span);
        Array.Fill(_directory, high, first + span, span);
    }

    private sealed class Page(ulong prefix, int depth)
    {
        public readonly KeyEntry?[] Buckets = new KeyEntry?[1 << BucketBits];

        public int Count;

        public ulong Prefix => prefix;

        public int Depth => depth;

        /// <summary>The first hash beyond the page.</summary>
        public ulong End => (prefix + 1) << (HashBits - depth);

        public int BucketOf(ulong hash) => (int)(hash >> (HashBits - BucketBits - depth)) & ((1 << BucketBits) - 1);

        public void Add(KeyEntry entry)
        {
            ref KeyEntry? head = ref Buckets[BucketOf(entry.Hash)];
            entry.Next = head;
            head = entry;
            Count++;
        }
    }
}
