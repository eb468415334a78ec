namespace Marekvs.Storage.Engine.Resident;

/// <summary>
/// Where the visible elements of a paged collection begin and end, as far as walks have found out, and how far from there
/// memory has all of them. Without the former everything taken from one end of a queue would be stepped over again by
/// whoever takes next: in memory until the element is forgotten, in the store until the traces of deleted rows are gone.
/// Without the latter each taking would ask the store whether it has something before what memory has.
/// </summary>
internal sealed class CollectionEnds
{
    // Of each kind the first or last visible element; outside there is none.
    private readonly Dictionary<(byte Tag, bool Reverse), byte[]> _ends = [];

    // From an end up to here memory has every visible element: a bound, exclusive forwards, inclusive backwards.
    private readonly Dictionary<(byte Tag, bool Reverse), byte[]> _reaches = [];

    /// <summary>Where a walk over a kind may begin.</summary>
    /// <param name="tag">The kind's tag.</param>
    /// <param name="reverse">Whether the walk goes backwards.</param>
    /// <returns>A bound of the walk: inclusive forwards, exclusive backwards.</returns>
    public byte[] Find(byte tag, bool reverse)
    {
        bool isKnown = _ends.TryGetValue((tag, reverse), out byte[]? end);
        return (isKnown, reverse) switch
        {
            (false, false) => [tag],
            (false, true) => [(byte)(tag + 1)],
            (true, false) => end!,
            (true, true) => [.. end!, 0],
        };
    }

    /// <summary>A walk over all of a kind came to this element first.</summary>
    public void Remember(byte[] suffix, bool reverse) => _ends[(suffix[0], reverse)] = suffix;

    /// <summary>Up to where memory has everything from an end on; null when that is not known.</summary>
    public byte[]? ReachOf(byte tag, bool reverse) => _reaches.GetValueOrDefault((tag, reverse));

    /// <summary>Memory has everything from an end up to here.</summary>
    public void RememberReach(byte tag, bool reverse, byte[] bound) => _reaches[(tag, reverse)] = bound;

    /// <summary>Memory lets go of an element that the store has.</summary>
    public void LetGo(byte[] suffix)
    {
        if (_reaches.Count > 0)
        {
            LetGo(suffix, reverse: false);
            LetGo(suffix, reverse: true);
        }
    }

    /// <summary>An element is set, which may lie beyond an end.</summary>
    public void Include(byte[] suffix, in RecordState state)
    {
        if (_ends.Count > 0 && state.IsVisible)
        {
            Include(suffix, reverse: false);
            Include(suffix, reverse: true);
        }
    }

    /// <summary>Forgets what was found out.</summary>
    public void Clear()
    {
        _ends.Clear();
        _reaches.Clear();
    }

    private void LetGo(byte[] suffix, bool reverse)
    {
        (byte, bool) kind = (suffix[0], reverse);
        if (!_reaches.TryGetValue(kind, out byte[]? reach))
        {
            return;
        }

        // What lies beyond the end is not visible.
        bool isWithin = (suffix.AsSpan().SequenceCompareTo(reach) < 0) != reverse &&
            (!_ends.TryGetValue(kind, out byte[]? end) ||
                (reverse ? suffix.AsSpan().SequenceCompareTo(end) <= 0 : suffix.AsSpan().SequenceCompareTo(end) >= 0));
        if (isWithin)
        {
            _reaches[kind] = reverse ? [.. suffix, 0] : suffix;
        }
    }

    private void Include(byte[] suffix, bool reverse)
    {
        if (_ends.TryGetValue((suffix[0], reverse), out byte[]? end) &&
            suffix.AsSpan().SequenceCompareTo(end) * (reverse ? -1 : 1) < 0)
        {
            _ends[(suffix[0], reverse)] = suffix;
        }
    }
}
