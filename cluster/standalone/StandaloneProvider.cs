using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Modules;
using Marekvs.Cluster.Standalone;

[assembly: MarekvsPlugin(typeof(StandaloneProvider))]

namespace Marekvs.Cluster.Standalone;

/// <summary>A cluster of one: owns everything, publishes nowhere, and is always up to date with itself.</summary>
public sealed class StandaloneProvider : IClusterProvider
{
    public string Name => "standalone";

    public IReadOnlyList<ProviderSetting> Settings => [];

    public ICluster Open(ClusterContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!context.Replica.Holdings.Held.IsAll)
        {
            throw new ClusterException(
                "This data directory has only some of the partitions; the others are on other nodes of a cluster. Set " +
                "MAREKVS_CLUSTER=gossip again, or start with an empty directory.");
        }

        return new StandaloneCluster(context.Replica.Origin);
    }

    private sealed class StandaloneCluster(Origin self) : ICluster
    {
        public bool IsDistributed => false;

        public ClusterView View { get; } = new(
            1, [new ClusterMember(self, IsSelf: true, MemberState.Active)], Replicas: 1,
            OwnerTable.Alone(self.Node), OwnerTable.Alone(self.Node));

        public string? Refusal => null;

        public IReadOnlyList<ClusterLink> Links => [];

        public bool Owns(ushort partition) => true;

        public Stamp StableThrough(ushort partition, Stamp now) => now;

        public bool IsActive(ushort partition, Origin origin) => true;

        public void Announce(int respPort, int httpPort)
        {
        }

        public void OnChange(Action changed)
        {
        }

        public Task LeaveAsync(CancellationToken cancellation) => Task.CompletedTask;

        public IReadOnlyList<ClusterFigure> ReadFigures() => [];

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
