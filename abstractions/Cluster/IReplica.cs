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

    /// <summary>What this node has applied, without a gap.</summary>
    VersionVector Applied { get; }

    /// <summary>The digest bucket sums of a partition.</summary>
    /// <param name="partition">0 to 4095.</param>
    /// <param name="buckets">Receives 256 sums.</param>
    void ReadDigest(ushort partition, Span<ulong> buckets);
}
