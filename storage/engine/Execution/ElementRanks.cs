using Marekvs.Abstractions;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Execution;

/// <summary>
/// Ranks in a paged collection: the counts of its runs tell what lies before a run, and a walk through the run the rest.
/// A run that has grown too long is divided on the way, page by page: what is learnt stays when the call has to run
/// again, so however long a run is, a call never holds more than a page of it.
/// <para>
/// Runs are divided only while all that the call asked for was there. Else what it did to elements that memory did not
/// know would be counted, and be in another run when it is taken back.
/// </para>
/// </summary>
internal static class ElementRanks
{
    /// <summary>About what an element takes of a page, for asking for a run in one piece.</summary>
    private const int ElementBytes = 160;

    private const int PageBytesAtLeast = 4096;

    /// <summary>Bytes, for each element that a run is to have, of a page by which a long one is divided.</summary>
    private const int DividedBytes = 2048;

    /// <summary>Counts the visible elements before a suffix.</summary>
    /// <returns>Of no meaning when a part of the store is missing.</returns>
    public static long RankOf(EngineCall call, KeyEntry entry, byte tag, byte[] suffix)
    {
        if (!TryFindShort(call, entry, tag, runs => runs.Find(suffix), out ElementRun run))
        {
            return 0;
        }

        long rank = run.Before;
        RecordCursor walk = PagedCursor.Open(call, entry, tag, LowOf(entry, tag, run), reverse: false, fromEnd: false);
        while (rank < run.Before + run.Count && walk.StepCounted() && walk.Suffix.AsSpan().SequenceCompareTo(suffix) < 0)
        {
            rank++;
        }

        return rank;
    }

    /// <summary>A walk before the visible element at an index; null when a part of the store is missing.</summary>
    /// <param name="call">The call.</param>
    /// <param name="entry">The key.</param>
    /// <param name="tag">The kind's tag.</param>
    /// <param name="index">From 0 to the number of elements.</param>
    public static RecordCursor? WalkAt(EngineCall call, KeyEntry entry, byte tag, long index)
    {
        long count = entry.Elements!.CountOf(tag);
        int near = call.RunsOf(entry, tag).Length;
        if (index <= near)
        {
            return Skip(PagedCursor.Open(call, entry, tag, default, reverse: false, fromEnd: true), index);
        }

        if (count - index <= near)
        {
            RecordCursor? end = Skip(PagedCursor.Open(call, entry, tag, default, reverse: true, fromEnd: true), count - index);
            return end is null ? null : PagedCursor.Open(call, entry, tag, end.Suffix, reverse: false, fromEnd: false);
        }

        if (!TryFindShort(call, entry, tag, runs => runs.FindAt(index), out ElementRun run))
        {
            return null;
        }

        byte[] low = LowOf(entry, tag, run);
        return Skip(PagedCursor.Open(call, entry, tag, low, reverse: false, fromEnd: false), index - run.Before);
    }

    private static RecordCursor? Skip(RecordCursor walk, long elements)
    {
        while (elements > 0 && walk.StepCounted())
        {
            elements--;
        }

        return elements > 0 ? null : walk;
    }

    /// <summary>Finds a run that is short enough to be walked through, of which the call has what the store has.</summary>
    /// <returns>False when a part of the store is missing.</returns>
    private static bool TryFindShort(
        EngineCall call, KeyEntry entry, byte tag, Func<ElementRuns, ElementRun> find, out ElementRun run)
    {
        ElementRuns runs = call.RunsOf(entry, tag);
        run = find(runs);
        while (run.Count > 0)
        {
            if (!call.Needs.IsEmpty)
            {
                return false;
            }

            bool isLong = run.Count > 2 * runs.Length;
            int bytes = isLong ? runs.Length * DividedBytes : PageBytesAtLeast + ((int)run.Count * ElementBytes);
            byte[] low = LowOf(entry, tag, run);
            ElementPage? page = call.FindPage(entry, tag, low, reverse: false, bytes);
            if (page is null)
            {
                return false;
            }

            bool isWhole = page.High.AsSpan().SequenceCompareTo(run.High) >= 0;
            if (isWhole && !isLong)
            {
                return true;
            }

            Divide(entry.Elements!, runs, run, low, page);
            call.KeepRuns(entry);
            if (!isWhole)
            {
                call.DropPage(entry, page);
            }

            run = find(runs);
        }

        return true;
    }

    /// <summary>Where the visible elements of a run begin, as far as is known.</summary>
    private static byte[] LowOf(KeyEntry entry, byte tag, ElementRun run)
    {
        byte[] first = entry.Elements!.EndOf(tag, reverse: false);
        return first.AsSpan().SequenceCompareTo(run.Low) > 0 ? first : run.Low;
    }

    /// <summary>Divides a run as far as a page shows what is in it.</summary>
    private static void Divide(Collection elements, ElementRuns runs, ElementRun run, byte[] low, ElementPage page)
    {
        bool isWhole = page.High.AsSpan().SequenceCompareTo(run.High) >= 0;
        var cuts = new Stack<(byte[] At, long Before)>();
        long seen = 0;
        long latest = 0;
        foreach (byte[] suffix in Visible(elements, low, isWhole ? run.High : page.High, page))
        {
            if (seen - latest == runs.Length)
            {
                cuts.Push((suffix, seen));
                latest = seen;
            }

            seen++;
        }

        Invariant.That(isWhole ? seen == run.Count : seen <= run.Count, "a run has as many elements as it says");
        if (!isWhole)
        {
            cuts.Push((page.High, seen));
        }

        while (cuts.TryPop(out (byte[] At, long Before) cut))
        {
            runs.Split(cut.At, cut.Before);
        }
    }

    /// <summary>The visible elements from one suffix up to another: what memory knows, and what only the store has.
    /// </summary>
    private static IEnumerable<byte[]> Visible(Collection elements, byte[] low, byte[] high, ElementPage page)
    {
        ElementTree.Position at = elements.Tree.Seek(low);
        int row = page.CountBefore(low);
        int end = page.CountBefore(high);
        while (true)
        {
            bool hasResident = at.IsValid && at.Suffix.AsSpan().SequenceCompareTo(high) < 0;
            if (!hasResident && row >= end)
            {
                yield break;
            }

            int order = !hasResident ? 1
                : row >= end ? -1
                : at.Suffix.AsSpan().SequenceCompareTo(page.Rows[row].Suffix);
            bool isVisible = order <= 0 ? at.Item.State.IsVisible : page.Rows[row].State.IsVisible;
            byte[] suffix = order <= 0 ? at.Suffix : page.Rows[row].Suffix;
            at = order <= 0 ? at.Next() : at;
            row += order >= 0 ? 1 : 0;
            if (isVisible)
            {
                yield return suffix;
            }
        }
    }
}
