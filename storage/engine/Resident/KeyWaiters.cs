namespace Marekvs.Storage.Engine.Resident;

/// <summary>Calls that wait for keys of one shard, each key's in the order they came.</summary>
internal sealed class KeyWaiters
{
    private readonly Dictionary<byte[], LinkedList<CallTicket>> _byName = new(SuffixComparer.Instance);

    public int Count => _byName.Count;

    public bool Has(byte[] name) => _byName.ContainsKey(name);

    public void Add(byte[] name, CallTicket ticket)
    {
        if (!_byName.TryGetValue(name, out LinkedList<CallTicket>? queue))
        {
            _byName.Add(name, queue = new LinkedList<CallTicket>());
        }

        queue.AddLast(ticket);
    }

    public void Remove(byte[] name, CallTicket ticket)
    {
        if (_byName.TryGetValue(name, out LinkedList<CallTicket>? queue) && queue.Remove(ticket) && queue.Count == 0)
        {
            _byName.Remove(name);
        }
    }

    /// <summary>Wakes every call that waits for a key; they run again and wait again if there is nothing for them.
    /// </summary>
    public void Wake(byte[] name)
    {
        if (_byName.TryGetValue(name, out LinkedList<CallTicket>? queue))
        {
            foreach (CallTicket ticket in queue)
            {
                ticket.Wake();
            }
        }
    }
}
