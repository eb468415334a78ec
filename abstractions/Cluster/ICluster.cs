using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Cluster;

/// <summary>What the host asks of the cluster. One that also is an <see cref="Messaging.IMessageRelay"/> carries published
/// messages to other nodes; an <see cref="ICommandRouter"/> brings commands to the nodes that have to run them; an
/// <see cref="IJournalWitnesses"/> tells how far others have what was written here.</summary>
public interface ICluster : IAsyncDisposable
{
    /// <summary>Whether there can be other nodes, so that the CLUSTER commands have something to tell.</summary>
    bool IsDistributed { get; }

    /// <summary>The members as this node sees them; a new object after every change.</summary>
    ClusterView View { get; }

    /// <summary>Why clients must not be served now: an error with its code. Null when they may be.</summary>
    string? Refusal { get; }

    /// <summary>Why clients must not write now, though they may read: an error with its code. Null when they may.</summary>
    string? WriteRefusal => null;

    /// <summary>Whether this node has a complete copy of a partition and is kept up to date with it, so that commands may
    /// run on what is here. It is not the same as being an owner in the <see cref="View"/>: a new owner has to bring the
    /// partition in first, and a former one keeps it until all owners have it.</summary>
    /// <param name="partition">0 to 4095.</param>
    bool Owns(ushort partition);

    /// <summary>Everything stamped up to here is applied on every active replica of the partition: what waits only
    /// for that may be forgotten.</summary>
    /// <param name="partition">0 to 4095.</param>
    /// <param name="now">A fresh stamp of this node.</param>
    Stamp StableThrough(ushort partition, Stamp now);

    /// <summary>Whether an origin writes among the active nodes that keep a partition: the reset counters of one that was
    /// cut off, or that writes without keeping the partition, stay.</summary>
    /// <param name="partition">0 to 4095.</param>
    /// <param name="origin">The origin.</param>
    bool IsActive(ushort partition, Origin origin);

    /// <summary>What this node may answer from of partitions that it does not hold; null when it holds everything.
    /// </summary>
    IKeyLeases? Leases => null;

    /// <summary>The node listens; the cluster tells the others where.</summary>
    /// <param name="respPort">Where clients connect.</param>
    /// <param name="httpPort">Where HTTP is served.</param>
    void Announce(int respPort, int httpPort);

    /// <summary>Whom to tell that the view or the refusal changed, or may have.</summary>
    /// <param name="changed">Called by a thread of the cluster.</param>
    void OnChange(Action changed);

    /// <summary>How many copies of the partitions there really are; null when the view says it.</summary>
    CopyCount? Copies => null;

    /// <summary>The connections to other nodes.</summary>
    IReadOnlyList<ClusterLink> Links { get; }

    /// <summary>Hands over what this node keeps, while clients are still served, and says goodbye.</summary>
    /// <param name="cancellation">The grace period ended: go as things stand.</param>
    Task LeaveAsync(CancellationToken cancellation);

    /// <summary>The figures INFO and the metrics show.</summary>
    IReadOnlyList<ClusterFigure> ReadFigures();
}

/// <summary>Copies of the partitions.</summary>
/// <param name="Least">Complete copies of the partition that has the fewest.</param>
/// <param name="Underreplicated">Partitions of which there are fewer than there should be.</param>
public sealed record CopyCount(int Least, int Underreplicated);

/// <summary>A figure of the cluster.</summary>
/// <param name="Name">In small letters with underscores; a counter ends in <c>total</c>.</param>
/// <param name="Meaning">One line for people.</param>
/// <param name="Value">The number now.</param>
public sealed record ClusterFigure(string Name, string Meaning, double Value)
{
    /// <summary>Whether it only rises while the node runs.</summary>
    public bool IsCounter => Name.EndsWith("_total", StringComparison.Ordinal);

    /// <summary>The number of the peer it is about; null when it is about the node.</summary>
    public ushort? Peer { get; init; }
}

/// <summary>A connection between this node and another.</summary>
/// <param name="Node">The other one's number.</param>
/// <param name="IsOutgoing">Whether this node connected.</param>
/// <param name="CreatedAt">Milliseconds since 1970 when it came to be.</param>
/// <param name="QueuedBytes">Bytes that wait to be sent.</param>
public sealed record ClusterLink(ushort Node, bool IsOutgoing, long CreatedAt, long QueuedBytes);
