using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.Ownership;
using Marekvs.Cluster.Gossip.Reads;
using Marekvs.Cluster.Gossip.Replication;
using Marekvs.Modules.Hashes;
using Marekvs.Modules.Keys;
using Marekvs.Modules.Lists;
using Marekvs.Modules.Sets;
using Marekvs.Modules.Streams;
using Marekvs.Modules.Strings;
using Marekvs.Storage.Engine;
using Marekvs.Testing;

namespace Marekvs.Cluster.Tests.Reads;

/// <summary>A node that keeps the partitions it owns and copies keys of the others.</summary>
internal sealed class Site : IAsyncDisposable
{
    public Site(ushort number, ReadOptions options)
    {
        Runner = new KeyspaceRunner(
            new RunnerSettings { Node = number }, new SortedStore(), new KeysModule(), new StringsModule(), new HashesModule(),
            new SetsModule(), new ListsModule(), new StreamsModule(), new FlushModule());
        Keyspace.IsAlone = false;
        Keyspace.IsSeenElsewhere = static (_, _) => true;
        Replicator.TakeSafeIncarnation(Keyspace, new Random(number));
        var outbox = new Queue<Outgoing>();
        Keeper = new PartitionKeeper(
            Keyspace,
            new OwnershipOptions
            {
                IsPartial = true,
                TakeOverMilliseconds = 0,
                DropMilliseconds = 0,
                UntidyMilliseconds = 500,
                LookMilliseconds = 10,
            },
            outbox)
        {
            IsSettled = true,
        };
        var replicator = new Replicator(Keyspace, Keeper, new ReplicationOptions(), new Random(number), outbox);
        Reads = new ReadThrough(Keyspace, options, outbox, seed: number, Keeper, wake: static () => { });
        Conversations = new Conversations(outbox, Keeper, replicator, Reads);
        Keyspace.Leases = Reads.Table;
        Keyspace.StableThrough = replicator.StableThrough;
        Keyspace.IsActive = replicator.IsActive;
    }

    public KeyspaceRunner Runner { get; }

    public Keyspace Keyspace => Runner.Keyspace;

    public ushort Number => Keyspace.Origin.Node;

    public IPartitionHoldings Holdings => ((IReplica)Keyspace).Holdings;

    /// <summary>Keys here, copies too.</summary>
    public long Copies => PartitionSet.All.Members.Sum(Holdings.KeysIn);

    public PartitionKeeper Keeper { get; }

    public ReadThrough Reads { get; }

    public Conversations Conversations { get; }

    /// <summary>Every partition belongs to these nodes, in this order.</summary>
    public void Follow(long number, ushort[] owners, ushort[] members, long now)
    {
        var owned = new OwnerTable(
            owners.Length, [.. Enumerable.Range(0, Limits.Partitions).SelectMany(_ => owners)]);
        Conversations.Follow(
            new ClusterView(
                number,
                [.. members.Select(n => new ClusterMember(new Origin(n, 1), n == Number, MemberState.Active))],
                owners.Length, owned, owned),
            now);
    }

    public ValueTask DisposeAsync() => Runner.DisposeAsync();
}
