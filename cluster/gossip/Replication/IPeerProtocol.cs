using Marekvs.Abstractions.Cluster;

namespace Marekvs.Cluster.Gossip.Replication;

/// <summary>
/// One of the conversations this node has with its peers over the mesh. A state machine without sockets, tasks and timers:
/// messages and the time go in, messages come out in the outbox it was made with. It runs on one thread at a time.
/// Messages of one lane arrive in order or not at all; a connection that is lost takes what was under way with it.
/// </summary>
internal interface IPeerProtocol
{
    /// <summary>Whether messages of a kind are this protocol's.</summary>
    bool Takes(MessageKind kind);

    /// <summary>The members changed.</summary>
    void Follow(ClusterView view, long now);

    /// <summary>A connection to a peer was made.</summary>
    void Connect(ushort node, long now);

    /// <summary>The connection to a peer is gone.</summary>
    void Disconnect(ushort node);

    /// <summary>A message came from a connected peer.</summary>
    /// <exception cref="Abstractions.Crdt.RecordFormatException">It does not decode, or says what cannot be.</exception>
    void Receive(ushort node, ReadOnlySpan<byte> message, long now);

    /// <summary>A long message from a connected peer is under way: nothing is amiss because it takes its time.</summary>
    void Expect(ushort node, long now)
    {
    }

    /// <summary>Time goes on: what is due is put into the outbox.</summary>
    void Tick(long now);
}
