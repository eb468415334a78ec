using System.Collections.Concurrent;
using Marekvs.Abstractions.Messaging;

namespace Marekvs.Cluster.Gossip.Publishing;

/// <summary>
/// Published messages that wait for the thread that talks to the peers. Who publishes never waits: what is more than may
/// wait is dropped and counted, and what no peer listens to is not even copied.
/// </summary>
/// <param name="hasWork">Called when there is something again.</param>
internal sealed class Outbound(Action hasWork)
{
    /// <summary>Bytes that may wait; one message may, whatever its size.</summary>
    public const long BytesMax = 32 * 1024 * 1024;

    private readonly ConcurrentQueue<PublishedItem> _queue = new();
    private Wanted _wanted = new(InterestFilter.For(0), []);
    private long _bytes;
    private long _dropped;

    /// <summary>Messages that found no room.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Sets what any of the peers listens to.</summary>
    public void Want(InterestFilter filter, List<byte[]> prefixes) =>
        Volatile.Write(ref _wanted, new Wanted(filter, prefixes));

    public void Add(SubscriptionKind kind, ReadOnlySpan<byte> channel, ReadOnlySpan<byte> message)
    {
        Wanted wanted = Volatile.Read(ref _wanted);
        ulong hash = ChannelHash.Of(kind, channel);
        if (!wanted.Filter.MayHave(hash) && !PeerInterest.Begins(channel, wanted.Prefixes))
        {
            return;
        }

        long waiting = Interlocked.Read(ref _bytes);
        if (waiting > 0 && waiting + channel.Length + message.Length > BytesMax)
        {
            Interlocked.Increment(ref _dropped);
            return;
        }

        PublishedItem item = PublishedMessages.Encode(kind, hash, channel, message);
        Interlocked.Add(ref _bytes, item.Bytes.Length);
        _queue.Enqueue(item);
        hasWork();
    }

    public bool TryTake(out PublishedItem item)
    {
        if (!_queue.TryDequeue(out item))
        {
            return false;
        }

        Interlocked.Add(ref _bytes, -item.Bytes.Length);
        return true;
    }

    private sealed record Wanted(InterestFilter Filter, List<byte[]> Prefixes);
}
