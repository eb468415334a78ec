using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Cluster;

/// <summary>What the cluster asks of this node.</summary>
public interface IReplica
{
    /// <summary>This node's origin.</summary>
    Origin Origin { get; }

    /// <summary>Tells this node's journal from every other, also from one it had before.</summary>
    Guid JournalIdentity { get; }

    /// <summary>A hash of the record kinds this node knows. Nodes with different ones must not merge.</summary>
    ulong RecordFingerprint { get; }

    /// <summary>What this node has applied, without a gap, in every partition.</summary>
    VersionVector Applied { get; }

    /// <summary>A later stamp says that its node's clock and this one's disagree.</summary>
    Stamp LatestAcceptable { get; }

    /// <summary>How the node came to its data.</summary>
    ReplicaStart Start { get; }

    /// <summary>What it sends.</summary>
    IJournalSource Journal { get; }

    /// <summary>What it takes in from the journals of peers.</summary>
    IStreamTarget Streams { get; }

    /// <summary>What it compares with peers.</summary>
    IPartitionStore Partitions { get; }

    /// <summary>What it copies, key by key, from peers and lets them copy.</summary>
    IKeyCopies Copies { get; }

    /// <summary>Which partitions it keeps.</summary>
    IPartitionHoldings Holdings { get; }

    /// <summary>Goes on under a new origin, because writes of its own past may be missing here. Nothing happens when
    /// the node already has this incarnation or a later one.</summary>
    /// <param name="incarnation">The incarnation.</param>
    /// <param name="isComplete">Whether all that was ever written under the number given up is here.</param>
    void TakeIncarnation(ushort incarnation, bool isComplete);

    /// <summary>The digest bucket sums of a partition.</summary>
    /// <param name="partition">0 to 4095.</param>
    /// <param name="buckets">Receives 256 sums.</param>
    void ReadDigest(ushort partition, Span<ulong> buckets);
}

/// <summary>How a node came to its data.</summary>
public enum ReplicaStart
{
    /// <summary>The data directory is new: what this node number once wrote is not here.</summary>
    New,

    /// <summary>It was closed in good order.</summary>
    Clean,

    /// <summary>It was killed or lost power: the last writes may be missing.</summary>
    Unclean,
}
