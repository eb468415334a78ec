using System.Globalization;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.Ownership;
using Marekvs.Cluster.Gossip.Placement;
using Marekvs.Cluster.Gossip.Reads;
using Marekvs.Cluster.Gossip.Replication;
using Marekvs.Modules.Keys;
using Marekvs.Modules.Sets;
using Marekvs.Modules.Strings;
using Marekvs.Storage.Engine;
using Marekvs.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Marekvs.Simulation.Tests.Reads;

/// <summary>A node that holds what it owns, and copies keys of all else.</summary>
internal sealed class ReaderNode(ushort number, Random random, long startMilliseconds) : IDisposable
{
    private static readonly ModuleTable Modules = new(new StringsModule(), new KeysModule(), new SetsModule());

    private readonly TemporaryDirectory _directory = new();
    private SortedStore _store = new();
    private Keyspace? _keyspace;
    private Queue<Outgoing> _outbox = new();
    private long _tickAt;

    public ushort Number => number;

    public FakeTimeProvider Time { get; } =
        new(DateTimeOffset.FromUnixTimeMilliseconds(startMilliseconds + random.Next(-1500, 1500)));

    public bool IsUp => _keyspace is not null;

    public Keyspace Keyspace => _keyspace!;

    public IReplica Replica => Keyspace;

    public PartitionKeeper Keeper { get; private set; } = null!;

    public Replicator Replicator { get; private set; } = null!;

    public ReadThrough Reads { get; private set; } = null!;

    public Conversations Conversations { get; private set; } = null!;

    /// <summary>Grows with every start.</summary>
    public int Life { get; private set; }

    /// <summary>Starts the node.</summary>
    public void Start(ClusterView view, ReadOptions options, long now)
    {
        _keyspace = Keyspace.Open(
            new KeyspaceOptions
            {
                JournalDirectory = _directory.Path,
                Node = number,
                Shards = 2,
                SegmentBytes = 64 * 1024,
                CheckpointInterval = TimeSpan.FromSeconds(1),
                ReaderThreads = 1,
                BackgroundWork = false,
            },
            _store, Modules.Types, Time, new Random(random.Next()), NullLogger.Instance);
        _outbox = new Queue<Outgoing>();
        Replicator.TakeSafeIncarnation(_keyspace, random);
        Keeper = new PartitionKeeper(
            _keyspace,
            new OwnershipOptions
            {
                IsPartial = true,
                TakeOverMilliseconds = 100,
                DropMilliseconds = 500,
                UnreachedMilliseconds = 3000,
            },
            _outbox)
        {
            IsSettled = true,
        };
        Replicator = new Replicator(_keyspace, Keeper, new ReplicationOptions(), random, _outbox);
        Reads = new ReadThrough(
            _keyspace, options, _outbox, random.Next(), Keeper, wake: static () => { });
        Conversations = new Conversations(_outbox, Keeper, Replicator, Reads);
        Conversations.Follow(view, now);
        _keyspace.Leases = Reads.Table;
        _keyspace.IsAlone = false;
        _keyspace.StableThrough = Replicator.StableThrough;
        _keyspace.IsActive = Replicator.IsActive;
        _keyspace.IsSeenElsewhere = static (_, _) => true;
        Connection = new KeyspaceConnection(1, _keyspace, Modules);
        _tickAt = now;
        Life++;
    }

    public KeyspaceConnection Connection { get; private set; } = null!;

    public void Tick(long now)
    {
        Conversations.Tick(now);
        if (now >= _tickAt)
        {
            _tickAt = now + 100;
            Keyspace.TickAsync().GetAwaiter().GetResult();
        }
    }

    /// <summary>Takes what the node has to send.</summary>
    public IEnumerable<Outgoing> Send()
    {
        while (_outbox.TryDequeue(out Outgoing outgoing))
        {
            yield return outgoing;
        }
    }

    /// <summary>Waits until a command has ended or has to wait for another node.</summary>
    public bool HasEnded(Task<string> reply)
    {
        while (!reply.IsCompleted)
        {
            if (Reads.Table.HasRequests || Reads.Holder.Waiting > 0)
            {
                return false;
            }

            Thread.Yield();
        }

        return true;
    }

    /// <summary>Kills the node; its journal is all there.</summary>
    public void Kill()
    {
        SortedStore store = _store.Clone();
        var copy = new TemporaryDirectory();
        foreach (string path in Directory.GetFiles(_directory.Path, "*.journal"))
        {
            File.Copy(path, copy.Combine(Path.GetFileName(path)));
        }

        Close();
        foreach (string path in Directory.GetFiles(_directory.Path, "*.journal"))
        {
            File.Delete(path);
        }

        foreach (string path in Directory.GetFiles(copy.Path))
        {
            File.Copy(path, _directory.Combine(Path.GetFileName(path)));
        }

        copy.Dispose();
        _store = store;
    }

    public void Stop() => Close();

    public void Dispose()
    {
        Close();
        _directory.Dispose();
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"n{number}");

    private void Close()
    {
        _keyspace?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _keyspace = null;
    }

    /// <summary>All are active, and every partition has so many owners.</summary>
    public static ClusterView ViewOf(ushort self, ushort[] all, int replicas)
    {
        OwnerTable table = Rendezvous.Place([.. all.Select(n => new PlacementNode(n, ""))], replicas);
        return new ClusterView(
            1,
            [.. all.Select(n => new ClusterMember(new Origin(n, 1), n == self, MemberState.Active))],
            replicas, table, table);
    }
}
