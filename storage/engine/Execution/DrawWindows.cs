using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Execution;

/// <summary>A range of hashes laid at random: those from <paramref name="Start"/>, which may lie before the first, up
/// to, not including, Start + <paramref name="Width"/>; and the numbers from 0 to 1 that decide whether it is taken and
/// which of its elements is drawn.</summary>
internal readonly record struct DrawWindow(long Start, long Width, double Acceptance, double Choice);

/// <summary>
/// The windows of one paged collection that a call draws from. They are kept until the call ends, in their order: a run
/// that laid others than the run before would need other pages of the store, and would be taken back for ever; and a
/// call whose luck were tried again whenever a page is missing would end up with elements that need none.
/// </summary>
internal sealed class DrawWindows
{
    /// <summary>All hashes.</summary>
    public const long HashCount = 1L << 32;

    /// <summary>Elements a window holds on average.</summary>
    private const long ElementsWanted = 16;

    /// <summary>Windows a call lays; later draws of the same call take them again with another choice, so that what a
    /// call holds in memory is bounded.</summary>
    private const int WindowsMax = 4096;

    private const int AheadAtLeast = 4;

    private readonly List<DrawWindow> _windows = [];
    private long _next;

    /// <summary>The collection's generation when the windows were laid.</summary>
    public int Generation { get; init; }

    /// <summary>Begins with the first window again.</summary>
    public void Restart() => _next = 0;

    /// <summary>The next window.</summary>
    public DrawWindow Next(long elements, Random random)
    {
        int at = (int)(_next++ % WindowsMax);
        Lay(at + 1, elements, random);
        return _next <= WindowsMax
            ? _windows[at]
            : _windows[at] with { Acceptance = random.NextDouble(), Choice = random.NextDouble() };
    }

    /// <summary>The window last given and some that will come next, to be asked for at once: as many as there were
    /// before, so that a call with many draws runs only a few times.</summary>
    public IEnumerable<DrawWindow> Coming(long elements, Random random)
    {
        int at = (int)((_next - 1) % WindowsMax);
        int end = Math.Min(WindowsMax, at + Math.Max(AheadAtLeast, at));
        Lay(end, elements, random);
        return _windows.Take(at..end);
    }

    private void Lay(int count, long elements, Random random)
    {
        while (_windows.Count < count)
        {
            long width = Math.Clamp((long)((double)HashCount * ElementsWanted / elements), 1, HashCount);

            // As many windows begin before the first hash as end behind the last, so that every hash is in equally many.
            long start = width == HashCount ? 0 : random.NextInt64(1 - width, HashCount);
            _windows.Add(new DrawWindow(start, width, random.NextDouble(), random.NextDouble()));
        }
    }
}

/// <summary>The windows of all collections that a call draws from.</summary>
internal sealed class DrawWindowCache
{
    private readonly Dictionary<Collection, DrawWindows> _windows = [];

    public DrawWindows Of(Collection elements)
    {
        if (!_windows.TryGetValue(elements, out DrawWindows? windows) || windows.Generation != elements.Generation)
        {
            _windows[elements] = windows = new DrawWindows { Generation = elements.Generation };
        }

        return windows;
    }

    /// <summary>The call runs again.</summary>
    public void Restart()
    {
        foreach (DrawWindows windows in _windows.Values)
        {
            windows.Restart();
        }
    }
}
