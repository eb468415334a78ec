using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Execution;

/// <summary>An element as the store has it.</summary>
internal readonly record struct StoredElement(byte[] Suffix, RecordState State);

/// <summary>Every stored element with a suffix from <paramref name="Low"/> up to, not including,
/// <paramref name="High"/>, in order.</summary>
internal sealed record ElementPage(byte[] Low, byte[] High, StoredElement[] Rows)
{
    /// <summary>How many rows lie before a suffix.</summary>
    public int CountBefore(ReadOnlySpan<byte> suffix)
    {
        int low = 0;
        int high = Rows.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (suffix.SequenceCompareTo(Rows[middle].Suffix) > 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}

/// <summary>Pages of paged collections that a call was given.</summary>
internal sealed class ElementPageCache
{
    /// <summary>The first page of a walk; then each is as large as all before, so that a walk to the end runs its call
    /// only a few times more for every tenfold size.</summary>
    private const int BytesAtLeast = 16 * 1024;

    private readonly Dictionary<Collection, PageSet> _sets = [];

    public void Add(ElementPageRequest request, ElementPage page)
    {
        if (!_sets.TryGetValue(request.Elements, out PageSet? set))
        {
            _sets.Add(request.Elements, set = new PageSet());
        }

        if (set.Generation != request.Generation || set.TrimEpoch != request.TrimEpoch)
        {
            set.Generation = request.Generation;
            set.TrimEpoch = request.TrimEpoch;
            set.Pages.Clear();
            set.Ranges.Clear();
        }

        if (request.End is byte[] end)
        {
            set.Ranges[[.. request.Bound, .. end]] = page;
            return;
        }

        set.Pages.Add(page);
        set.BytesAsked = (int)Math.Min(int.MaxValue, (long)set.BytesAsked + request.Bytes);
    }

    /// <summary>The page that tells what the store has next from a bound on, or before it in reverse.</summary>
    public ElementPage? Find(Collection elements, ReadOnlySpan<byte> bound, bool reverse)
    {
        if (_sets.TryGetValue(elements, out PageSet? set) &&
            set.Generation == elements.Generation && set.TrimEpoch == elements.TrimEpoch)
        {
            foreach (ElementPage page in set.Pages)
            {
                int fromLow = bound.SequenceCompareTo(page.Low);
                int fromHigh = bound.SequenceCompareTo(page.High);
                if (reverse ? fromLow > 0 && fromHigh <= 0 : fromLow >= 0 && fromHigh < 0)
                {
                    return page;
                }
            }
        }

        return null;
    }

    /// <summary>Lets go of a page that has served its purpose.</summary>
    public void Remove(Collection elements, ElementPage page)
    {
        PageSet set = _sets[elements];
        set.Pages.Remove(page);
        set.BytesAsked = 0;
    }

    /// <summary>What was read for a request of this range alone.</summary>
    public ElementPage? FindRange(Collection elements, ReadOnlySpan<byte> low, ReadOnlySpan<byte> high) =>
        _sets.TryGetValue(elements, out PageSet? set) &&
        set.Generation == elements.Generation && set.TrimEpoch == elements.TrimEpoch
            ? set.Ranges.GetValueOrDefault([.. low, .. high])
            : null;

    /// <summary>How much to ask for next. Pages that are out of date count too: who has to begin anew asks for
    /// everything at once.</summary>
    public int BytesFor(Collection elements) =>
        _sets.TryGetValue(elements, out PageSet? set) ? Math.Max(BytesAtLeast, set.BytesAsked) : BytesAtLeast;

    private sealed class PageSet
    {
        public readonly List<ElementPage> Pages = [];
        public readonly Dictionary<byte[], ElementPage> Ranges = new(SuffixComparer.Instance);
        public int Generation;
        public int TrimEpoch;
        public int BytesAsked;
    }
}
