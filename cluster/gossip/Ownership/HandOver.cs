using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Cluster.Gossip.Ownership;

/// <summary>
/// Partitions that were given up and are still here. One goes when every owner has it all: the owner has applied what is
/// applied here, or it compared and found the same, or joined what was not the same.
/// </summary>
internal sealed class HandOver(IReplica replica)
{
    private readonly IPartitionHoldings _holdings = replica.Holdings;
    private readonly LeftOver?[] _leftOver = new LeftOver?[Limits.Partitions];
    private readonly int[] _eras = new int[Limits.Partitions];
    private readonly ulong[] _sums = new ulong[Limits.DigestBuckets];

    /// <summary>Partitions dropped since the start.</summary>
    public long Dropped { get; private set; }

    /// <summary>Partitions that wait for their owners.</summary>
    public int Count { get; private set; }

    /// <summary>Whether this node has a copy of a partition that waits for its owners.</summary>
    public bool Keeps(ushort partition) => _leftOver[partition] is not null;

    /// <summary>How often a partition was dropped since the start.</summary>
    public int EraOf(ushort partition) => _eras[partition];

    /// <summary>Whether nothing is known of a partition that its applied vector does not cover.</summary>
    public bool IsTidy(ushort partition) => replica.Partitions.Read(partition, _sums).IsTidy;

    /// <summary>The node starts: what it was handing over it goes on with.</summary>
    public void Begin()
    {
        PartitionSet attached = _holdings.Attached;
        Add(PartitionSet.All.Members.Where(partition => !attached.Contains(partition) && !_holdings.IsHeld(partition) &&
            !_holdings.IsDropping(partition) &&
            (replica.Partitions.AppliedIn(partition).Count > 0 || _holdings.KeysIn(partition) > 0)));
    }

    public void Add(IEnumerable<ushort> partitions)
    {
        foreach (ushort partition in partitions)
        {
            Count += _leftOver[partition] is null ? 1 : 0;
            _leftOver[partition] = new LeftOver { Applied = Capture(partition) };
        }
    }

    /// <summary>A partition is taken over again.</summary>
    public void Forget(ushort partition)
    {
        Count -= _leftOver[partition] is null ? 0 : 1;
        _leftOver[partition] = null;
    }

    /// <summary>An owner has all there was of a partition when its digest had a version.</summary>
    public void Confirm(ushort node, ushort partition, long version)
    {
        if (_leftOver[partition] is { } leftOver)
        {
            leftOver.With[node] = version;
        }
    }

    /// <summary>Whether an owner is known to have all there was of a partition when its digest had a version.</summary>
    public bool IsConfirmed(ushort node, ushort partition, long version) =>
        _leftOver[partition] is { } leftOver && leftOver.With.TryGetValue(node, out long with) && with == version;

    /// <summary>Drops what all owners have.</summary>
    public void Look(ClusterView view, IReadOnlyDictionary<ushort, PeerHoldings> peers)
    {
        if (view.Self.State is not (MemberState.Active or MemberState.Joining) || view.Owners.Width == 0)
        {
            return;
        }

        Drop(view, peers);
    }

    private void Drop(ClusterView view, IReadOnlyDictionary<ushort, PeerHoldings> peers)
    {
        // Read before the versions: what is stamped up to here is in the digests.
        Stamp now = replica.Applied[replica.Origin];
        for (ushort partition = 0; partition < _leftOver.Length && Count > 0; partition++)
        {
            if (_leftOver[partition] is not { } leftOver)
            {
                continue;
            }

            leftOver.Applied ??= Capture(partition);
            PeerHoldings?[] owners = OwnersOf(view, peers, partition);
            if (owners.Length == 0 || !Array.TrueForAll(owners, owner => Has(owner, partition, leftOver)))
            {
                continue;
            }

            bool isAllWith = Array.TrueForAll(owners, owner => IsWith(owner!, partition));
            if (_holdings.Drop([partition], isAllWith ? now : leftOver.Applied![replica.Origin]))
            {
                Forget(partition);
                _eras[partition]++;
                Dropped++;
            }
        }
    }

    /// <summary>Why partitions are still here, for people.</summary>
    public string Describe(ClusterView view, IReadOnlyDictionary<ushort, PeerHoldings> peers) => string.Join("; ",
        PartitionSet.All.Members.Where(Keeps).Take(3).Select(partition =>
        {
            LeftOver leftOver = _leftOver[partition]!;
            IEnumerable<string> owners = OwnersOf(view, peers, partition).Select(owner => owner is null ? "?" :
                $"{owner.Node}: holds {owner.Holds(partition)} covers {leftOver.Applied is { } a && owner.Covers(partition, a)} " +
                $"with {leftOver.With.GetValueOrDefault(owner.Node, -1)}");
            return $"{partition} at {replica.Partitions.VersionOf(partition)}, tidy {leftOver.Applied is not null}: {string.Join(", ", owners)}";
        }));

    /// <summary>What an owner must have: all that is applied here now, when nothing is here beyond it.</summary>
    private VersionVector? Capture(ushort partition) =>
        replica.Partitions.Read(partition, _sums) is { IsTidy: true } context ? context.Applied : null;

    private bool Has(PeerHoldings? owner, ushort partition, LeftOver leftOver) =>
        owner is not null && owner.Holds(partition) &&
        (IsWith(owner, partition) || (leftOver.Applied is { } applied && owner.Covers(partition, applied)));

    private bool IsWith(PeerHoldings owner, ushort partition) =>
        IsConfirmed(owner.Node, partition, replica.Partitions.VersionOf(partition));

    private static PeerHoldings?[] OwnersOf(ClusterView view, IReadOnlyDictionary<ushort, PeerHoldings> peers, ushort partition) =>
        [.. OwnershipPlan.OtherOwners(view, partition).Select(node => peers.GetValueOrDefault(node))];

    private sealed class LeftOver
    {
        /// <summary>What is applied here, as far as streams brought it; null until nothing is here beyond it.</summary>
        public VersionVector? Applied { get; set; }

        /// <summary>The owners that have what was here when the digest had a version.</summary>
        public Dictionary<ushort, long> With { get; } = [];
    }
}
