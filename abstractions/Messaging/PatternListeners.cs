using Marekvs.Abstractions.Commands;

namespace Marekvs.Abstractions.Messaging;

/// <summary>The patterns with who listens to them. Its lock is taken within that of a channel.</summary>
internal sealed class PatternListeners(MessageHub hub)
{
    private readonly Lock _lock = new();
    private readonly ListenerSets _sets = new(hub, SubscriptionKind.Pattern);
    private readonly MessageFrame _frame = new("pmessage", hasPattern: true);

    public int Count => _sets.Count;

    public byte[][] Names
    {
        get
        {
            lock (_lock)
            {
                return [.. _sets.All.Keys];
            }
        }
    }

    public void Add(byte[] pattern, IPushTarget target)
    {
        lock (_lock)
        {
            _sets.Add(pattern, target);
        }
    }

    public void Remove(ReadOnlySpan<byte> pattern, IPushTarget target)
    {
        lock (_lock)
        {
            _sets.Remove(pattern, target);
        }
    }

    public long ReceiversOf(ReadOnlySpan<byte> channel)
    {
        lock (_lock)
        {
            long receivers = 0;
            foreach ((byte[] pattern, HashSet<IPushTarget> targets) in _sets.All)
            {
                receivers += GlobPattern.Matches(pattern, channel) ? targets.Count : 0;
            }

            return receivers;
        }
    }

    public long Deliver(ReadOnlySpan<byte> channel, ReadOnlySpan<byte> message)
    {
        lock (_lock)
        {
            long receivers = 0;
            foreach ((byte[] pattern, HashSet<IPushTarget> targets) in _sets.All)
            {
                if (GlobPattern.Matches(pattern, channel))
                {
                    receivers += _frame.Push(targets, channel, message, pattern);
                }
            }

            return receivers;
        }
    }
}
