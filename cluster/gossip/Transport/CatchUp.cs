using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.Ownership;
using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Cluster.Gossip.Transport;

/// <summary>
/// Tells when a node that joins has what the others had when it met them; only then does it serve. A member that cannot
/// be reached is waited for a while and not for ever: a sole survivor goes on alone.
/// </summary>
/// <param name="replica">This node.</param>
/// <param name="keeper">Knows whether its partitions are here.</param>
internal sealed class CatchUp(IReplica replica, PartitionKeeper keeper)
{
    private const long UnreachedFor = 10_000;

    private readonly Dictionary<ushort, StatusMessage> _targets = [];
    private long _since = -1;
    private int _isDone;

    public bool IsDone => Volatile.Read(ref _isDone) != 0;

    /// <summary>A member was met anew, and is farther by now.</summary>
    public void Forget(ushort node) => _targets.Remove(node);

    /// <summary>Looks again.</summary>
    public void Look(ClusterView view, IEnumerable<PeerSession> sessions, long now)
    {
        if (IsDone)
        {
            return;
        }

        _since = _since < 0 ? now : _since;
        VersionVector own = replica.Applied;
        HashSet<ushort> even = [];
        foreach (PeerSession session in sessions.Where(s => s is { IsConnected: true, Status: not null }))
        {
            _targets.TryAdd(session.Node, session.Status!.Value);
            if (IsReached(session.Node, _targets[session.Node], own))
            {
                even.Add(session.Node);
            }
        }

        bool isEven = view.Members
            .Where(m => !m.IsSelf && m.State is (MemberState.Active or MemberState.Leaving))
            .All(m => even.Contains(m.Origin.Node) || (now - _since > UnreachedFor && !_targets.ContainsKey(m.Origin.Node)));
        if (isEven && keeper.HasAll)
        {
            Volatile.Write(ref _isDone, 1);
        }
    }

    /// <summary>Where nodes keep different partitions, what one has applied of others is not for the other to reach: its
    /// journal is, and each partition is compared by itself.</summary>
    private bool IsReached(ushort node, StatusMessage target, VersionVector own)
    {
        if (!keeper.IsPartial)
        {
            return target.Applied.Entries.All(e => e.Key.Node == replica.Origin.Node || own[e.Key] >= e.Value);
        }

        JournalCursor cursor = replica.Streams.CursorOf(node);
        return cursor.Journal == target.End.Journal && cursor.Position >= target.End.Position;
    }
}
