using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Messaging;
using Marekvs.Cluster.Gossip.Ownership;
using Marekvs.Cluster.Gossip.Placement;
using Marekvs.Cluster.Gossip.Publishing;
using Marekvs.Cluster.Gossip.Reads;
using Marekvs.Cluster.Gossip.Replication;
using Marekvs.Cluster.Gossip.Routing;
using Marekvs.Modules.Hashes;
using Marekvs.Modules.HyperLogLogs;
using Marekvs.Modules.Keys;
using Marekvs.Modules.Lists;
using Marekvs.Modules.Sets;
using Marekvs.Modules.Streams;
using Marekvs.Modules.Strings;
using Marekvs.Modules.Zsets;
using Marekvs.Testing;

namespace Marekvs.Cluster.Tests.Hostile;

/// <summary>A keyspace with all types, and every conversation a node has with its peers.</summary>
internal sealed class Node : IRoutingSink, IAsyncDisposable
{
    public Node(ushort number)
    {
        Site = new KeyspaceRunner(
            new RunnerSettings { Node = number }, new SortedStore(), new KeysModule(), new StringsModule(), new HashesModule(),
            new HyperLogLogModule(), new SetsModule(), new ListsModule(), new ZsetsModule(), new StreamsModule(),
            new FlushModule());
        Site.Keyspace.IsAlone = false;
        Replicator.TakeSafeIncarnation(Site.Keyspace, new Random(number));
        var outbox = new Queue<Outgoing>();
        var keeper = new PartitionKeeper(Site.Keyspace, new OwnershipOptions(), outbox);
        var replicator = new Replicator(Site.Keyspace, keeper, new ReplicationOptions(), new Random(number), outbox);
        Conversations = new Conversations(
            outbox, keeper, replicator,
            new ReadThrough(Site.Keyspace, new ReadOptions(), outbox, seed: number, keeper, wake: static () => { }),
            new Publication(new MessageHub(), outbox, static _ => 0, static () => { }),
            new RoutingProtocol(number, new RoutingOptions(), this, replicator, outbox),
            new ClockWatch(() => Site.Now, outbox));
    }

    public KeyspaceRunner Site { get; }

    public IReplica Replica => Site.Keyspace;

    public Conversations Conversations { get; }

    public long Now => Site.Now - KeyspaceRunner.StartMilliseconds;

    /// <summary>Meets other nodes.</summary>
    public void Meet(params ushort[] others)
    {
        ushort self = Replica.Origin.Node;
        ushort[] nodes = [.. others.Append(self).Order()];
        OwnerTable owners = Rendezvous.Place([.. nodes.Select(n => new PlacementNode(n, ""))], nodes.Length);
        Conversations.Follow(
            new ClusterView(
                1, [.. nodes.Select(n => new ClusterMember(new Origin(n, 1), n == self, MemberState.Active))],
                nodes.Length, owners, owners),
            Now);
        foreach (ushort other in others)
        {
            Conversations.Connect(other, Now);
        }
    }

    /// <summary>Time goes on.</summary>
    /// <returns>What the node says.</returns>
    public List<Outgoing> Tick(int milliseconds)
    {
        Site.Advance(milliseconds);
        Conversations.Tick(Now);
        List<Outgoing> said = [.. Conversations.Outbox];
        Conversations.Outbox.Clear();
        return said;
    }

    public void Run(RoutedRun run)
    {
        // Commands of peers stay under way here.
    }

    public void Stop(RoutedRun run, CallStop how)
    {
    }

    public void OwnersChanged(SoftOwners owners)
    {
    }

    public ValueTask DisposeAsync() => Site.DisposeAsync();
}
