using System.Collections.Concurrent;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Messaging;
using Marekvs.Abstractions.Storage;
using Marekvs.Cluster.Gossip.Ownership;
using Marekvs.Cluster.Gossip.Publishing;
using Marekvs.Cluster.Gossip.Reads;
using Marekvs.Cluster.Gossip.Replication;
using Marekvs.Cluster.Gossip.Transport.Mesh;
using Marekvs.Cluster.Gossip.Wire;
using Microsoft.Extensions.Logging;

namespace Marekvs.Cluster.Gossip.Transport;

/// <summary>
/// Gives the conversations with peers what they do without: connections, a thread, a clock. Whatever happens is put into
/// one queue, which one thread empties; between events the protocols look at the journal and the time.
/// </summary>
internal sealed class ReplicationDriver : IMeshSink, IAsyncDisposable
{
    private const long InboxBytesMax = 256 * 1024 * 1024;
    private const int EventsPerTurn = 64;
    private const int BusyMilliseconds = 2;
    private const int WatchfulMilliseconds = 10;
    private const int IdleMilliseconds = 100;
    private const long IdleAfter = 20;
    private const long FiguresEvery = 500;
    private const long ProgressEvery = 5000;

    private readonly ClusterContext _context;
    private readonly GossipSettings _settings;
    private readonly PartitionKeeper _keeper;
    private readonly Replicator _replicator;
    private readonly ReadThrough _reads;
    private readonly Publication _publication;
    private readonly RoutedTraffic _routed;
    private readonly JournalWitnesses _witnesses;
    private readonly ClockWatch _clocks;
    private readonly Conversations _conversations;
    private readonly MeshTransport _mesh;
    private readonly ConcurrentQueue<MeshEvent> _inbox = [];
    private readonly AutoResetEvent _arrival = new(initialState: false);
    private readonly CancellationTokenSource _end = new();
    private readonly CatchUp _catchUp;
    private readonly Complaints _complaints;
    private readonly long _startedTicks;
    private readonly Thread _thread;
    private IReadOnlyList<ClusterFigure> _figures = [];
    private CopyCount? _copies;
    private ClusterView? _view;
    private ClusterView? _nextView;
    private bool _isSettled;
    private long _inboxBytes;
    private long _figuresAt;
    private long _progressAt = ProgressEvery;
    private long _busyAt;
    private long _seenEnd;
    private TaskCompletionSource? _drained;
    private int _isWoken;

    /// <exception cref="ClusterException">The address cannot be bound.</exception>
    public ReplicationDriver(ClusterContext context, GossipSettings settings)
    {
        (_context, _settings) = (context, settings);
        Replicator.TakeSafeIncarnation(context.Replica, context.Random);
        var outbox = new Queue<Outgoing>();
        _keeper = new PartitionKeeper(
            context.Replica,
            new OwnershipOptions
            {
                IsPartial = settings.IsPartial,
                DropMilliseconds = (long)settings.DropAfter.TotalMilliseconds,
            },
            outbox);
        _replicator = new Replicator(
            context.Replica, _keeper, new ReplicationOptions { BulkBytesPerSecond = settings.BulkBytesPerSecond },
            new Random(context.Random.Next()), outbox);
        _publication = new Publication(
            context.Messages, outbox, node => _mesh!.QueuedBytes(node, (byte)Lane.Prompt), Wake);
        _routed = new RoutedTraffic(context, _replicator, outbox, Wake);
        _witnesses = new JournalWitnesses(() => Volatile.Read(ref _nextView), Wake);
        _reads = new ReadThrough(
            context.Replica, new ReadOptions(), outbox, context.Random.NextInt64(), _keeper, Wake);
        _clocks = new ClockWatch(
            () => Math.Max(
                context.Time.GetUtcNow().ToUnixTimeMilliseconds(),
                context.Replica.Applied[context.Replica.Origin].UnixMilliseconds),
            outbox);
        _conversations = new Conversations(
            outbox, _keeper, _replicator, _reads, _publication, _routed.Protocol, _clocks);
        _catchUp = new CatchUp(context.Replica, _keeper);
        _startedTicks = context.Time.GetTimestamp();
        _complaints = new Complaints(context.Time, context.Logger);
        _mesh = new MeshTransport(
            settings.Mesh, Hello, ClusterSecret.Derive(settings.Secret, settings.ClusterName, "mesh"), this,
            _complaints, context.Time, context.Logger);
        _thread = new Thread(Run) { IsBackground = true, Name = "replication" };
    }

    public ushort Port => _mesh.Port;

    /// <summary>Takes messages for other nodes.</summary>
    public IMessageRelay Relay => _publication;

    /// <summary>Takes commands for other nodes.</summary>
    public ICommandRouter Router => _routed;

    /// <summary>Knows how far others have this node's journal.</summary>
    public IJournalWitnesses Witnesses => _witnesses;

    /// <summary>What this node may answer from.</summary>
    public IKeyLeases Leases => _reads.Table;

    /// <summary>Whether this node has what the others had when it met them.</summary>
    public bool IsCaughtUp => _catchUp.IsDone;

    /// <summary>What is wrong with this node's clock, so that it must not stamp anything; null when nothing is.</summary>
    public string? ClockError => _clocks.Refusal;

    public IReadOnlyList<ClusterLink> Links => _mesh.Links;

    public IReadOnlyList<ClusterFigure> Figures => Volatile.Read(ref _figures);

    /// <summary>How many copies there are; null until that is known, and where every node keeps everything.</summary>
    public CopyCount? Copies => Volatile.Read(ref _copies);

    private long Now => (long)_context.Time.GetElapsedTime(_startedTicks).TotalMilliseconds;

    public void Start()
    {
        _mesh.Start();
        _thread.Start();
    }

    /// <summary>Sets who the others are.</summary>
    /// <param name="view">The members.</param>
    /// <param name="isSettled">Whether it is known who they are.</param>
    /// <param name="isRefusing">Whether this node must not take part now.</param>
    public void Follow(ClusterView view, bool isSettled, bool isRefusing)
    {
        Volatile.Write(ref _isSettled, isSettled);
        if (Interlocked.Exchange(ref _nextView, view)?.Number != view.Number)
        {
            Wake();
        }

        ushort self = view.Self.Origin.Node;
        _mesh.SetPeers(isRefusing ? new Dictionary<ushort, PeerAddress>() : view.Members
            .Where(m => m.Origin.Node > self && m.State != MemberState.Left && m.MeshPort != 0 && m.Host.Length > 0 &&
                m.RecordFingerprint == _context.Replica.RecordFingerprint)
            .ToDictionary(m => m.Origin.Node, m => new PeerAddress(m.Host, (ushort)m.MeshPort)));
    }

    /// <summary>Up to where every active node that holds a partition has applied everything.</summary>
    public Stamp StableThrough(ushort partition, Stamp now) => _replicator.StableThrough(partition, now);

    /// <summary>Whether an origin writes among the active nodes that hold a partition.</summary>
    public bool IsActive(ushort partition, Origin origin) => _replicator.IsActive(partition, origin);

    /// <summary>Completes when every connected peer has acknowledged all of this node's journal, and what it holds has its
    /// owners without it.</summary>
    public Task DrainAsync(CancellationToken cancellation)
    {
        // What was written since an earlier drain has to be taken in too.
        TaskCompletionSource drained = Volatile.Read(ref _drained) is { Task.IsCompleted: false } running
            ? running
            : new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _drained, drained);
        return drained.Task.WaitAsync(cancellation);
    }

    string? IMeshSink.WhyNot(MeshHello hello) => Volatile.Read(ref _nextView)?.Find(hello.Node) switch
    {
        null => "it is not known here yet",
        { JournalIdentity: Guid journal } when journal != hello.Journal => "its journal is not the one gossip tells of",
        _ => null,
    };

    void IMeshSink.Up(ushort node) => Add(new MeshEvent(node, MeshEventKind.Up, []));

    void IMeshSink.Down(ushort node) => Add(new MeshEvent(node, MeshEventKind.Down, []));

    void IMeshSink.Expect(ushort node) => Add(new MeshEvent(node, MeshEventKind.Part, []));

    void IMeshSink.Receive(ushort node, byte[] message)
    {
        // Who sends more than can be taken in is cut off, and goes on from where it is.
        int weight = MeshFrames.WeightOf(message);
        if (Interlocked.Add(ref _inboxBytes, weight) > InboxBytesMax)
        {
            Interlocked.Add(ref _inboxBytes, -weight);
            _mesh.Drop(node);
            return;
        }

        Add(new MeshEvent(node, MeshEventKind.Message, message));
    }

    public async ValueTask DisposeAsync()
    {
        await _mesh.DisposeAsync();
        await _end.CancelAsync();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _arrival.Dispose();
        _end.Dispose();
    }

    private MeshHello Hello(byte lane) => new(
        lane, lane == (byte)Lane.Bulk && _settings.Compresses, _context.Replica.Origin.Node,
        _context.Replica.JournalIdentity, _context.Replica.RecordFingerprint, SecretProof.NewNonce(),
        _settings.ClusterName);

    private void Add(MeshEvent happened)
    {
        if (!_end.IsCancellationRequested)
        {
            _inbox.Enqueue(happened);
            _arrival.Set();
        }
    }

    /// <summary>Lets the thread look around at once, from any thread.</summary>
    private void Wake()
    {
        if (Interlocked.Exchange(ref _isWoken, 1) == 0)
        {
            Add(new MeshEvent(0, MeshEventKind.Wake, []));
        }
    }

    private void Run()
    {
        while (!_end.IsCancellationRequested)
        {
            bool hasEvent = TryAwait(out MeshEvent happened);
            try
            {
                if (hasEvent)
                {
                    TakeAll(happened);
                }

                Turn(Now);
            }
            catch (StorageException e)
            {
                _complaints.Tell("Replication waits: the storage provider failed", e.Message);
            }
        }
    }

    /// <summary>Waits for an event, and unlike a blocking collection does not spin before: when little happens, that would
    /// be most of what this node does.</summary>
    private bool TryAwait(out MeshEvent happened)
    {
        if (_inbox.TryDequeue(out happened))
        {
            return true;
        }

        _arrival.WaitOne(Patience());
        return _inbox.TryDequeue(out happened);
    }

    /// <summary>How long to wait for an event. For a while after one this node looks at its journal again and again, so
    /// that what is written in quick succession goes out together; later the next write calls it. That something has
    /// reached the disk calls nobody.</summary>
    private int Patience()
    {
        if (Now - _busyAt < IdleAfter || !_context.Replica.Journal.TellGrowth(_seenEnd, Wake))
        {
            return BusyMilliseconds;
        }

        return _replicator.AwaitsDisk ? WatchfulMilliseconds : IdleMilliseconds;
    }

    private void TakeAll(MeshEvent happened)
    {
        Take(happened);
        for (int i = 1; i < EventsPerTurn && _inbox.TryDequeue(out MeshEvent next); i++)
        {
            Take(next);
        }
    }

    private void Take(MeshEvent happened)
    {
        switch (happened.Kind)
        {
            case MeshEventKind.Wake:
                Volatile.Write(ref _isWoken, 0);
                _busyAt = Now;
                break;
            case MeshEventKind.Up:
                _conversations.Connect(happened.Node, Now);
                _catchUp.Forget(happened.Node);
                break;
            case MeshEventKind.Part:
                _conversations.Expect(happened.Node, Now);
                break;
            case MeshEventKind.Down:
                _conversations.Disconnect(happened.Node);
                break;
            default:
                Interlocked.Add(ref _inboxBytes, -MeshFrames.WeightOf(happened.Message));
                if (_conversations.Receive(happened.Node, happened.Message, Now) is string mistake)
                {
                    _complaints.Tell($"Node {happened.Node} sent what cannot be", mistake);
                    _mesh.Drop(happened.Node);
                }

                break;
        }
    }

    private void Turn(long now)
    {
        _seenEnd = _context.Replica.Journal.End.Position;
        ClusterView? view = Volatile.Read(ref _nextView);
        if (view is not null && view.Number != _view?.Number)
        {
            _view = view;
            _conversations.Follow(view, now);
        }

        _keeper.IsSettled = Volatile.Read(ref _isSettled);
        _routed.TakeTold(now);
        if (_witnesses.TakeAwaited())
        {
            _replicator.AskForAcknowledgements();
        }

        _conversations.Tick(now);
        _witnesses.Look(_replicator.Sessions);
        while (_conversations.Outbox.TryDequeue(out Outgoing outgoing))
        {
            _busyAt = outgoing.Bytes.Length > 512 ? now : _busyAt;
            _mesh.Send(outgoing.Node, (byte)outgoing.Lane, outgoing.Bytes);
        }

        if (_view is not null && Volatile.Read(ref _isSettled))
        {
            _catchUp.Look(_view, _replicator.Sessions, now);
            TellProgress(now);
        }

        if (Volatile.Read(ref _drained) is { Task.IsCompleted: false } drained && _keeper.IsHandedOver &&
            _replicator.Sessions.All(s => !s.IsConnected || (s.Sender.IsStreaming && s.Sender.Lag <= 0)))
        {
            drained.TrySetResult();
        }

        if (now >= _figuresAt)
        {
            _figuresAt = now + FiguresEvery;
            Volatile.Write(ref _figures, ReadFigures(now));
            if (_settings.IsPartial && _view is not null)
            {
                Volatile.Write(ref _copies, OwnershipFigures.Count(_keeper, _view));
            }
        }
    }

    private void TellProgress(long now)
    {
        if (_catchUp.IsDone || now < _progressAt)
        {
            return;
        }

        _progressAt = now + ProgressEvery;
        Holding holding = _keeper.Holding;
        int wanted = _keeper.Wanted.Count;
        int here = _keeper.Wanted.Members.Count(holding.Held.Contains);
        _context.Logger.LogInformation(
            "Joining: {Percent} % of {Partitions} partitions are here", wanted == 0 ? 100 : 100 * here / wanted, wanted);
    }

    /// <summary>How long ago this node had everything, in the partition that is farthest behind: of writers that are
    /// silent, time passes; a hole is as old as what lies before it.</summary>
    private double WorstStaleness()
    {
        VersionVector applied = _context.Replica.Applied;
        long now = _context.Time.GetUtcNow().ToUnixTimeMilliseconds();
        long oldest = _replicator.Sessions
            .Where(session => session is { IsConnected: true, Status: not null })
            .Select(session => applied[session.Status!.Value.Origin].UnixMilliseconds)
            .DefaultIfEmpty(now).Min();
        return oldest == 0 ? 0 : Math.Max(0, now - oldest) / 1000.0;
    }

    private List<ClusterFigure> ReadFigures(long now)
    {
        List<ClusterFigure> figures =
        [
            new("mesh_refused_total", "Connections refused by this node or by the other one.", _mesh.Refused),
            new("mesh_displaced_total", "Connections that went before they were introduced, since too many came.",
                _mesh.Displaced),
            new("mesh_sent_bytes_total", "Bytes sent to other nodes.", _mesh.Traffic.Sum(lane => lane.Sent)),
            new("mesh_bulk_plain_bytes_total", "Bytes of repair and bootstrap for other nodes, before compression.",
                _mesh.Traffic[(int)Lane.Bulk].Plain),
            new("mesh_bulk_sent_bytes_total", "Bytes of repair and bootstrap sent to other nodes, compressed.",
                _mesh.Traffic[(int)Lane.Bulk].Sent),
            new("replication_refused_total", "Messages of peers that did not decode or said what cannot be.",
                _conversations.Refused),
            new("replication_inbox_bytes", "Bytes of peers that wait to be taken in.", Interlocked.Read(ref _inboxBytes)),
            .. _reads.ReadFigures(),
            .. _publication.Figures,
            .. _view is null ? [] : OwnershipFigures.Read(_keeper, _view, WorstStaleness()),
            .. _routed.Figures,
        ];
        figures.AddRange(_clocks.Skews(now).Select(skew => new ClusterFigure(
            "peer_clock_ahead_seconds", "How far a peer's clock is ahead of this node's.", skew.Ahead / 1000.0)
        {
            Peer = skew.Node,
        }));
        foreach (PeerSession session in _replicator.Sessions)
        {
            figures.Add(new ClusterFigure("peer_connected", "1 while connected with a peer.", session.IsConnected ? 1 : 0)
            {
                Peer = session.Node,
            });
            figures.Add(new ClusterFigure(
                "peer_lag_bytes", "Journal of this node that a peer has not acknowledged.",
                session.Sender.IsStreaming ? Math.Max(0, session.Sender.Lag) : 0)
            {
                Peer = session.Node,
            });
            figures.Add(new ClusterFigure(
                "peer_put_off_total", "Batches of a peer that could not be taken in when they came.",
                session.Receiver.PutOff)
            {
                Peer = session.Node,
            });
            figures.Add(new ClusterFigure(
                "peer_staleness_seconds", "Time since a connected peer last said how far it is.",
                (now - session.HeardAt) / 1000.0)
            {
                Peer = session.Node,
            });
        }

        return figures;
    }

    private enum MeshEventKind
    {
        Up,
        Down,
        Message,
        Part,
        Wake,
    }

    private readonly record struct MeshEvent(ushort Node, MeshEventKind Kind, byte[] Message);
}
