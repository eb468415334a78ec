namespace Marekvs.Host.Tracking;

/// <summary>
/// The connections, by number, that have read a key. Those that have gone are not looked for when they go, for that
/// would mean looking at every key; they are sorted out here whenever the readers have doubled.
/// </summary>
internal sealed class KeyReaders(long first)
{
    private const int FirstSorting = 16;

    private long _first = first;
    private HashSet<long>? _others;
    private int _sortAt = FirstSorting;

    /// <summary>How many there are.</summary>
    public int Count => 1 + (_others?.Count ?? 0);

    /// <summary>The connections.</summary>
    public IEnumerable<long> Ids => _others is null ? [_first] : _others.Prepend(_first);

    /// <summary>Adds one.</summary>
    /// <param name="id">The connection.</param>
    /// <param name="isThere">Tells whether a connection is still there.</param>
    public void Add(long id, Func<long, bool> isThere)
    {
        if (id == _first)
        {
            return;
        }

        _others ??= [];
        if (!_others.Add(id) || _others.Count < _sortAt)
        {
            return;
        }

        _others.RemoveWhere(other => !isThere(other));
        if (!isThere(_first) && _others.Remove(id))
        {
            _first = id;
        }

        _sortAt = Math.Max(FirstSorting, 2 * _others.Count);
    }
}
