using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Messaging;
using Marekvs.Cluster.Gossip.Transport;
using Microsoft.Extensions.Logging;

namespace Marekvs.Cluster.Gossip;

/// <summary>This node's part in the cluster: membership, placement and what is exchanged with the others.</summary>
internal sealed class GossipCluster : ICluster, IMessageRelay, ICommandRouter, IJournalWitnesses
{
    private static readonly TimeSpan FarewellWithin = TimeSpan.FromMilliseconds(200);

    private readonly ClusterContext _context;
    private readonly GossipSettings _settings;
    private readonly MembershipDriver _membership;
    private readonly ReplicationDriver _replication;
    private Action _changed = () => { };
    private int _isAnnounced;
    private int _isLeaving;
    private string? _refusal;
    private string? _writeRefusal;

    /// <exception cref="ClusterException">An address cannot be bound.</exception>
    public GossipCluster(ClusterContext context, GossipSettings settings)
    {
        (_context, _settings) = (context, settings);
        if (!settings.IsPartial && !context.Replica.Holdings.Held.IsAll)
        {
            throw new ClusterException(
                "This data directory has only some of the partitions, and every node is to keep all: set MAREKVS_PARTIAL=true " +
                "again, or start with an empty directory.");
        }

        WarnOfOpenness();
        _replication = new ReplicationDriver(context, settings);
        _membership = new MembershipDriver(context, settings) { OnRound = Advance };
        _membership.TellPorts(mesh: _replication.Port);
        _refusal = Reason();
        context.Logger.LogInformation(
            "Gossip on {Address}:{Port}, mesh on port {Mesh}, in cluster {Cluster}, seeds {Seeds}",
            settings.Gossip.Host, _membership.GossipPort, _replication.Port, settings.ClusterName,
            settings.Seeds.Count == 0 ? "none" : string.Join(", ", settings.Seeds));
        _replication.Start();
        _membership.Start();
    }

    public bool IsDistributed => true;

    public ClusterView View => _membership.View;

    public string? Refusal => Volatile.Read(ref _refusal);

    public string? WriteRefusal => Volatile.Read(ref _writeRefusal);

    public IReadOnlyList<ClusterLink> Links => _replication.Links;

    public bool Owns(ushort partition) => _context.Replica.Holdings.IsHeld(partition);

    public CopyCount? Copies => _replication.Copies;

    public Stamp StableThrough(ushort partition, Stamp now) => _replication.StableThrough(partition, now);

    public bool IsActive(ushort partition, Origin origin) => _replication.IsActive(partition, origin);

    public void Listen(SubscriptionKind kind, byte[] name, bool isListening) =>
        _replication.Relay.Listen(kind, name, isListening);

    public void Publish(SubscriptionKind kind, ReadOnlySpan<byte> channel, ReadOnlySpan<byte> message) =>
        _replication.Relay.Publish(kind, channel, message);

    public ushort SoftOwnerOf(ushort partition, ushort except = 0) =>
        _replication.Router.SoftOwnerOf(partition, except);

    public IRoutedCall Send(ushort node, RoutedCommand command) => _replication.Router.Send(node, command);

    public void OnOwnersChange(Action changed) => _replication.Router.OnOwnersChange(changed);

    public void CountLocal() => _replication.Router.CountLocal();

    public (int Having, int Synced) Count(long position, ushort? partition) =>
        _replication.Witnesses.Count(position, partition);

    public Task WhenGrown() => _replication.Witnesses.WhenGrown();

    public IKeyLeases? Leases => _settings.IsPartial ? _replication.Leases : null;

    public void Announce(int respPort, int httpPort)
    {
        _membership.TellPorts(resp: respPort, http: httpPort);
        Volatile.Write(ref _isAnnounced, 1);
    }

    public void OnChange(Action changed) => _changed = changed;

    public async Task LeaveAsync(CancellationToken cancellation)
    {
        if (Interlocked.Exchange(ref _isLeaving, 1) == 0 && View.Self.State == MemberState.Active)
        {
            _context.Logger.LogInformation("Leaving the cluster: the others take in what they lack of this node");
            _membership.Enter(MemberState.Leaving);
        }

        try
        {
            await _replication.DrainAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            _context.Logger.LogWarning("Not every peer has taken in all of this node; the journal keeps it");
        }
    }

    public IReadOnlyList<ClusterFigure> ReadFigures()
    {
        ClusterView view = View;
        long now = _context.Time.GetUtcNow().ToUnixTimeMilliseconds();
        return
        [
            .. Enum.GetValues<MemberState>().Select(state => new ClusterFigure(
                $"members_{state.ToString().ToLowerInvariant()}", $"Members seen as {state}.",
                view.Members.Count(m => m.State == state))),
            new("members_incompatible", "Members that know other record kinds; nothing is placed on them.",
                view.Members.Count(m => m.RecordFingerprint != _context.Replica.RecordFingerprint)),
            new("view_number", "Views this node has had.", view.Number),
            .. view.Members.Where(m => !m.IsSelf && m.State != MemberState.Left).Select(m => new ClusterFigure(
                "peer_silence_seconds", "Time since a peer was last heard of.",
                Math.Max(0, now - m.HeardAt) / 1000.0)
            {
                Peer = m.Origin.Node,
            }),
            .. _membership.ReadFigures(),
            .. _replication.Figures,
        ];
    }

    public async ValueTask DisposeAsync()
    {
        // Told twice, since datagrams may be lost; who misses both sees this node go down.
        _membership.Enter(MemberState.Left);
        await Task.Delay(FarewellWithin, _context.Time);
        await _membership.DisposeAsync();
        await _replication.DisposeAsync();
    }

    /// <summary>Moves on to the next part of this node's life when the time has come.</summary>
    private void Advance()
    {
        _replication.Follow(View, _membership.IsSettled, _membership.Refusal is not null);
        bool isJoining = View.Self.State == MemberState.Joining;
        if (isJoining && _membership.IsSettled && _membership.Refusal is null &&
            _replication.ClockError is null && Volatile.Read(ref _isAnnounced) != 0 && _replication.IsCaughtUp)
        {
            _context.Logger.LogInformation("Joined the cluster with {Count} other members", View.Members.Count - 1);
            _membership.Enter(MemberState.Active);
        }

        LookAtClock();
        Volatile.Write(ref _refusal, Reason());
        _changed();
    }

    /// <summary>What is here may be read whatever the time is; what is written would be stamped with it.</summary>
    private void LookAtClock()
    {
        string? error = _replication.ClockError is string mistake ? "CLUSTERDOWN " + mistake : null;
        if (error is not null && WriteRefusal is null)
        {
            _context.Logger.LogError("No client may write here: {Reason}", error);
        }
        else if (error is null && WriteRefusal is not null)
        {
            _context.Logger.LogInformation("The clock agrees with those of most others again: clients may write");
        }

        Volatile.Write(ref _writeRefusal, error);
    }

    private string? Reason() =>
        _membership.Refusal is string refusal ? "CLUSTERDOWN " + refusal
        : View.Self.State == MemberState.Joining && WriteRefusal is string wrong ? wrong
        : View.Self.State == MemberState.Joining ? "LOADING this node is joining the cluster"
        : null;

    private void WarnOfOpenness()
    {
        bool isOpen = !_settings.Gossip.IsLoopback || !_settings.Mesh.IsLoopback;
        if (isOpen && _settings.Secret.Length == 0)
        {
            _context.Logger.LogWarning(
                "Everybody who reaches {Gossip} or {Mesh} can join the cluster and change all data: set " +
                "MAREKVS_CLUSTER_SECRET", _settings.Gossip, _settings.Mesh);
        }
    }
}
