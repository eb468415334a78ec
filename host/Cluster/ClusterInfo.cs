using System.Globalization;
using Marekvs.Abstractions.Cluster;
using Marekvs.Host.Builtins;

namespace Marekvs.Host.Cluster;

/// <summary>What INFO tells of the cluster.</summary>
internal static class ClusterInfo
{
    /// <summary>Members, copies, and what is known of each peer.</summary>
    public static void WriteReplication(ICluster cluster, InfoText text)
    {
        if (!cluster.IsDistributed)
        {
            return;
        }

        ClusterView view = cluster.View;
        text.Add("replicas", view.Replicas);
        text.Add("effective_rf_min", ReplicationState.EffectiveReplicasMin(cluster));
        text.Add("underreplicated_partitions", ReplicationState.UnderreplicatedPartitions(cluster));
        text.Add("members", view.Members.Count);
        ILookup<ushort, ClusterFigure> figures = cluster.ReadFigures()
            .Where(f => f.Peer is not null)
            .ToLookup(f => f.Peer!.Value);
        foreach (ClusterMember member in view.Members)
        {
            IEnumerable<string> told = figures[member.Origin.Node].Select(f => $",{f.Name}={Text(f.Value)}");
            text.Add(
                $"member{member.Origin.Node}",
                $"id={member.Id},address={member.Host}:{member.RespPort},mesh_port={member.MeshPort}," +
                $"gossip_port={member.GossipPort}," +
                $"state={member.State.ToString().ToLowerInvariant()},zone={member.Zone}," +
                $"incarnation={member.Origin.Incarnation},self={(member.IsSelf ? 1 : 0)}{string.Concat(told)}");
        }
    }

    /// <summary>Whether there is one, and the figures of this node's part in it.</summary>
    public static void WriteCluster(ICluster cluster, InfoText text)
    {
        text.Add("cluster_enabled", cluster.IsDistributed);
        text.Add("cluster_members", cluster.View.Members.Count);
        if (cluster.Refusal is string refusal)
        {
            text.Add("cluster_refusal", refusal);
        }

        if (cluster.WriteRefusal is string writeRefusal)
        {
            text.Add("cluster_write_refusal", writeRefusal);
        }

        foreach (ClusterFigure figure in cluster.ReadFigures().Where(f => f.Peer is null))
        {
            text.Add("cluster_" + figure.Name, Text(figure.Value));
        }
    }

    private static string Text(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
