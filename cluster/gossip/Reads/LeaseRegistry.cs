using Marekvs.Abstractions.Cluster;

namespace Marekvs.Cluster.Gossip.Reads;

/// <summary>Who has a lease on which key, at the one who gave them. All last equally long, so that the keys in the order
/// in which they were leased last are also those whose leases end first.</summary>
internal sealed class LeaseRegistry
{
    private readonly Dictionary<byte[], LeasedKey> _keys;
    private readonly Dictionary<byte[], LeasedKey>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private readonly LinkedList<LeasedKey> _byAge = new();
    private readonly Dictionary<ushort, int> _counts = [];

    public LeaseRegistry(long seed)
    {
        _keys = new Dictionary<byte[], LeasedKey>(new NameComparer(seed));
        _lookup = _keys.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>Leases given; one on a key for each holder.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of the names of the keys.</summary>
    public long NameBytes { get; private set; }

    /// <summary>Leases that a node has.</summary>
    public int CountOf(ushort node) => _counts.GetValueOrDefault(node);

    public void Grant(KeyName key, ushort node, long until)
    {
        if (!_keys.TryGetValue(key.Name, out LeasedKey? leased))
        {
            leased = new LeasedKey(key);
            _keys.Add(key.Name, leased);
            NameBytes += key.Name.Length;
        }
        else
        {
            _byAge.Remove(leased.Place);
        }

        _byAge.AddLast(leased.Place);
        CountFor(node, leased.Grant(node, until) ? 1 : 0);
    }

    /// <summary>The nodes that have a lease on a key.</summary>
    public IReadOnlyList<(ushort Node, long Until)> HoldersOf(ReadOnlySpan<byte> name) =>
        _lookup.TryGetValue(name, out LeasedKey? leased) ? leased.Holders : [];

    public bool Release(ReadOnlySpan<byte> name, ushort node)
    {
        if (!_lookup.TryGetValue(name, out LeasedKey? leased) || !leased.Release(node))
        {
            return false;
        }

        CountFor(node, -1);
        if (leased.Holders.Count == 0)
        {
            Remove(leased);
        }

        return true;
    }

    /// <summary>A node is gone.</summary>
    public void RemoveAll(ushort node)
    {
        foreach (LeasedKey leased in CountOf(node) == 0 ? [] : _keys.Values.ToArray())
        {
            Release(leased.Key.Name, node);
        }
    }

    /// <summary>Keys of partitions, such as those that are held no more.</summary>
    public List<KeyName> KeysWhere(Func<ushort, bool> partition) =>
        [.. _keys.Values.Where(leased => partition(leased.Key.Partition)).Select(leased => leased.Key)];

    /// <summary>The key that was leased longest ago, and when its last lease ends.</summary>
    public (KeyName Key, long Until)? Oldest =>
        _byAge.First is { } first ? (first.Value.Key, first.Value.Holders.Max(holder => holder.Until)) : null;

    /// <summary>Ends all leases on a key.</summary>
    /// <returns>Who had them.</returns>
    public IReadOnlyList<(ushort Node, long Until)> Remove(byte[] name)
    {
        if (!_keys.TryGetValue(name, out LeasedKey? leased))
        {
            return [];
        }

        leased.Holders.ForEach(holder => CountFor(holder.Node, -1));
        Remove(leased);
        return leased.Holders;
    }

    private void CountFor(ushort node, int change)
    {
        Count += change;
        _counts[node] = CountOf(node) + change;
    }

    private void Remove(LeasedKey leased)
    {
        _keys.Remove(leased.Key.Name);
        NameBytes -= leased.Key.Name.Length;
        _byAge.Remove(leased.Place);
    }

    private sealed class LeasedKey
    {
        public LeasedKey(KeyName key) => (Key, Place) = (key, new LinkedListNode<LeasedKey>(this));

        public KeyName Key { get; }

        public LinkedListNode<LeasedKey> Place { get; }

        public List<(ushort Node, long Until)> Holders { get; } = new(1);

        /// <returns>False when the node had a lease already.</returns>
        public bool Grant(ushort node, long until)
        {
            bool isNew = !Release(node);
            Holders.Add((node, until));
            return isNew;
        }

        public bool Release(ushort node) => Holders.RemoveAll(holder => holder.Node == node) > 0;
    }
}
