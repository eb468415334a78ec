using System.Runtime.InteropServices;
using Marekvs.Abstractions;

namespace Marekvs.Storage.Engine.Resident;

/// <summary>Some elements of one kind that follow one another.</summary>
/// <param name="Low">Where the run begins.</param>
/// <param name="High">Where it ends: the beginning of the next run, or of what comes after the kind.</param>
/// <param name="Before">Visible elements of the kind before it.</param>
/// <param name="Count">Visible elements in it.</param>
internal readonly record struct ElementRun(byte[] Low, byte[] High, long Before, long Count);

/// <summary>
/// How many visible elements lie where, for one kind of elements of a collection larger than memory: all of them in
/// runs that follow one another, each with its exact count. A rank is the sum of the counts before a run and a walk
/// through the run, so ranks stay cheap as long as runs are short.
/// <para>
/// Every change of an element changes the count of its run. To divide a run one has to know what lies in it, so a run
/// that grew is divided by whoever walks through it next; at both ends new runs begin by themselves, since nothing
/// lies beyond. Runs that shrank are joined with a neighbour.
/// </para>
/// </summary>
/// <param name="tag">The kind's tag.</param>
/// <param name="length">How many elements a run is to have.</param>
internal sealed class ElementRuns(byte tag, int length)
{
    private const int BlockRunsMax = 256;
    private const int RunCost = 72;

    /// <summary>Runs in order, in blocks whose totals are known, so that a sum needs no look at every run.</summary>
    private readonly List<Block> _blocks = [];

    private readonly HashSet<byte[]> _removed = new(SuffixComparer.Instance);

    /// <summary>The kind's tag.</summary>
    public byte Tag => tag;

    /// <summary>How many elements a run is to have; it is divided when it has more than twice as many.</summary>
    public int Length => length;

    public int Count { get; private set; }

    /// <summary>About how much memory the runs take.</summary>
    public long Bytes { get; private set; }

    /// <summary>No visible element lies before this one, if that is known.</summary>
    public byte[]? First { get; set; }

    /// <summary>No visible element lies behind this one, if that is known.</summary>
    public byte[]? Last { get; set; }

    private byte[] End { get; } = [(byte)(tag + 1)];

    /// <summary>One run with all elements.</summary>
    public static ElementRuns Whole(byte tag, int length, long count)
    {
        var runs = new ElementRuns(tag, length);
        runs.Append([tag], count);
        return runs;
    }

    /// <summary>The runs of a tree that has all elements.</summary>
    public static ElementRuns Of(ElementTree tree, byte tag, int length)
    {
        var runs = new ElementRuns(tag, length);
        byte[] low = [tag];
        long count = 0;
        for (ElementTree.Position at = tree.Seek(low); at.IsValid && at.Suffix[0] == tag; at = at.Next())
        {
            if (!at.Item.State.IsVisible)
            {
                continue;
            }

            if (count == length)
            {
                runs.Append(low, count);
                low = at.Suffix;
                count = 0;
            }

            count++;
            runs.First ??= at.Suffix;
            runs.Last = at.Suffix;
        }

        runs.Append(low, count);
        return runs;
    }

    /// <summary>Adds a run behind all others.</summary>
    /// <param name="low">Where it begins; for the first run, the tag.</param>
    /// <param name="count">Its visible elements.</param>
    /// <param name="isChanged">Whether the store has yet to hear of it.</param>
    public void Append(byte[] low, long count, bool isChanged = true) =>
        Insert(_blocks.Count - 1, _blocks.Count == 0 ? 0 : _blocks[^1].Runs.Count, low, count, isChanged);

    /// <summary>The run that a suffix lies in.</summary>
    public ElementRun Find(ReadOnlySpan<byte> suffix)
    {
        (int block, int at) = Locate(suffix);
        return RunAt(block, at);
    }

    /// <summary>The run with the visible element at an index.</summary>
    public ElementRun FindAt(long index)
    {
        int block = 0;
        while (block + 1 < _blocks.Count && index >= _blocks[block].Total)
        {
            index -= _blocks[block++].Total;
        }

        List<Run> runs = _blocks[block].Runs;
        int at = 0;
        while (at + 1 < runs.Count && index >= runs[at].Count)
        {
            index -= runs[at++].Count;
        }

        return RunAt(block, at);
    }

    /// <summary>An element became visible (+1) or invisible (-1).</summary>
    /// <param name="suffix">Its suffix, which may be kept.</param>
    /// <param name="change">Which of both.</param>
    public void Shift(byte[] suffix, int change)
    {
        if (change > 0)
        {
            ExtendTo(suffix);
        }

        (int block, int at) = Locate(suffix);
        Change(block, at, change);
        if (change < 0)
        {
            JoinIfSmall(block, at);
        }
    }

    /// <summary>Divides the run that a suffix lies in.</summary>
    /// <param name="suffix">Where its second part begins; kept.</param>
    /// <param name="before">Visible elements in its first part.</param>
    public void Split(byte[] suffix, long before)
    {
        (int block, int at) = Locate(suffix);
        long after = _blocks[block].Runs[at].Count - before;
        Invariant.That(after >= 0, "a part of a run has no more elements than the run");
        Change(block, at, -after);
        Insert(block, at + 1, suffix, after, isChanged: true);
    }

    /// <summary>Hands over what the store has to be told: runs with their counts, and those that are no more.</summary>
    /// <param name="all">Whether the store knows nothing.</param>
    /// <param name="tell">Is told where a run begins, and how many elements it has, null when it is no more.</param>
    public void TakeChanges(bool all, Action<byte[], long?> tell)
    {
        foreach (Block block in _blocks)
        {
            foreach (ref Run run in CollectionsMarshal.AsSpan(block.Runs))
            {
                if (all || run.IsChanged)
                {
                    tell(run.Low, run.Count);
                }

                run.IsChanged = false;
                if (_removed.Count > 0)
                {
                    _removed.Remove(run.Low);
                }
            }
        }

        foreach (byte[] low in _removed)
        {
            tell(low, null);
        }

        _removed.Clear();
    }

    /// <summary>Takes note of an element that lies beyond all others, and begins a run with it if its neighbour is full.
    /// </summary>
    private void ExtendTo(byte[] suffix)
    {
        if (Last is not null && suffix.AsSpan().SequenceCompareTo(Last) > 0)
        {
            Last = suffix;
            if (_blocks[^1].Runs[^1].Count >= length)
            {
                Append(suffix, 0);
            }
        }
        else if (First is not null && suffix.AsSpan().SequenceCompareTo(First) < 0)
        {
            byte[] second = First;
            First = suffix;
            if (_blocks[0].Runs[0].Count >= length)
            {
                Split(second, 0);
            }
        }
    }

    private void JoinIfSmall(int block, int at)
    {
        long count = _blocks[block].Runs[at].Count;
        if (Count == 1 || count > length / 4)
        {
            return;
        }

        (int Block, int At)? before = at > 0 ? (block, at - 1) : block > 0 ? (block - 1, _blocks[block - 1].Runs.Count - 1) : null;
        (int Block, int At)? next = at + 1 < _blocks[block].Runs.Count ? (block, at + 1)
            : block + 1 < _blocks.Count ? (block + 1, 0)
            : null;
        if (before is var (b, i) && (count == 0 || _blocks[b].Runs[i].Count + count <= length / 2))
        {
            Change(b, i, count);
            Remove(block, at);
        }
        else if (next is var (c, j) && (count == 0 || _blocks[c].Runs[j].Count + count <= length / 2))
        {
            Change(block, at, _blocks[c].Runs[j].Count);
            Remove(c, j);
        }
    }

    private void Change(int block, int at, long change)
    {
        ref Run run = ref CollectionsMarshal.AsSpan(_blocks[block].Runs)[at];
        run.Count += change;
        run.IsChanged = true;
        _blocks[block].Total += change;
    }

    private void Insert(int block, int at, byte[] low, long count, bool isChanged)
    {
        if (_blocks.Count == 0)
        {
            _blocks.Add(new Block());
            block = 0;
        }

        Block into = _blocks[block];
        into.Runs.Insert(at, new Run(low, count, isChanged));
        into.Total += count;
        Count++;
        Bytes += RunCost + low.Length;
        if (into.Runs.Count > BlockRunsMax)
        {
            _blocks.Insert(block + 1, into.SplitOff());
        }
    }

    private void Remove(int block, int at)
    {
        Block from = _blocks[block];
        Run run = from.Runs[at];
        from.Runs.RemoveAt(at);
        from.Total -= run.Count;
        _removed.Add(run.Low);
        Count--;
        Bytes -= RunCost + run.Low.Length;
        if (from.Runs.Count == 0)
        {
            _blocks.RemoveAt(block);
        }
    }

    private (int Block, int At) Locate(ReadOnlySpan<byte> suffix)
    {
        int low = 1;
        int high = _blocks.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = suffix.SequenceCompareTo(_blocks[middle].Runs[0].Low) < 0 ? (low, middle - 1) : (middle + 1, high);
        }

        int block = low - 1;
        ReadOnlySpan<Run> runs = CollectionsMarshal.AsSpan(_blocks[block].Runs);
        low = 1;
        high = runs.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = suffix.SequenceCompareTo(runs[middle].Low) < 0 ? (low, middle - 1) : (middle + 1, high);
        }

        return (block, low - 1);
    }

    private ElementRun RunAt(int block, int at)
    {
        long before = 0;
        for (int i = 0; i < block; i++)
        {
            before += _blocks[i].Total;
        }

        List<Run> runs = _blocks[block].Runs;
        for (int i = 0; i < at; i++)
        {
            before += runs[i].Count;
        }

        byte[] high = at + 1 < runs.Count ? runs[at + 1].Low
            : block + 1 < _blocks.Count ? _blocks[block + 1].Runs[0].Low
            : End;
        return new ElementRun(runs[at].Low, high, before, runs[at].Count);
    }

    private struct Run(byte[] low, long count, bool isChanged)
    {
        public readonly byte[] Low = low;
        public long Count = count;

        /// <summary>The store has yet to hear of it.</summary>
        public bool IsChanged = isChanged;
    }

    private sealed class Block
    {
        public readonly List<Run> Runs = [];
        public long Total;

        public Block SplitOff()
        {
            var right = new Block();
            int half = Runs.Count / 2;
            right.Runs.AddRange(Runs[half..]);
            Runs.RemoveRange(half, Runs.Count - half);
            right.Total = right.Runs.Sum(static run => run.Count);
            Total -= right.Total;
            return right;
        }
    }
}
