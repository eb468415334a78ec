using Marekvs.Abstractions.Records;

namespace Marekvs.Storage.Engine.Resident;

/// <summary>Calls that wait for keys of one shard; guarded by its gate.</summary>
internal sealed class KeyWaiters(Lock gate)
{
    private readonly Dictionary<byte[], WaitQueue> _queues = new(SuffixComparer.Instance);

    /// <summary>Keys that somebody waits for.</summary>
    public int Count => _queues.Count;

    /// <summary>Keys at which a waiting call has its turn.</summary>
    public int Turns { get; set; }

    /// <summary>The shard's.</summary>
    public Lock Gate { get; } = gate;

    public bool Has(byte[] name) => _queues.ContainsKey(name);

    /// <summary>Those who wait for a key.</summary>
    public WaitQueue QueueOf(byte[] name)
    {
        if (!_queues.TryGetValue(name, out WaitQueue? queue))
        {
            _queues.Add(name, queue = new WaitQueue(this, name));
        }

        return queue;
    }

    public void Forget(WaitQueue queue) => _queues.Remove(queue.Name);

    /// <summary>A key has changed: whoever waits for it gets a turn.</summary>
    /// <param name="name">The key.</param>
    /// <param name="type">What it holds now, or null when it is gone.</param>
    public void Offer(byte[] name, KeyType? type)
    {
        if (_queues.TryGetValue(name, out WaitQueue? queue))
        {
            queue.Offer(type);
        }
    }

    /// <summary>Puts a call aside when a call that waited for the key has its turn there.</summary>
    /// <returns>False when the call may run.</returns>
    public bool HoldBack(ReadOnlySpan<byte> name, CallTicket ticket) =>
        Turns > 0 && _queues.TryGetValue(name.ToArray(), out WaitQueue? queue) && queue.HoldBack(ticket);
}
