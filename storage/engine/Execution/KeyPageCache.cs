namespace Marekvs.Storage.Engine.Execution;

/// <summary>A run of key rows read from the store: every stored key with a hash from <paramref name="From"/> up to,
/// not including, <paramref name="To"/> (null: to the end).</summary>
internal sealed record KeyPage(ulong From, ulong? To, long StoreEpoch, IReadOnlyList<StoredKey> Keys);

/// <summary>A key as the store's row tells it.</summary>
internal sealed record StoredKey(ulong Hash, byte[] Name, ushort Partition, byte TypeOrder, long Deadline);

/// <summary>Pages a call was given, kept until it ends, so that running again makes progress.</summary>
internal sealed class KeyPageCache
{
    private readonly List<KeyPage> _pages = [];

    public int Count => _pages.Count;

    /// <summary>Where the newest page begins.</summary>
    public ulong Latest => _pages[^1].From;

    public void Add(KeyPage page) => _pages.Add(page);

    public KeyPage? Find(ulong from, long storeEpoch) =>
        _pages.Find(page => page.From == from && page.StoreEpoch == storeEpoch);
}
