namespace Marekvs.Storage.Engine.Resident;

/// <summary>How many visible elements a collection has of each kind. There are few kinds in one, so looking through them
/// is the fastest way to find one.</summary>
internal sealed class ElementCounts
{
    private (byte Tag, long Count)[] _counts = [];

    /// <summary>Of all kinds.</summary>
    public long Total { get; private set; }

    /// <summary>The kinds of which there are some, in the order of their tags.</summary>
    public IEnumerable<(byte Tag, long Count)> Visible => _counts.Where(kind => kind.Count > 0).OrderBy(kind => kind.Tag);

    public long Of(byte tag)
    {
        foreach ((byte other, long count) in _counts)
        {
            if (other == tag)
            {
                return count;
            }
        }

        return 0;
    }

    public void Add(byte tag, long change)
    {
        Total += change;
        foreach (ref (byte Tag, long Count) kind in _counts.AsSpan())
        {
            if (kind.Tag == tag)
            {
                kind.Count += change;
                return;
            }
        }

        _counts = [.. _counts, (tag, change)];
    }
}
