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
    private readonly Queue<Outgoing> _outbox;
    private readonly IPartitionHoldings _holdings;
    private readonly SortedDictionary<ushort, PeerHoldings> _peers = [];
    private readonly TakeOver _takeOver;
    private readonly HandOver _handOver;
    private readonly RecordWriter _message = new();
    private readonly long[] _changedAt = new long[Limits.Partitions];
    private ClusterView? _view;
    private PartitionSet _wanted = PartitionSet.None;
    private Holding _told = Holding.Everything;
    private HolderMap _holders;
    private bool _hasBegun;
    private bool _isStale = true;
    private long _lookAt;
    private long _tellAt;

    public PartitionKeeper(IReplica replica, OwnershipOptions options, Queue<Outgoing> outbox)
    {
        (_replica, _options, _outbox) = (replica, options, outbox);
        _holdings = replica.Holdings;
        _holders = options.IsPartial ? HolderMap.Unknown : HolderMap.Everything;
        _takeOver = new TakeOver(replica, options);
        _handOver = new HandOver(replica);
        if (options.IsPartial)
        {
            SetWants();
        }
    }

    /// <summary>Whether it is known who the members are; until then nothing changes hands.</summary>
    public bool IsSettled { get; set; }

    public bool IsPartial => _options.IsPartial;

    /// <summary>What streams shall bring.</summary>
    public WantedPartitions Wants { get; } = new();

    /// <summary>The version of what this node says it holds.</summary>
    public uint Version { get; private set; } = 1;

    /// <summary>Who holds what; any thread may read it.</summary>
    public HolderMap Holders => Volatile.Read(ref _holders);

    /// <summary>Partitions this node shall keep.</summary>
    public PartitionSet Wanted => _wanted;

    /// <summary>What this node has.</summary>
    public Holding Holding => _told;

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

    /// <summary>What a comparison with a peer is about.</summary>
    public PeerPartitions With(ushort node) => new(node, this);

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
            PeerOf(member.Origin.Node);
            if (member.State == MemberState.Left)
            {
                _replica.Streams.Forget(member.Origin.Node);
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
        Tell(node);
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
    public bool IsUnderstood(ushort node) => !IsPartial || PeerOf(node).Applied is not null;

    public void Tick(long now)
    {
        if (!IsPartial || _view is null || !IsSettled || now < _lookAt)
        {
            return;
        }

        _lookAt = now + _options.LookMilliseconds;
        _isStale = true;
        if (!_hasBegun)
        {
            Begin(now);
        }

        _handOver.Look(_view, _peers);
        GiveUp(now);
        TakeIn(now);
        SetWants();
        Attach();
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

        PartitionSet attached = _holdings.Attached;
        Origin[] writers = [.. _peers.Values.Where(peer => peer is { IsConnected: true, Origin: not null }).Select(peer => peer.Origin!.Value)];
        PartitionSet held = _holdings.Held;
        bool isEven = !_replica.Partitions.IsUneven;
        var holding = new Holding(
            held,
            PartitionSet.Where(partition => held.Contains(partition) || _handOver.Keeps(partition)),
            PartitionSet.Where(partition => held.Contains(partition) &&
                ((isEven && attached.Contains(partition)) || _holdings.IsWhole(partition, writers))),
            PartitionSet.Where(partition => held.Contains(partition) && attached.Contains(partition)));
        if (!IsSame(holding, _told))
        {
            _told = holding;
            Version++;
            TellAll(_lookAt);
        }

        Volatile.Write(ref _holders, MapHolders());
    }

    // ---- what comparisons ask -----------------------------------------------------------------------------------

    /// <summary>Whether a peer's copy of a partition is compared with this node's.</summary>
    public bool IsShared(ushort node, ushort partition)
    {
        if (!IsPartial)
        {
            return true;
        }

        PeerHoldings peer = PeerOf(node);
        return _holdings.IsHeld(partition)
            ? peer.Keeps(partition)
            : _takeOver.DonorOf(partition) == node;
    }

    /// <summary>Whether this node answers a peer's questions about a partition.</summary>
    public bool Serves(ushort partition) => !IsPartial || _told.Kept.Contains(partition);

    /// <summary>Whether a partition is not complete without a peer.</summary>
    public bool IsUrgent(ushort partition) => IsPartial && _takeOver.Contains(partition);

    /// <summary>Whether a hole is open before what streams bring of a partition.</summary>
    public bool IsHollow(ushort partition) => IsPartial &&
        (_takeOver.Contains(partition) ? !_takeOver.IsWhole(partition, _peers.Values) : !_told.Whole.Contains(partition));

    /// <summary>How often a partition was dropped since the start.</summary>
    public int EraOf(ushort partition) => _handOver.EraOf(partition);

    /// <summary>A partition was found to be like a peer's, or was made so.</summary>
    public void Agree(ushort node, ushort partition)
    {
        if (PeerOf(node).Holds(partition))
        {
            _takeOver.Compared(partition);
        }
    }

    /// <summary>A peer that compared a partition with this node's found it the same.</summary>
    public void Confirm(ushort node, ushort partition)
    {
        if (IsPartial && PeerOf(node).Holds(partition))
        {
            _handOver.Confirm(node, partition);
        }
    }

    // ---- steps ---------------------------------------------------------------------------------------------------

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

    private void TakeIn(long now)
    {
        bool isJoining = _view!.Self.State == MemberState.Joining;
        foreach (ushort partition in _wanted.Members.Where(p => !_holdings.IsHeld(p) && !_takeOver.Contains(p)))
        {
            if (isJoining || now - _changedAt[partition] >= _options.TakeOverMilliseconds)
            {
                _takeOver.Add(partition, now);
                _handOver.Forget(partition);
            }
        }

        List<ushort> complete = _takeOver.TakeComplete(_wanted, _peers.Values, now);
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

    /// <summary>Whether a partition that is held may be given up: its time has passed, and all who shall keep it have it.
    /// </summary>
    private bool MayGo(ushort partition, long now) =>
        now - _changedAt[partition] >= _options.DropMilliseconds && _view!.Owners.Width > 0 && IsWithOwners(partition) && _handOver.IsTidy(partition);

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

    private HolderMap MapHolders()
    {
        // Who was never heard of holds back what all have in common anyway, until it is given up.
        PeerHoldings[] peers = [.. _peers.Values.Where(peer => peer.IsConnected || peer.Holding is not null)];
        if (Array.Exists(peers, peer => peer.Holding is null))
        {
            return HolderMap.Unknown;
        }

        var writers = new Dictionary<Origin, PartitionSet> { [_replica.Origin] = _told.Held };
        foreach (PeerHoldings peer in peers)
        {
            if ((peer.Origin ?? _view!.Find(peer.Node)?.Origin) is { } origin)
            {
                writers[origin] = peer.Holding!.Held;
            }
        }

        return new HolderMap(
            PartitionSet.Where(partition => _told.Whole.Contains(partition) && Array.TrueForAll(
                peers, peer => !peer.Holding!.Held.Contains(partition) || peer.Holding.Whole.Contains(partition))),
            PartitionSet.Where(partition => _told.Attached.Contains(partition) && Array.TrueForAll(
                peers, peer => !peer.Holding!.Held.Contains(partition) || peer.Holding.Attached.Contains(partition))),
            writers);
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
            Tell(peer.Node);
        }
    }

    private void Tell(ushort node)
    {
        if (IsPartial)
        {
            _message.Clear();
            new HoldingMessage(Version, _told).Write(_message);
            _outbox.Enqueue(new Outgoing(node, Lane.Prompt, _message.Written.ToArray()));
        }
    }

    private PeerHoldings PeerOf(ushort node)
    {
        if (!_peers.TryGetValue(node, out PeerHoldings? peer))
        {
            peer = new PeerHoldings(node);
            _peers.Add(node, peer);
        }

        return peer;
    }

    private static bool IsSame(Holding left, Holding right) => left.Held.Equals(right.Held) &&
        left.Kept.Equals(right.Kept) && left.Whole.Equals(right.Whole) && left.Attached.Equals(right.Attached);
}
