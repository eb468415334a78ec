using Marekvs.Abstractions.Records;

namespace Marekvs.Storage.Engine.Resident;

/// <summary>
/// The calls that wait for one key, in the order in which they began to. When the key changes they run again one after
/// the other, as long as there is something for them. Until the last has had its turn all other calls on the key are held
/// back, so that nobody who came later takes what is theirs.
/// </summary>
internal sealed class WaitQueue(KeyWaiters shard, byte[] name)
{
    private readonly LinkedList<CallTicket> _waiting = [];
    private readonly List<CallTicket> _heldBack = [];
    private CallTicket? _turn;
    private KeyType? _type;
    private bool _hasChanged;

    public byte[] Name { get; } = name;

    /// <summary>Guards the queue.</summary>
    public Lock Gate => shard.Gate;

    /// <summary>Lines a call up. One that had its turn and found nothing comes back to its place.</summary>
    public void Add(CallTicket ticket)
    {
        LinkedListNode<CallTicket>? before = _waiting.Last;
        while (before is not null && before.Value.Arrival > ticket.Arrival)
        {
            before = before.Previous;
        }

        if (before is null)
        {
            _waiting.AddFirst(ticket);
        }
        else
        {
            _waiting.AddAfter(before, ticket);
        }
    }

    public void Remove(CallTicket ticket)
    {
        _waiting.Remove(ticket);
        ForgetIfUnused();
    }

    /// <summary>The key has changed.</summary>
    /// <param name="type">What it holds now, or null when it is gone.</param>
    public void Offer(KeyType? type)
    {
        _type = type;
        _hasChanged = _turn is not null;
        if (_turn is null)
        {
            GiveTurn(arrivedAfter: 0);
        }
    }

    /// <summary>Puts a call aside while another has its turn.</summary>
    /// <returns>False when the call may run.</returns>
    public bool HoldBack(CallTicket ticket)
    {
        if (_turn is null || ReferenceEquals(_turn, ticket))
        {
            return false;
        }

        ticket.Park();
        _heldBack.Add(ticket);
        return true;
    }

    /// <summary>A call had its turn: the next has it, the first again if the key has changed. The gate is held or free.
    /// </summary>
    public void EndTurn(CallTicket ticket)
    {
        lock (Gate)
        {
            long arrivedAfter = _hasChanged ? 0 : ticket.Arrival;
            _hasChanged = false;
            _turn = null;
            shard.Turns--;
            GiveTurn(arrivedAfter);
        }
    }

    private void GiveTurn(long arrivedAfter)
    {
        foreach (CallTicket ticket in _waiting)
        {
            if (ticket.Arrival > arrivedAfter && ticket.AwaitsKeyOf(_type) && ticket.TryTakeTurn(this))
            {
                _turn = ticket;
                shard.Turns++;
                return;
            }
        }

        foreach (CallTicket ticket in _heldBack)
        {
            ticket.Resume();
        }

        _heldBack.Clear();
        ForgetIfUnused();
    }

    private void ForgetIfUnused()
    {
        if (_waiting.Count == 0 && _turn is null)
        {
            shard.Forget(this);
        }
    }
}
