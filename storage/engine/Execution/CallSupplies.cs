using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Execution;

/// <summary>
/// What the store's readers brought for one parked call, kept until the call ends, so that running again makes
/// progress. A reader may still be busy when its call is given up: what comes after <see cref="Release"/> is let go at
/// once.
/// </summary>
internal sealed class CallSupplies
{
    private readonly Lock _gate = new();
    private readonly List<KeyEntry> _entries = [];
    private readonly List<ElementPin> _pins = [];
    private readonly List<Collection> _scanned = [];
    private bool _isReleased;

    /// <summary>Whether there is anything to let go.</summary>
    public bool IsInUse { get; private set; }

    /// <summary>Why reading failed; the call gets it instead of an answer.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Key rows for a walk over the keyspace.</summary>
    public KeyPageCache KeyPages { get; } = new();

    /// <summary>Elements for walks over paged collections.</summary>
    public ElementPageCache ElementPages { get; } = new();

    /// <summary>Where draws from paged collections look for elements.</summary>
    public DrawWindowCache DrawWindows { get; } = new();

    /// <summary>Keeps a key in memory until the call has run.</summary>
    public void Keep(KeyEntry entry)
    {
        lock (_gate)
        {
            if (!_isReleased && (_entries.Count == 0 || !ReferenceEquals(_entries[^1], entry)))
            {
                Interlocked.Increment(ref entry.Pins);
                _entries.Add(entry);
                IsInUse = true;
            }
        }
    }

    /// <summary>Keeps an element in memory, once it is there; the gate of its key is held.</summary>
    public void Keep(in ColdElement element)
    {
        Keep(element.Entry);
        lock (_gate)
        {
            if (!_isReleased)
            {
                _pins.Add(element.Elements.Pins.Add(element.Suffix));
            }
        }
    }

    /// <summary>Keeps what changes in a collection in memory, so that pages read from now on stay true.</summary>
    public void Keep(ElementPageRequest page)
    {
        Keep(page.Entry);
        lock (_gate)
        {
            if (!_isReleased)
            {
                Interlocked.Increment(ref page.Elements.Scans);
                _scanned.Add(page.Elements);
            }
        }
    }

    public void Add(KeyPage page)
    {
        lock (_gate)
        {
            if (!_isReleased)
            {
                KeyPages.Add(page);
                IsInUse = true;
            }
        }
    }

    public void Add(ElementPageRequest request, ElementPage page)
    {
        lock (_gate)
        {
            if (!_isReleased)
            {
                ElementPages.Add(request, page);
            }
        }
    }

    public void Fail(Exception failure)
    {
        lock (_gate)
        {
            Failure = failure;
            IsInUse = true;
        }
    }

    /// <summary>The call is over.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _isReleased = true;
            foreach (KeyEntry entry in _entries)
            {
                Interlocked.Decrement(ref entry.Pins);
            }

            foreach (ElementPin pin in _pins)
            {
                pin.Release();
            }

            foreach (Collection elements in _scanned)
            {
                Interlocked.Decrement(ref elements.Scans);
            }

            _entries.Clear();
            _pins.Clear();
            _scanned.Clear();
        }
    }
}
