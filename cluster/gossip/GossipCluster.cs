using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Cluster.Gossip;

/// <summary>This node's part in the cluster: membership, placement and what is exchanged with the others.</summary>
internal sealed class GossipCluster : ICluster
{
    public GossipCluster(ClusterContext context, GossipSettings settings)
    {
        ushort self = context.Replica.Origin.Node;
        View = new ClusterView(
            1, [new ClusterMember(context.Replica.Origin, IsSelf: true, MemberState.Active)], settings.Replicas,
            OwnerTable.Alone(self), OwnerTable.Alone(self));
    }

    public bool IsDistributed => true;

    public ClusterView View { get; }

    public string? Refusal => null;

    public bool Owns(ushort partition) => View.Owners.Owns(partition, View.Self.Origin.Node);

    public Stamp StableThrough(ushort partition, Stamp now) => now;

    public void Announce(int respPort, int httpPort)
    {
    }

    public Task LeaveAsync(CancellationToken cancellation) => Task.CompletedTask;

    public IReadOnlyList<ClusterFigure> ReadFigures() => [];

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
