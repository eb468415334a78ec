using Marekvs.Abstractions.Cluster;
using Marekvs.Cluster.Gossip.AntiEntropy;
using Marekvs.Cluster.Gossip.Ownership;

namespace Marekvs.Cluster.Gossip.Replication;

/// <summary>Everything that goes on with one peer.</summary>
internal sealed class PeerSession(ushort node, IReplica replica, PartitionKeeper keeper, ReplicationOptions options)
{
    public ushort Node => node;

    public StreamSender Sender { get; } = new(replica, options);

    public StreamReceiver Receiver { get; } = new(node, replica, keeper.Wants, options);

    public PartitionComparison Comparison { get; } = new(replica, keeper.With(node), options);

    public PartitionServer Server { get; } = new(replica, keeper.With(node), options);

    public bool IsConnected { get; set; }

    /// <summary>The newest report of what the peer has applied.</summary>
    public StatusMessage? Status { get; set; }

    /// <summary>Where the peer's journal ended when it first said so on this connection; -1 before.</summary>
    public long FirstEnd { get; set; } = -1;

    /// <summary>Whether a report came on this connection.</summary>
    public bool HasReported { get; set; }

    /// <summary>When this node last reported to the peer, and where its journal ended then.</summary>
    public (long At, long End) Reported { get; set; }

    public long HeardAt { get; set; }

    /// <summary>Reports of the peer that are stamped in the future: the clocks disagree.</summary>
    public long Untimely { get; set; }
}
