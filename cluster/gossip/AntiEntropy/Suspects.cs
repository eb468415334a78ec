using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Cluster.Gossip.AntiEntropy;

/// <summary>
/// Partitions that were found to differ from a peer's. One is worth a closer look when it has stood still since: what is
/// written all the time differs because it is on its way, and comes with the streams. Should there be more to it, such a
/// partition is looked at when its turn comes, a few in each round; or at once while this node lacks what no stream brings.
/// </summary>
internal sealed class Suspects(IPartitionStore partitions, ReplicationOptions options)
{
    private readonly Dictionary<ushort, long> _versions = [];
    private int _turn;
    private bool _isBehind;

    public int Count => _versions.Count;

    /// <summary>A partition differs.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="version">The version of its digest then.</param>
    public void Add(ushort partition, long version) => _versions[partition] = version;

    /// <summary>A partition equals the peer's.</summary>
    public void Remove(ushort partition) => _versions.Remove(partition);

    /// <summary>The next partitions have their turn.</summary>
    /// <param name="isBehind">Whether the peer has applied what no stream will bring here.</param>
    public void BeginRound(bool isBehind)
    {
        _isBehind = isBehind || partitions.IsUneven;
        _turn = (_turn + options.RestlessPartitions) % Limits.Partitions;
    }

    /// <summary>Whether a partition is to be looked at closer in this round.</summary>
    public bool IsWorthALook(ushort partition) => _versions.TryGetValue(partition, out long version) &&
        (_isBehind || version == partitions.VersionOf(partition) || HasTurn(partition));

    private bool HasTurn(ushort partition) =>
        (partition - _turn + Limits.Partitions) % Limits.Partitions < options.RestlessPartitions;
}
