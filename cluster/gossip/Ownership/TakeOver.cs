using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;

namespace Marekvs.Cluster.Gossip.Ownership;

/// <summary>The partitions this node is bringing in.</summary>
internal sealed class TakeOver(IReplica replica, OwnershipOptions options)
{
    private readonly Entering?[] _entering = new Entering?[Limits.Partitions];
    private ClusterView? _view;
    private HashSet<ushort> _serving = [];

    public int Count { get; private set; }

    public bool Contains(ushort partition) => _entering[partition] is not null;

    public void Follow(ClusterView view)
    {
        _view = view;
        _serving = [.. view.Members.Where(m => m.State is MemberState.Active or MemberState.Leaving).Select(m => m.Origin.Node)];
    }

    public void Add(ushort partition, long now)
    {
        Count += _entering[partition] is null ? 1 : 0;
        _entering[partition] = new Entering(now);
    }

    /// <summary>A partition was found to be like a holder's, or was made so.</summary>
    public void Compared(ushort partition)
    {
        if (_entering[partition] is { } entering)
        {
            entering.IsCompared = true;
        }
    }

    /// <summary>The peer to bring a partition from: each of those that hold it gets its share, and another is asked when one
    /// takes too long.</summary>
    /// <returns>Its number; 0 when there is none.</returns>
    public ushort DonorOf(ushort partition) => _entering[partition]?.Donor ?? 0;

    /// <summary>Whether everything counts that the streams of connected peers bring of a partition.</summary>
    public bool IsWhole(ushort partition, IEnumerable<PeerHoldings> peers)
    {
        PeerHoldings[] connected = [.. peers.Where(peer => peer.IsConnected)];
        return connected.All(peer => peer.Origin is not null) &&
            replica.Holdings.IsWhole(partition, connected.Select(peer => peer.Origin!.Value));
    }

    /// <summary>Takes out what is complete, and what is no longer wanted.</summary>
    /// <param name="wanted">What is.</param>
    /// <param name="peers">Who may have it.</param>
    /// <param name="now">Milliseconds.</param>
    /// <param name="abandoned">Receives what is not, as far as it has come.</param>
    /// <returns>What is complete.</returns>
    public List<ushort> TakeComplete(
        PartitionSet wanted, IReadOnlyCollection<PeerHoldings> peers, long now, List<ushort> abandoned)
    {
        var complete = new List<ushort>();
        for (ushort partition = 0; partition < _entering.Length && Count > 0; partition++)
        {
            if (_entering[partition] is not { } entering)
            {
                continue;
            }

            ushort[] donors = DonorsOf(partition, peers);
            long attempts = (now - entering.Since) / options.DonorMilliseconds;
            entering.Donor = donors.Length == 0 ? (ushort)0 : donors[(partition + attempts) % donors.Length];
            bool isComplete = donors.Length > 0
                ? IsComplete(partition, entering, peers, now)
                : IsNobodys(entering, peers, now);
            if (isComplete || !wanted.Contains(partition))
            {
                _entering[partition] = null;
                Count--;
                (isComplete ? complete : abandoned).Add(partition);
            }
        }

        return complete;
    }

    private bool IsComplete(ushort partition, Entering entering, IReadOnlyCollection<PeerHoldings> peers, long now)
    {
        if (!entering.IsCompared)
        {
            return false;
        }

        entering.ComparedAt = entering.ComparedAt < 0 ? now : entering.ComparedAt;
        return IsWhole(partition, peers) || now - entering.ComparedAt >= options.HoleMilliseconds;
    }

    /// <summary>Why partitions are not here yet, for people.</summary>
    public string Describe(IReadOnlyCollection<PeerHoldings> peers) => string.Join("; ",
        PartitionSet.All.Members.Where(Contains).Take(3).Select(partition =>
        {
            IEnumerable<string> holes = peers.Where(peer => peer.IsConnected).Select(peer =>
                $"{peer.Node}: holds {peer.Holds(partition)} " +
                $"whole {peer.Origin is { } origin && replica.Holdings.IsWhole(partition, [origin])}");
            return $"{partition} from {DonorOf(partition)}, compared {_entering[partition]!.IsCompared}: {string.Join(", ", holes)}";
        }));

    /// <summary>Nobody who can be asked has it. Whoever may have it and cannot be asked is waited for, but not for ever.
    /// </summary>
    private bool IsNobodys(Entering entering, IReadOnlyCollection<PeerHoldings> peers, long now) =>
        now - entering.Since >= options.UnreachedMilliseconds ||
        _view!.Members
            .Where(m => !m.IsSelf && (m.State is MemberState.Active or MemberState.Leaving or MemberState.Joining))
            .All(m => peers.Any(peer => peer.Node == m.Origin.Node && peer is { IsConnected: true, Holding: not null }));

    /// <summary>Who serves is up to date; of those who do not, all that hold a partition are as good.</summary>
    private ushort[] DonorsOf(ushort partition, IEnumerable<PeerHoldings> peers)
    {
        ushort[] holders = [.. peers.Where(peer => peer.Holds(partition)).Select(peer => peer.Node)];
        ushort[] serving = [.. holders.Where(_serving.Contains)];
        return serving.Length > 0 ? serving : holders;
    }

    private sealed class Entering(long since)
    {
        public long Since => since;

        public ushort Donor { get; set; }

        public bool IsCompared { get; set; }

        public long ComparedAt { get; set; } = -1;
    }
}
