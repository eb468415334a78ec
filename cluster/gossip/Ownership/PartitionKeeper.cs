using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Cluster.Gossip.Ownership;

/// <summary>
/// Sees to it that this node keeps the partitions it owns, and no others for long.
/// <code>
/// absent --wanted--> taken over --compared, no hole open--> held --unwanted, all owners hold it--> left over
///    ^                                                                                                 |
///    +------------------------------- all owners have all of it --------------------------------------+
/// </code>
/// What is taken over is wanted of the streams first, and then brought by a comparison with a peer that holds it; what
/// is left over is wanted of no stream, so that it stands still while the owners are asked whether they have it all.
/// </summary>
internal sealed class PartitionKeeper : IPeerProtocol
{
    private readonly IReplica _replica;
    private readonly OwnershipOptions _options;
    private readonly IPartitionHoldings _holdings;
    private readonly SortedDictionary<ushort, PeerHoldings> _peers = [];
    private readonly TakeOver _takeOver;
    private readonly HandOver _handOver;
    private readonly OwnHolding _own;
    private readonly long[] _changedAt = new long[Limits.Partitions];
    private readonly Dictionary<ushort, long> _leftAt = [];
    private ClusterView? _view;
    private PartitionSet _wanted = PartitionSet.None;
    private HolderMap _holders;
    private bool _hasBegun;
    private bool _isStale = true;
    private long _lookAt;
    private long _tellAt;

    public PartitionKeeper(IReplica replica, OwnershipOptions options, Queue<Outgoing> outbox)
    {
        (_replica, _options) = (replica, options);
        _holdings = replica.Holdings;
        _holders = options.IsPartial ? HolderMap.Unknown : HolderMap.Everything;
        _takeOver = new TakeOver(replica, options);
        _handOver = new HandOver(replica);
        _own = new OwnHolding(replica, _handOver, outbox);
        if (options.IsPartial)
        {
            SetWants();
        }
    }

    /// <summary>Whether it is known who the members are; until then nothing changes hands, and nothing of the journal is let
    /// go.</summary>
    public bool IsSettled { get; set; }

    public bool IsPartial => _options.IsPartial;

    /// <summary>What streams shall bring.</summary>
    public WantedPartitions Wants { get; } = new();

    /// <summary>The version of what this node says it holds.</summary>
    public uint Version => _own.Version;

    /// <summary>Who holds what; any thread may read it.</summary>
    public HolderMap Holders => Volatile.Read(ref _holders);

    /// <summary>Why partitions are not here yet, for people.</summary>
    public string Missing => _takeOver.Describe(_peers.Values);

    /// <summary>Why partitions are still here that go to others, for people.</summary>
    public string LeftOver => _view is null ? "" : _handOver.Describe(_view, _peers);

    /// <summary>What is known of the peers.</summary>
    public IReadOnlyCollection<PeerHoldings> Peers => _peers.Values;

    /// <summary>Partitions this node shall keep.</summary>
    public PartitionSet Wanted => _wanted;

    /// <summary>What this node has.</summary>
    public Holding Holding => _own.Holding;

    /// <summary>Partitions brought in since the start.</summary>
    public long TakenOver { get; private set; }

    /// <summary>Partitions handed over since the start.</summary>
    public long Dropped => _handOver.Dropped;

    /// <summary>Whether this node has all it shall keep.</summary>
    public bool HasAll => !IsPartial || (_hasBegun && _wanted.IsWithin(_holdings.Held));

    /// <summary>Whether everything this node holds is held by all of its owners, so that it may go.</summary>
    public bool IsHandedOver => !IsPartial || _view is null || _view.Self.State switch
    {
        MemberState.Active => false,
        MemberState.Leaving => _holdings.Held.Members.All(IsWithOwners),
        _ => true,
    };

    /// <summary>How many members that can be reached have a complete copy of a partition, this node included.</summary>
    public int CopiesOf(ushort partition) =>
        (_holdings.IsHeld(partition) ? 1 : 0) + _peers.Values.Count(peer => peer.Holds(partition));

    /// <summary>Up to where a peer has applied in a partition what this node writes; zero when that is not known.</summary>
    public Stamp AppliedBy(ushort node, ushort partition)
    {
        PeerHoldings peer = PeerOf(node);
        return peer.Applied is { } applied && peer.Holding!.Whole.Contains(partition)
            ? applied[_replica.Origin]
            : Stamp.Zero;
    }

    /// <summary>Whether a peer says that it has a complete copy of a partition.</summary>
    public bool IsHeldBy(ushort node, ushort partition) =>
        _peers.TryGetValue(node, out PeerHoldings? peer) && peer.Holds(partition);

    /// <summary>Whether what is here of a partition are copies of single keys: it is not held, and neither comes nor goes
    /// as a whole.</summary>
    public bool HasCopies(ushort partition) => IsPartial && !_holdings.IsHeld(partition) && !_wanted.Contains(partition) &&
        !_takeOver.Contains(partition) && !_handOver.Keeps(partition) && !_holdings.IsDropping(partition);

    /// <summary>How often a partition was dropped since the start.</summary>
    public int EraOf(ushort partition) => _handOver.EraOf(partition);

    /// <summary>What a comparison with a peer is about.</summary>
    public PeerPartitions With(ushort node) => new(PeerOf(node), this, _takeOver, _handOver, _holdings);

    public bool Takes(MessageKind kind) => kind == MessageKind.Holding;

    public void Follow(ClusterView view, long now)
    {
        _view = view;
        if (!IsPartial)
        {
            return;
        }

        foreach (ClusterMember member in view.Members.Where(m => !m.IsSelf))
        {
            ushort node = member.Origin.Node;
            PeerOf(node);
            if (member.State == MemberState.Left)
            {
                _leftAt.TryAdd(node, now);
            }
            else
            {
                _leftAt.Remove(node);
            }
        }

        PartitionSet wanted = OwnershipPlan.Wanted(view);
        foreach (ushort partition in PartitionSet.All.Members)
        {
            if (wanted.Contains(partition) != _wanted.Contains(partition))
            {
                _changedAt[partition] = now;
            }
        }

        _wanted = wanted;
        _takeOver.Follow(view);
        (_lookAt, _isStale) = (now, true);
    }

    public void Connect(ushort node, long now)
    {
        PeerOf(node).Connect();
        if (IsPartial)
        {
            _own.Tell(node);
        }

        _isStale = true;
    }

    public void Disconnect(ushort node)
    {
        PeerOf(node).Disconnect();
        _isStale = true;
    }

    public void Receive(ushort node, ReadOnlySpan<byte> message, long now)
    {
        var reader = new RecordReader(message);
        reader.ReadByte();
        PeerOf(node).Hear(HoldingMessage.Read(ref reader));
        _isStale = true;
    }

    /// <summary>A peer has said what it has applied.</summary>
    public void Hear(ushort node, StatusMessage status)
    {
        PeerHoldings peer = PeerOf(node);
        _isStale |= peer.Origin != status.Origin;
        peer.Hear(status);
    }

    /// <summary>Something happened that may leave holes.</summary>
    public void Doubt() => _isStale = true;

    /// <summary>Whether what a peer says it has applied goes with what it is known to hold.</summary>
    public bool IsUnderstood(ushort node) => PeerOf(node).Applied is not null;

    public void Tick(long now)
    {
        if (!IsPartial || _view is null || !IsSettled || now < _lookAt)
        {
            return;
        }

        _lookAt = now + _options.LookMilliseconds;
        if (!_hasBegun)
        {
            Begin(now);
        }

        ForgetLeft(now);
        if (!IsAtRest())
        {
            _isStale = true;
            _handOver.Look(_view, _peers);
            GiveUp(now);
            TakeIn(now);
            SetWants();
            Attach();
        }

        Refresh();
        if (now >= _tellAt)
        {
            TellAll(now);
        }
    }

    /// <summary>Looks at what this node holds and tells it, if that has changed: what is said next of what it has applied
    /// stands on it.</summary>
    public void Refresh()
    {
        if (!IsPartial || _view is null || !_isStale)
        {
            return;
        }

        _isStale = false;
        if (_own.Update(_peers.Values))
        {
            TellAll(_lookAt);
        }

        Volatile.Write(ref _holders, HolderMap.Of(Holding, _replica.Origin, _peers.Values, _view));
    }

    /// <summary>A node without data has complete copies of nothing.</summary>
    private void Begin(long now)
    {
        _hasBegun = true;
        if (_replica.Start == ReplicaStart.New)
        {
            _holdings.HoldNothing();
        }

        _handOver.Begin();
        _tellAt = now;
    }

    /// <summary>Whether this node has what it shall have, and nothing else.</summary>
    private bool IsAtRest() => _takeOver.Count == 0 && _handOver.Count == 0 && _wanted.Equals(_holdings.Held) &&
        _wanted.Equals(_holdings.Attached) && _wanted.Equals(Holding.Whole) && !_replica.Partitions.IsUneven;

    /// <summary>Who restarts leaves as well, and goes on where it was; the stream of who stays away is waited for no longer.
    /// </summary>
    private void ForgetLeft(long now)
    {
        foreach ((ushort node, long at) in _leftAt.ToArray())
        {
            if (now - at >= _options.DropMilliseconds)
            {
                _replica.Streams.Forget(node);
                _leftAt.Remove(node);
            }
        }
    }

    private void TakeIn(long now)
    {
        bool isJoining = _view!.Self.State == MemberState.Joining;
        foreach (ushort partition in _wanted.Members.Where(
            p => !_holdings.IsHeld(p) && !_takeOver.Contains(p) && !_holdings.IsDropping(p)))
        {
            if (isJoining || now - _changedAt[partition] >= _options.TakeOverMilliseconds)
            {
                _takeOver.Add(partition, now);
                _handOver.Forget(partition);
            }
        }

        // What came of a partition until the view changed goes as it would if it had all come.
        var abandoned = new List<ushort>();
        List<ushort> complete = _takeOver.TakeComplete(_wanted, _peers.Values, now, abandoned);
        PartitionSet attached = _holdings.Attached;
        _handOver.Add(abandoned.Where(partition => !attached.Contains(partition)));
        if (!_holdings.Hold(complete))
        {
            complete.ForEach(partition => _takeOver.Add(partition, now));
            return;
        }

        TakenOver += complete.Count;
    }

    private void GiveUp(long now)
    {
        if (_view!.Self.State is not (MemberState.Active or MemberState.Joining))
        {
            return;
        }

        PartitionSet attached = _holdings.Attached;
        ushort[] unwanted =
        [
            .. PartitionSet.All.Members.Where(partition => !_wanted.Contains(partition) && !_takeOver.Contains(partition) &&
                (_holdings.IsHeld(partition) ? MayGo(partition, now) : attached.Contains(partition))),
        ];
        if (unwanted.Length > 0 && _holdings.Detach(unwanted))
        {
            _handOver.Add(unwanted);
        }
    }

    /// <summary>Whether a partition that is held may be given up: its time has passed, all who shall keep it have it, and
    /// nothing is known here that may still come, unless nobody seems to be able to bring it.</summary>
    private bool MayGo(ushort partition, long now)
    {
        long overdue = now - _changedAt[partition] - _options.DropMilliseconds;
        return overdue >= 0 && _view!.Owners.Width > 0 && IsWithOwners(partition) &&
            (overdue >= _options.UntidyMilliseconds || _handOver.IsTidy(partition));
    }

    private bool IsWithOwners(ushort partition) =>
        OwnershipPlan.OtherOwners(_view!, partition).All(owner => PeerOf(owner).Holds(partition));

    private void Attach()
    {
        PartitionSet attached = _holdings.Attached;
        foreach (ushort partition in _holdings.Held.Members.Where(p => !attached.Contains(p)))
        {
            _holdings.TryAttach(partition);
        }
    }

    private void SetWants()
    {
        PartitionSet attached = _holdings.Attached;
        Wants.Set(PartitionSet.Where(partition =>
            attached.Contains(partition) || _holdings.IsHeld(partition) || _takeOver.Contains(partition)));
    }

    private void TellAll(long now)
    {
        _tellAt = now + _options.TellMilliseconds;
        foreach (PeerHoldings peer in _peers.Values.Where(peer => peer.IsConnected))
        {
            _own.Tell(peer.Node);
        }
    }

    private PeerHoldings PeerOf(ushort node)
    {
        if (!_peers.TryGetValue(node, out PeerHoldings? peer))
        {
            peer = new PeerHoldings(node, IsPartial);
            _peers.Add(node, peer);
        }

        return peer;
    }
}
