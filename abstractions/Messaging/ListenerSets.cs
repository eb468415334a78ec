namespace Marekvs.Abstractions.Messaging;

/// <summary>Channels or patterns with who listens to them; the relay is told when one comes or goes. Guarded by its
/// owner's lock, but for the count.</summary>
internal sealed class ListenerSets
{
    private readonly MessageHub _hub;
    private readonly SubscriptionKind _kind;
    private readonly Dictionary<byte[], HashSet<IPushTarget>> _sets = new(BytesComparer.Instance);
    private readonly Dictionary<byte[], HashSet<IPushTarget>>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private int _count;

    public ListenerSets(MessageHub hub, SubscriptionKind kind)
    {
        _hub = hub;
        _kind = kind;
        _lookup = _sets.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public int Count => Volatile.Read(ref _count);

    public Dictionary<byte[], HashSet<IPushTarget>> All => _sets;

    public HashSet<IPushTarget>? Find(ReadOnlySpan<byte> name) =>
        _lookup.TryGetValue(name, out HashSet<IPushTarget>? targets) ? targets : null;

    public void Add(byte[] name, IPushTarget target)
    {
        if (!_sets.TryGetValue(name, out HashSet<IPushTarget>? targets))
        {
            _sets.Add(name, targets = []);
            Volatile.Write(ref _count, _sets.Count);
            _hub.Relay?.Listen(_kind, name, isListening: true);
        }

        targets.Add(target);
    }

    public void Remove(ReadOnlySpan<byte> name, IPushTarget target)
    {
        if (_lookup.TryGetValue(name, out byte[]? kept, out HashSet<IPushTarget>? targets) &&
            targets.Remove(target) && targets.Count == 0)
        {
            _sets.Remove(kept);
            Volatile.Write(ref _count, _sets.Count);
            _hub.Relay?.Listen(_kind, kept, isListening: false);
        }
    }
}
