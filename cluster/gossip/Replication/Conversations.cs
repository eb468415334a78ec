using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Cluster.Gossip.Replication;

/// <summary>Everything this node has to say to its peers: hands each message to the protocol it belongs to.</summary>
/// <param name="outbox">Where the protocols put what they send.</param>
/// <param name="protocols">They.</param>
internal sealed class Conversations(Queue<Outgoing> outbox, params IPeerProtocol[] protocols)
{
    private readonly HashSet<ushort> _connected = [];

    /// <summary>Messages to send, oldest first.</summary>
    public Queue<Outgoing> Outbox => outbox;

    /// <summary>Messages that did not decode, or said what cannot be.</summary>
    public long Refused { get; private set; }

    /// <summary>The members changed.</summary>
    public void Follow(ClusterView view, long now)
    {
        foreach (IPeerProtocol protocol in protocols)
        {
            protocol.Follow(view, now);
        }
    }

    /// <summary>A connection to a peer was made.</summary>
    public void Connect(ushort node, long now)
    {
        _connected.Add(node);
        foreach (IPeerProtocol protocol in protocols)
        {
            protocol.Connect(node, now);
        }
    }

    /// <summary>The connection to a peer is gone.</summary>
    public void Disconnect(ushort node)
    {
        _connected.Remove(node);
        foreach (IPeerProtocol protocol in protocols)
        {
            protocol.Disconnect(node);
        }
    }

    /// <summary>A message came.</summary>
    /// <returns>Null, or what is wrong with it: the connection is to be closed.</returns>
    public string? Receive(ushort node, ReadOnlySpan<byte> message, long now)
    {
        if (!_connected.Contains(node))
        {
            return null;
        }

        try
        {
            var kind = (MessageKind)new RecordReader(message).ReadByte();
            IPeerProtocol protocol = Array.Find(protocols, p => p.Takes(kind)) ??
                throw new RecordFormatException("a message of an unknown kind");
            protocol.Receive(node, message, now);
            return null;
        }
        catch (RecordFormatException e)
        {
            Refused++;
            return e.Message;
        }
    }

    /// <summary>A long message is under way.</summary>
    public void Expect(ushort node, long now)
    {
        foreach (IPeerProtocol protocol in _connected.Contains(node) ? protocols : [])
        {
            protocol.Expect(node, now);
        }
    }

    /// <summary>Time goes on: what is due is put into the outbox.</summary>
    public void Tick(long now)
    {
        foreach (IPeerProtocol protocol in protocols)
        {
            protocol.Tick(now);
        }
    }
}
