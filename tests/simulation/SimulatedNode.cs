using System.Buffers.Binary;
using System.Globalization;
using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.Ownership;
using Marekvs.Cluster.Gossip.Placement;
using Marekvs.Cluster.Gossip.Replication;
using Marekvs.Modules.Hashes;
using Marekvs.Modules.HyperLogLogs;
using Marekvs.Modules.Keys;
using Marekvs.Modules.Lists;
using Marekvs.Modules.Sets;
using Marekvs.Modules.Streams;
using Marekvs.Modules.Strings;
using Marekvs.Modules.Zsets;
using Marekvs.Storage.Engine;
using Marekvs.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Marekvs.Simulation.Tests;

/// <summary>A whole node: engine and replication over a disk that can lose what was not synced.</summary>
internal sealed class SimulatedNode : IDisposable
{
    private static readonly ModuleTable Modules = new(
        new StringsModule(), new KeysModule(), new SetsModule(), new HashesModule(), new ZsetsModule(), new ListsModule(),
        new StreamsModule(), new HyperLogLogModule(), new FlushModule());

    private readonly SimulationOptions _options;
    private readonly Random _random;
    private TemporaryDirectory _directory = TemporaryDirectory.InMemory();
    private SortedStore _store = new();
    private (TemporaryDirectory Directory, SortedStore Store)? _backup;
    private Keyspace? _keyspace;
    private long _tickAt;

    public SimulatedNode(ushort number, SimulationOptions options, Random random, long startMilliseconds)
    {
        Number = number;
        _options = options;
        _random = random;
        Time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(startMilliseconds + random.Next(-options.ClockSpread, options.ClockSpread + 1)));
    }

    public ushort Number { get; }

    public FakeTimeProvider Time { get; }

    /// <summary>How much its clock gains, in thousandths.</summary>
    public int Drift { get; init; }

    public bool IsUp => _keyspace is not null;

    public Keyspace Keyspace => _keyspace!;

    public IReplica Replica => Keyspace;

    public SortedStore Store => _store;

    public Replicator Replicator { get; private set; } = null!;

    public Conversations Conversations { get; private set; } = null!;

    public KeyspaceConnection Connection { get; private set; } = null!;

    /// <summary>Grows with every start: what was sent to an earlier life does not arrive.</summary>
    public int Life { get; private set; }

    /// <summary>Sees to it that the node keeps what it owns.</summary>
    public PartitionKeeper Keeper { get; private set; } = null!;

    public void Start(IEnumerable<ushort> others, long now) => Start(ViewOf(others), now);

    public void Start(ClusterView view, long now)
    {
        var options = new KeyspaceOptions
        {
            JournalDirectory = _directory.Path,
            Node = Number,
            Shards = 2,
            SegmentBytes = _options.SegmentBytes,
            RetainBytes = _options.RetainBytes,
            ScrubRecordsPerSecond = _options.ScrubRecords,
            ScrubInterval = TimeSpan.FromSeconds(3),
            CheckpointInterval = TimeSpan.FromSeconds(2),
            ReaderThreads = 1,
            BackgroundWork = false,
            RunsInline = true,
        };
        _keyspace = Keyspace.Open(options, _store, Modules.Types, Time, new Random(_random.Next()), NullLogger.Instance);
        _keyspace.Faults = _options.Faults;
        _keyspace.IsAlone = false;
        Replicator.TakeSafeIncarnation(_keyspace, _random);
        var outbox = new Queue<Outgoing>();
        Keeper = new PartitionKeeper(_keyspace, _options.Ownership, outbox) { IsSettled = true };
        Replicator = new Replicator(
            _keyspace, Keeper, _options.Replication with { Fault = _options.ExchangeFault }, _random, outbox);
        Conversations = new Conversations(outbox, Keeper, Replicator);
        Conversations.Follow(view, now);
        _keyspace.StableThrough = Replicator.StableThrough;
        _keyspace.IsActive = Replicator.IsActive;
        _keyspace.IsSeenElsewhere = static (_, _) => true;
        Connection = new KeyspaceConnection(1, _keyspace, Modules);
        _tickAt = now;
        Life++;
    }

    public void Tick(long now)
    {
        Conversations.Tick(now);
        if (now >= _tickAt)
        {
            _tickAt = now + 100;
            Keyspace.TickAsync().GetAwaiter().GetResult();
        }
    }

    /// <summary>Kills the node.</summary>
    /// <param name="losesTail">Whether the machine lost power: what was not synced is gone.</param>
    public void Crash(bool losesTail)
    {
        long synced = Keyspace.Statistics.JournalBytes - Keyspace.Statistics.UnsyncedBytes;
        TemporaryDirectory directory = CopyJournal(losesTail ? synced : long.MaxValue);
        SortedStore store = _store.Clone();
        Close();
        _directory.Dispose();
        (_directory, _store) = (directory, store);
    }

    /// <summary>Stops the node in good order.</summary>
    public void Stop() => Close();

    public void Sync() => Keyspace.SyncJournal();

    /// <summary>The disk is replaced by an empty one; the node is down.</summary>
    public void Wipe()
    {
        _directory.Dispose();
        (_directory, _store) = (TemporaryDirectory.InMemory(), new SortedStore());
    }

    /// <summary>Copies the disk.</summary>
    public void BackUp()
    {
        _backup?.Directory.Dispose();
        Sync();
        _backup = (CopyJournal(long.MaxValue), _store.Clone());
    }

    /// <summary>Puts the copy of the disk in place; the node is down.</summary>
    /// <returns>False when there is none.</returns>
    public bool Restore()
    {
        if (_backup is not var (directory, store))
        {
            return false;
        }

        _directory.Dispose();
        (_directory, _store) = (directory, store);
        _backup = null;
        return true;
    }

    public string Run(params string[] args) => Connection.RunArguments(args);

    /// <summary>Time passes for this node.</summary>
    public void Advance(int milliseconds) =>
        Time.Advance(TimeSpan.FromTicks(TimeSpan.TicksPerMillisecond * milliseconds * (1000 + Drift) / 1000));

    /// <summary>The bulk strings of an answer.</summary>
    public string[] RunMany(params string[] args)
    {
        string[] lines = Run(args).Split("\r\n");
        return [.. lines.Where((_, i) => i >= 2 && i % 2 == 0).Where(line => line.Length > 0)];
    }

    public ulong[] Roots()
    {
        var roots = new ulong[Limits.Partitions];
        for (int i = 0; i < roots.Length; i++)
        {
            roots[i] = Replica.Partitions.RootOf((ushort)i);
        }

        return roots;
    }

    public void Dispose()
    {
        Close();
        _directory.Dispose();
        _backup?.Directory.Dispose();
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"n{Number}");

    /// <summary>All nodes are active and keep everything.</summary>
    public ClusterView ViewOf(IEnumerable<ushort> others)
    {
        ushort[] nodes = [.. others.Append(Number).Order()];
        OwnerTable owners = Rendezvous.Place([.. nodes.Select(n => new PlacementNode(n, ""))], nodes.Length);
        return new ClusterView(
            1,
            [.. nodes.Select(n => new ClusterMember(new Origin(n, 1), n == Number, MemberState.Active))],
            nodes.Length, owners, owners);
    }

    private void Close()
    {
        _keyspace?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _keyspace = null;
    }

    private TemporaryDirectory CopyJournal(long synced)
    {
        var copy = TemporaryDirectory.InMemory();
        foreach (string path in Directory.GetFiles(_directory.Path, "*.journal"))
        {
            byte[] bytes = File.ReadAllBytes(path);
            long first = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(24));
            if (first >= synced)
            {
                continue;
            }

            if (first + bytes.Length >= synced)
            {
                // The file ends here, and so does the journal.
                bytes.AsSpan((int)(synced - first)).Clear();
                BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(64), 0);
            }

            File.WriteAllBytes(copy.Combine(Path.GetFileName(path)), bytes);
        }

        return copy;
    }
}
