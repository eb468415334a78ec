using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Messaging;
using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Cluster.Gossip.Publishing;

/// <summary>
/// Brings what clients publish to the nodes whose clients listen to it: at most once, and in order for one publisher and
/// channel, since it waits in one queue, takes one lane, and is delivered by one thread.
/// <code>
/// node A                                        node B
///   what its clients listen to  ---- Interest --->  whom to send what
///   its clients                 &lt;--- Published ---  what clients publish
/// </code>
/// Interest takes the lane of the messages and not gossip: it arrives in order and within a moment, is as long as it has
/// to be, and a connection that breaks takes with it what was said on it, so it needs no versions. A node that has said
/// nothing yet is sent everything.
/// </summary>
/// <param name="hub">Who listens on this node.</param>
/// <param name="outbox">Receives what to send.</param>
/// <param name="backlog">Bytes that wait for a peer already.</param>
/// <param name="hasWork">Called by any thread when <see cref="Tick"/> has something to do.</param>
internal sealed class Publication(
    MessageHub hub, Queue<Outgoing> outbox, Func<ushort, long> backlog, Action hasWork) : IPeerProtocol, IMessageRelay
{
    /// <summary>A peer for which more waits is too slow for messages: it loses them, rather than its connection.</summary>
    public const long BacklogBytesMax = 8 * 1024 * 1024;

    private const int BatchBytes = 64 * 1024;
    private const long BytesPerTurn = 4 * 1024 * 1024;

    private readonly OwnInterest _own = new();
    private readonly Outbound _outbound = new(hasWork);
    private readonly SortedDictionary<ushort, Peer> _peers = [];
    private InterestFilter _wanted = InterestFilter.For(0);
    private bool _mustTellAll;
    private long _sent;
    private long _received;
    private long _lost;

    /// <summary>What INFO and the metrics show.</summary>
    public IEnumerable<ClusterFigure> Figures =>
    [
        new("publish_interest", "Channels and patterns this node asks others to send messages of.", _own.Count),
        new("publish_sent_total", "Messages sent to other nodes, each time a node.", _sent),
        new("publish_received_total", "Messages that clients of other nodes have published.", _received),
        new("publish_dropped_total", "Messages that other nodes were not sent because too much waited.",
            _lost + _outbound.Dropped),
    ];

    public void Listen(SubscriptionKind kind, byte[] name, bool isListening)
    {
        _own.Change(kind, name, isListening);
        hasWork();
    }

    public void Publish(SubscriptionKind kind, ReadOnlySpan<byte> channel, ReadOnlySpan<byte> message) =>
        _outbound.Add(kind, channel, message);

    public bool Takes(MessageKind kind) => kind is >= MessageKind.Interest and <= MessageKind.Published;

    public void Follow(ClusterView view, long now)
    {
    }

    public void Connect(ushort node, long now)
    {
        _peers[node] = new Peer();
        _mustTellAll = true;
        SumUp();
    }

    public void Disconnect(ushort node)
    {
        _peers.Remove(node);
        SumUp();
    }

    public void Receive(ushort node, ReadOnlySpan<byte> message, long now)
    {
        switch ((MessageKind)message[0])
        {
            case MessageKind.Interest:
                _peers[node].Interest = new PeerInterest(InterestMessage.Decode(message));
                SumUp();
                break;
            case MessageKind.MoreInterest:
                Add(_peers[node].Interest, InterestMessage.Decode(message));
                break;
            default:
                Deliver(message);
                break;
        }
    }

    public void Tick(long now)
    {
        if (_peers.Count > 0 && _own.Next(_mustTellAll, now) is { } interest)
        {
            _mustTellAll = false;
            foreach (ushort node in _peers.Keys)
            {
                outbox.Enqueue(new Outgoing(node, Lane.Prompt, interest));
            }
        }

        SendPublished();
    }

    private void Add(PeerInterest interest, InterestMessage more)
    {
        if (!interest.IsTold)
        {
            // Said before the peer noticed that the connection is a new one: it says everything next.
            return;
        }

        interest.Add(more);
        if (more.Prefixes.Count > 0)
        {
            SumUp();
            return;
        }

        foreach (ulong hash in more.Hashes)
        {
            _wanted.Add(hash);
        }
    }

    /// <summary>Sums up what any of the peers may want, for those who publish.</summary>
    private void SumUp()
    {
        var filter = InterestFilter.For(0);
        List<byte[]> prefixes = [];
        foreach (Peer peer in _peers.Values)
        {
            peer.Interest.AddTo(filter, prefixes);
        }

        _wanted = filter;
        _outbound.Want(filter, prefixes);
    }

    private void Deliver(ReadOnlySpan<byte> message)
    {
        var reader = new RecordReader(message[1..]);
        while (reader.Remaining > 0)
        {
            ReadOnlySpan<byte> published = PublishedMessages.Read(
                ref reader, out SubscriptionKind kind, out ReadOnlySpan<byte> channel);
            hub.Deliver(kind, channel, published);
            _received++;
        }
    }

    private void SendPublished()
    {
        long bytes = 0;
        while (bytes < BytesPerTurn && _outbound.TryTake(out PublishedItem item))
        {
            bytes += item.Bytes.Length;
            foreach ((ushort node, Peer peer) in _peers)
            {
                if (peer.Interest.MayWant(item.Kind, item.Hash, item.Channel))
                {
                    Add(node, peer, item);
                }
            }
        }

        foreach ((ushort node, Peer peer) in _peers)
        {
            Flush(node, peer);
            peer.Backlog = -1;
        }

        if (bytes >= BytesPerTurn)
        {
            hasWork();
        }
    }

    private void Add(ushort node, Peer peer, PublishedItem item)
    {
        peer.Backlog = peer.Backlog < 0 ? backlog(node) : peer.Backlog;
        if (peer.Backlog > BacklogBytesMax)
        {
            _lost++;
            return;
        }

        peer.Backlog += item.Bytes.Length;
        _sent++;
        PublishedMessages.Add(peer.Batch, item);
        if (peer.Batch.Length >= BatchBytes)
        {
            Flush(node, peer);
        }
    }

    private void Flush(ushort node, Peer peer)
    {
        if (peer.Batch.Length > 0)
        {
            outbox.Enqueue(new Outgoing(node, Lane.Prompt, peer.Batch.Written.ToArray()));
            peer.Batch.Clear();
        }
    }

    private sealed class Peer
    {
        public PeerInterest Interest { get; set; } = new();

        public RecordWriter Batch { get; } = new();

        /// <summary>What waits for it, as of this turn; negative before it was asked.</summary>
        public long Backlog { get; set; } = -1;
    }
}
