using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Cluster.Gossip.Ownership;

/// <summary>
/// Partitions that were given up and are still here. One goes when every owner has it all: the owner has applied what is
/// applied here, or it compared and found the same.
/// </summary>
internal sealed class HandOver(IReplica replica)
{
    private readonly IPartitionHoldings _holdings = replica.Holdings;
    private readonly LeftOver?[] _leftOver = new LeftOver?[Limits.Partitions];
    private readonly int[] _eras = new int[Limits.Partitions];
    private readonly ulong[] _sums = new ulong[Limits.DigestBuckets];

    /// <summary>Partitions dropped since the start.</summary>
    public long Dropped { get; private set; }

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
            replica.Partitions.AppliedIn(partition).Count > 0));
    }

    public void Add(IEnumerable<ushort> partitions)
    {
        foreach (ushort partition in partitions)
        {
            _leftOver[partition] = new LeftOver();
        }
    }

    /// <summary>A partition is taken over again.</summary>
    public void Forget(ushort partition) => _leftOver[partition] = null;

    /// <summary>An owner compared a partition with this node's and found the same.</summary>
    public void Confirm(ushort node, ushort partition)
    {
        if (_leftOver[partition] is { } leftOver)
        {
            leftOver.SameAs[node] = replica.Partitions.VersionOf(partition);
        }
    }

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
        var done = new List<ushort>();
        Stamp written = Stamp.Latest;
        for (ushort partition = 0; partition < _leftOver.Length; partition++)
        {
            if (_leftOver[partition] is not { } leftOver)
            {
                continue;
            }

            leftOver.Applied ??= Capture(partition);
            if (leftOver.Applied is { } applied && OwnersOf(view, peers, partition) is { Length: > 0 } owners &&
                Array.TrueForAll(owners, owner => Has(owner, partition, leftOver, applied)))
            {
                done.Add(partition);
                written = applied[replica.Origin] is var own && own < written ? own : written;
            }
        }

        if (done.Count > 0 && _holdings.Drop(done, written))
        {
            done.ForEach(Forget);
            done.ForEach(partition => _eras[partition]++);
            Dropped += done.Count;
        }
    }

    /// <summary>What an owner must have: all that is applied here now, when nothing is here beyond it.</summary>
    private VersionVector? Capture(ushort partition) =>
        replica.Partitions.Read(partition, _sums) is { IsTidy: true } context ? context.Applied : null;

    private bool Has(PeerHoldings? owner, ushort partition, LeftOver leftOver, VersionVector applied) =>
        owner is not null && owner.Holds(partition) &&
        (owner.Covers(partition, applied) ||
            (leftOver.SameAs.TryGetValue(owner.Node, out long version) && version == replica.Partitions.VersionOf(partition)));

    private static PeerHoldings?[] OwnersOf(ClusterView view, IReadOnlyDictionary<ushort, PeerHoldings> peers, ushort partition) =>
        [.. OwnershipPlan.OtherOwners(view, partition).Select(node => peers.GetValueOrDefault(node))];

    private sealed class LeftOver
    {
        /// <summary>What is applied here; null until it is known.</summary>
        public VersionVector? Applied { get; set; }

        /// <summary>The owners that found the same, and the version of the digest they found.</summary>
        public Dictionary<ushort, long> SameAs { get; } = [];
    }
}
