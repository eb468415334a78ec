using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Cluster.Gossip.Ownership;

/// <summary>What this node tells its peers it has of the partitions.</summary>
internal sealed class OwnHolding(IReplica replica, HandOver handOver, Queue<Outgoing> outbox)
{
    private readonly RecordWriter _message = new();

    /// <summary>As of the last look.</summary>
    public Holding Holding { get; private set; } = Holding.Everything;

    /// <summary>Grows with every change.</summary>
    public uint Version { get; private set; } = 1;

    /// <summary>Looks at what is here.</summary>
    /// <returns>Whether it is something else than before.</returns>
    public bool Update(IEnumerable<PeerHoldings> peers)
    {
        Holding now = Look(peers);
        if (now == Holding)
        {
            return false;
        }

        Holding = now;
        Version++;
        return true;
    }

    public void Tell(ushort node)
    {
        _message.Clear();
        new HoldingMessage(Version, Holding).Write(_message);
        outbox.Enqueue(new Outgoing(node, Lane.Prompt, _message.Written.ToArray()));
    }

    private Holding Look(IEnumerable<PeerHoldings> peers)
    {
        PartitionSet held = replica.Holdings.Held;
        PartitionSet attached = replica.Holdings.Attached;
        Origin[] writers = [.. peers.Where(peer => peer is { IsConnected: true, Origin: not null }).Select(peer => peer.Origin!.Value)];
        bool isEven = !replica.Partitions.IsUneven;
        return new Holding(
            held,
            PartitionSet.Where(partition => held.Contains(partition) || handOver.Keeps(partition)),
            PartitionSet.Where(partition => held.Contains(partition) &&
                ((isEven && attached.Contains(partition)) || replica.Holdings.IsWhole(partition, writers))),
            PartitionSet.Where(partition => held.Contains(partition) && attached.Contains(partition)));
    }
}
