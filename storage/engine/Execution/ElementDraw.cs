using Marekvs.Abstractions.Records;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Execution;

/// <summary>
/// Draws an element of a paged collection that is ordered by hash. A window of hashes is laid at random; it is taken
/// with a chance that grows with the number of elements in it, and then one of them is drawn, each with the same
/// chance. Every element lies in equally many windows, and the chance of a window to be taken times the chance of one of
/// its elements is always 1 / <see cref="ElementsMax"/>: so every element has exactly the same chance, wherever the
/// hashes lie, as long as no window has more elements than that. A window has 16 on average, and more than
/// <see cref="ElementsMax"/> once in millions of times. Names made to share hashes can do worse, as can values that
/// fill more than <see cref="PageBytesMax"/> in one window; then elements of crowded windows come up less often.
/// <para>
/// A draw looks at two or three windows, each a short run of the store, whatever the size of the collection.
/// </para>
/// </summary>
internal static class ElementDraw
{
    private const int ElementsMax = 40;

    /// <summary>Windows in which nothing was drawn until any element will do; with random hashes never.</summary>
    private const int WindowsMax = 64;

    private const int PageBytesMax = 4 * 1024 * 1024;

    /// <returns>A cursor that stands on the element; null when there is none, or a part of the store is missing.
    /// </returns>
    public static RecordCursor? From(EngineCall call, KeyEntry entry, RecordKind kind, Random random)
    {
        Collection elements = entry.Elements!;
        long count = elements.CountOf(kind.Tag);
        if (count == 0)
        {
            return null;
        }

        DrawWindows windows = call.DrawWindowsOf(elements);
        DrawWindow window = default;
        for (int i = 0; i < WindowsMax; i++)
        {
            window = windows.Next(count, random);
            (byte[] low, byte[] high) = BoundsOf(kind, window);
            ElementPage? page = call.FindRange(elements, low, high);
            if (page is null)
            {
                foreach (DrawWindow coming in windows.Coming(count, random))
                {
                    (byte[] from, byte[] to) = BoundsOf(kind, coming);
                    call.RequestRange(entry, kind.Tag, from, to, PageBytesMax);
                }

                return null;
            }

            long seen = Look(call, elements, page, low, high, long.MaxValue, out _);
            long limit = window.Width == DrawWindows.HashCount ? 1 : ElementsMax;
            if (window.Acceptance * limit < seen)
            {
                Look(call, elements, page, low, high, (long)(window.Choice * seen), out StoredElement drawn);
                return new DrawnElement(call, kind, drawn);
            }
        }

        RecordCursor next = PagedCursor.Open(
            call, entry, kind.Tag, BoundsOf(kind, window).Low, reverse: false, fromEnd: false);
        return next.MoveNext() ? next : null;
    }

    private static (byte[] Low, byte[] High) BoundsOf(RecordKind kind, DrawWindow window)
    {
        long end = window.Start + window.Width;
        return (
            ElementSuffix.At(kind, (uint)Math.Max(0, window.Start)),
            end >= DrawWindows.HashCount ? [(byte)(kind.Tag + 1)] : ElementSuffix.At(kind, (uint)end));
    }

    /// <summary>Goes through the elements in a window that readers see: what is in memory, then what only the store has.
    /// </summary>
    /// <param name="call">The call.</param>
    /// <param name="elements">The collection.</param>
    /// <param name="page">What the store has there.</param>
    /// <param name="low">Where the window begins.</param>
    /// <param name="high">Where it ends.</param>
    /// <param name="index">Which element is wanted.</param>
    /// <param name="found">That element, if there are as many.</param>
    /// <returns>How many came before it.</returns>
    private static long Look(
        EngineCall call,
        Collection elements,
        ElementPage page,
        byte[] low,
        byte[] high,
        long index,
        out StoredElement found)
    {
        long seen = 0;
        found = default;
        for (ElementTree.Position at = elements.Tree.Seek(low); at.IsValid; at = at.Next())
        {
            ref ElementItem item = ref at.Item;
            if (at.Suffix.AsSpan().SequenceCompareTo(high) >= 0)
            {
                break;
            }

            if (call.IsSeen(item.State) && seen++ == index)
            {
                found = new StoredElement(at.Suffix, item.State);
                return index;
            }
        }

        int end = page.CountBefore(high);
        for (int i = page.CountBefore(low); i < end; i++)
        {
            StoredElement row = page.Rows[i];
            bool isKnown = elements.Tree.Find(row.Suffix).IsValid;
            if (!isKnown && call.IsSeen(row.State) && seen++ == index)
            {
                found = row;
                return index;
            }
        }

        return seen;
    }

    /// <summary>Stands on one element.</summary>
    private sealed class DrawnElement(EngineCall call, RecordKind kind, StoredElement drawn) : RecordCursor(call, kind)
    {
        private readonly RecordState _state = drawn.State;

        public override byte[] Suffix => drawn.Suffix;

        public override ref readonly RecordState State => ref _state;

        public override bool Step() => false;

        public override void Resume(byte[] removed)
        {
        }
    }
}
