using Marekvs.Abstractions.Cluster;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Execution;

/// <summary>What a run of a call looked for and memory could not tell: the call is taken back, and runs again when the
/// store, or another node, has been asked for all of it.</summary>
internal sealed class ColdNeeds
{
    private readonly List<ColdKey> _keys = [];
    private readonly List<ColdElement> _elements = [];
    private readonly List<ElementPageRequest> _elementPages = [];
    private readonly List<KeyName> _unleased = [];

    /// <summary>Keys that other nodes have to be asked for, each as often as it was opened.</summary>
    public IReadOnlyList<KeyName> Unleased => _unleased;

    /// <summary>The part of the key space that a walk needs next.</summary>
    public KeyPageRequest? KeyPage { get; set; }

    public bool IsEmpty => _keys.Count == 0 && _elements.Count == 0 && _elementPages.Count == 0 && KeyPage is null &&
        _unleased.Count == 0;

    public void Add(in ColdKey key) => _keys.Add(key);

    public void Add(in ColdElement element) => _elements.Add(element);

    public void Add(ElementPageRequest page) => _elementPages.Add(page);

    public void Add(KeyName unleased) => _unleased.Add(unleased);

    public void Clear()
    {
        if (!IsEmpty)
        {
            _keys.Clear();
            _elements.Clear();
            _elementPages.Clear();
            _unleased.Clear();
            KeyPage = null;
        }
    }

    /// <summary>Makes the request for a parked call, which from now on keeps what it asks for in memory; the gates of
    /// the call's shards are held.</summary>
    public ColdRequest For(CallTicket ticket)
    {
        foreach (ColdElement element in _elements)
        {
            ticket.Supplies.Keep(element);
        }

        foreach (ElementPageRequest page in _elementPages)
        {
            ticket.Supplies.Keep(page);
        }

        return new ColdRequest(ticket, ticket.Supplies, [.. _keys], KeyPage, [.. _elements], [.. _elementPages]);
    }
}

/// <summary>What the store is to be asked for one parked call.</summary>
internal sealed record ColdRequest(
    CallTicket Ticket,
    CallSupplies Supplies,
    ColdKey[] Keys,
    KeyPageRequest? KeyPage,
    ColdElement[] Elements,
    ElementPageRequest[] ElementPages);

/// <summary>A key a call needs that may be in the store.</summary>
internal readonly record struct ColdKey(ulong Hash, ushort Partition, byte[] Name);

/// <summary>A run of key rows a call needs from the store.</summary>
internal sealed record KeyPageRequest(ulong From, int Rows);

/// <summary>An element of a paged collection that may be in the store.</summary>
internal readonly record struct ColdElement(KeyEntry Entry, Collection Elements, int Generation, byte[] Suffix);

/// <summary>A run of stored elements of one kind: from <paramref name="Bound"/> on, or, in reverse, all that lie
/// before it; up to about <paramref name="Bytes"/>, and not beyond <paramref name="End"/> if that is given.</summary>
internal sealed record ElementPageRequest(
    KeyEntry Entry,
    Collection Elements,
    int Generation,
    int TrimEpoch,
    byte Tag,
    byte[] Bound,
    bool Reverse,
    int Bytes,
    byte[]? End = null);
