namespace Marekvs.Abstractions.Messaging;

/// <summary>Some of the channels with who listens to them, under one lock: messages of a channel are pushed to all one
/// after the other, so that everyone sees them in the same order.</summary>
internal sealed class Listeners(MessageHub hub, SubscriptionKind kind)
{
    private readonly Lock _lock = new();
    private readonly ListenerSets _sets = new(hub, kind);
    private readonly MessageFrame _frame = new(kind == SubscriptionKind.Shard ? "smessage" : "message");

    public int Count => _sets.Count;

    public void Add(byte[] channel, IPushTarget target)
    {
        lock (_lock)
        {
            _sets.Add(channel, target);
        }
    }

    public void Remove(ReadOnlySpan<byte> channel, IPushTarget target)
    {
        lock (_lock)
        {
            _sets.Remove(channel, target);
        }
    }

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

    public int CountOf(ReadOnlySpan<byte> channel)
    {
        lock (_lock)
        {
            return _sets.Find(channel)?.Count ?? 0;
        }
    }

    public long Deliver(
        ReadOnlySpan<byte> channel, ReadOnlySpan<byte> message, PatternListeners? patterns, IMessageRelay? relay)
    {
        lock (_lock)
        {
            long receivers = 0;
            if (_sets.Find(channel) is { } targets)
            {
                receivers = _frame.Push(targets, channel, message);
            }

            receivers += patterns is { Count: > 0 } ? patterns.Deliver(channel, message) : 0;
            relay?.Publish(kind, channel, message);
            return receivers;
        }
    }
}
