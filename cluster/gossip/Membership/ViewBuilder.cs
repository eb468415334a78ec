using System.Security.Cryptography;
using System.Text;
using Marekvs.Abstractions.Cluster;
using Marekvs.Cluster.Gossip.Placement;

namespace Marekvs.Cluster.Gossip.Membership;

/// <summary>Makes views out of what is known of the members; placement is computed anew only when it can differ.
/// </summary>
/// <param name="clusterName">Part of the members' identities.</param>
/// <param name="replicas">Copies of every partition.</param>
internal sealed class ViewBuilder(string clusterName, int replicas)
{
    private readonly Dictionary<ushort, string> _ids = [];
    private PlacementNode[] _active = [];
    private PlacementNode[] _holding = [];
    private OwnerTable _owners = OwnerTable.Empty;
    private OwnerTable _sources = OwnerTable.Empty;
    private ClusterView? _view;

    /// <summary>The view now; the same number as before when nothing but the times changed.</summary>
    public ClusterView Build(MemberMap map, Liveness liveness, long now)
    {
        ClusterMember[] members = [.. map.Records.Select(r => Describe(r, map.Self, liveness, now))];
        if (_view is not null && members.Select(Timeless).SequenceEqual(_view.Members.Select(Timeless)))
        {
            return _view = _view with { Members = members };
        }

        Place(members.Where(m => m.RecordFingerprint == map.Self.Fingerprint).ToArray());
        return _view = new ClusterView((_view?.Number ?? 0) + 1, members, replicas, _owners, _sources);
    }

    private static ClusterMember Timeless(ClusterMember member) => member with { HeardAt = 0 };

    private static PlacementNode[] Nodes(ClusterMember[] members, params MemberState[] states) =>
        [.. members.Where(m => states.Contains(m.State)).Select(m => new PlacementNode(m.Origin.Node, m.Zone))];

    private void Place(ClusterMember[] compatible)
    {
        PlacementNode[] holding = Nodes(compatible, MemberState.Active, MemberState.Leaving);
        PlacementNode[] active = Nodes(compatible, MemberState.Active);

        // When the last ones leave, nobody else can take over.
        active = active.Length == 0 ? holding : active;
        if (!holding.SequenceEqual(_holding))
        {
            (_holding, _sources) = (holding, Rendezvous.Place(holding, replicas));
        }

        if (!active.SequenceEqual(_active))
        {
            (_active, _owners) = (active, Rendezvous.Place(active, replicas));
        }
    }

    private ClusterMember Describe(MemberRecord record, MemberRecord self, Liveness liveness, long now)
    {
        bool isSelf = record == self;
        bool isGone = !isSelf && record.State != MemberState.Left && !liveness.IsAlive(record.Number);
        return new ClusterMember(record.Origin, isSelf, isGone ? MemberState.Down : record.State)
        {
            Id = IdOf(record.Number),
            Host = record.Host,
            RespPort = record.RespPort,
            HttpPort = record.HttpPort,
            MeshPort = record.MeshPort,
            GossipPort = record.GossipPort,
            Zone = record.Zone,
            JournalIdentity = record.Journal,
            RecordFingerprint = record.Fingerprint,
            HeardAt = isSelf ? now : liveness.HeardAt(record.Number),
        };
    }

    /// <summary>The number is the identity; clients want forty hexadecimal digits.</summary>
    private string IdOf(ushort number)
    {
        if (!_ids.TryGetValue(number, out string? id))
        {
            byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{clusterName}/{number}"));
            _ids[number] = id = Convert.ToHexStringLower(hash.AsSpan(0, 20));
        }

        return id;
    }
}
