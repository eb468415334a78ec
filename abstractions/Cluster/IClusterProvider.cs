using Marekvs.Abstractions.Crdt;
using Microsoft.Extensions.Logging;

namespace Marekvs.Abstractions.Cluster;

/// <summary>Opens a cluster of one make. Found by <c>MarekvsPlugin</c>, chosen by name in <c>modules.json</c>.</summary>
public interface IClusterProvider
{
    /// <summary>The name configuration uses.</summary>
    string Name { get; }

    /// <summary>The settings the provider knows.</summary>
    IReadOnlyList<ProviderSetting> Settings { get; }

    /// <summary>Joins, or stands alone.</summary>
    /// <param name="context">This node and the face it shows the cluster.</param>
    /// <returns>The open cluster; the caller disposes it.</returns>
    ICluster Open(ClusterContext context);
}

/// <summary>What the host asks of the cluster.</summary>
public interface ICluster : IAsyncDisposable
{
    /// <summary>The members as this node sees them.</summary>
    ClusterView View { get; }

    /// <summary>Whether this node keeps a copy of a partition.</summary>
    /// <param name="partition">0 to 4095.</param>
    bool Owns(ushort partition);

    /// <summary>Everything stamped up to here is applied on every active replica of the partition: what waits only
    /// for that may be forgotten.</summary>
    /// <param name="partition">0 to 4095.</param>
    /// <param name="now">A fresh stamp of this node.</param>
    Stamp StableThrough(ushort partition, Stamp now);
}

/// <summary>What the cluster asks of this node.</summary>
public interface IReplica
{
    /// <summary>This node's origin.</summary>
    Origin Origin { get; }

    /// <summary>What this node has applied, without a gap.</summary>
    VersionVector Applied { get; }

    /// <summary>The digest bucket sums of a partition.</summary>
    /// <param name="partition">0 to 4095.</param>
    /// <param name="buckets">Receives 256 sums.</param>
    void ReadDigest(ushort partition, Span<ulong> buckets);
}

/// <summary>What a cluster provider gets.</summary>
/// <param name="Replica">The face this node shows the cluster.</param>
/// <param name="Settings">Every declared setting.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logger">Where the provider reports.</param>
public sealed record ClusterContext(
    IReplica Replica, ProviderSettings Settings, TimeProvider Time, ILogger Logger);

/// <summary>The members as one node sees them.</summary>
/// <param name="Members">All known nodes.</param>
public sealed record ClusterView(IReadOnlyList<ClusterMember> Members);

/// <summary>One member.</summary>
/// <param name="Origin">Its number and incarnation.</param>
/// <param name="IsSelf">Whether it is this node.</param>
/// <param name="State">Joining, active, leaving, left or down.</param>
public sealed record ClusterMember(Origin Origin, bool IsSelf, MemberState State);

/// <summary>The life of a member. The numbers reach the wire; they are append-only.</summary>
public enum MemberState : byte
{
    /// <summary>Bringing its data up to date; owns nothing.</summary>
    Joining = 0,

    /// <summary>Serves and owns.</summary>
    Active = 1,

    /// <summary>Hands over; a source, not a target.</summary>
    Leaving = 2,

    /// <summary>Gone on purpose.</summary>
    Left = 3,

    /// <summary>Not heard of.</summary>
    Down = 4,
}
