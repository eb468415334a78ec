using System.Globalization;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Cluster.Gossip.Ownership;
using Marekvs.Cluster.Gossip.Placement;
using Marekvs.Cluster.Gossip.Transport;

namespace Marekvs.Simulation.Tests.Ownership;

/// <summary>
/// A cluster in which every node keeps only what it owns, while nodes join, leave, die and come back: everybody sees the
/// members alike, a while after the fact.
/// </summary>
internal sealed class MovingCluster : IDisposable
{
    private const long StartMilliseconds = 1_735_689_600_000;
    private const int StepMilliseconds = 5;
    private const long DownAfter = 1000;

    private readonly Random _random;
    private readonly SimulationOptions _options;
    private readonly SimulatedNetwork _network;
    private readonly List<Member> _members = [];
    private readonly List<string> _trace = [];
    private long _number;
    private string _seen = "";

    public MovingCluster(int seed, int replicas, OwnershipOptions? ownership = null)
    {
        _random = new Random(seed);
        _network = new SimulatedNetwork(_random);
        Replicas = replicas;
        bool isTiny = _random.Next(3) == 0;
        _options = new SimulationOptions
        {
            SegmentBytes = 16 * 1024,
            RetainBytes = isTiny ? 0 : 1L << 30,
            Ownership = ownership ?? new OwnershipOptions
            {
                IsPartial = true,
                TakeOverMilliseconds = 200,
                DropMilliseconds = 1000,
                DonorMilliseconds = 4000,
                UnreachedMilliseconds = 6000,
                UntidyMilliseconds = 5000,
            },
        };
    }

    public int Replicas { get; }

    public long Now { get; private set; } = StartMilliseconds;

    public IReadOnlyList<string> History => _trace;

    public ClusterView View { get; private set; } = null!;

    /// <summary>Nodes that serve.</summary>
    public IEnumerable<SimulatedNode> Serving => _members
        .Where(m => m.Node.IsUp && m.State is MemberState.Active or MemberState.Leaving).Select(m => m.Node);

    public IEnumerable<SimulatedNode> Active => _members.Where(m => m.Node.IsUp && m.State == MemberState.Active).Select(m => m.Node);

    /// <summary>Whether some node is on its way in or out, or down.</summary>
    public bool IsOnTheMove => _members.Exists(m =>
        m.State is MemberState.Joining or MemberState.Leaving || (m.State == MemberState.Active && !m.Node.IsUp && !m.IsLost) ||
        (m.State == MemberState.Left && m.UpAt < long.MaxValue));

    public SimulatedNetwork Network => _network;

    /// <summary>Who is still on the move, and why.</summary>
    public string DescribeMoves() => string.Join("; ", _members.Where(m => m.State is MemberState.Joining or MemberState.Leaving)
        .Select(m => $"{m.Node} is {m.State}, up {m.Node.IsUp}, caught up {m.CatchUp?.IsDone}, has {m.Node.IsUp && m.Node.Keeper.HasAll}, " +
            $"may go {m.Node.IsUp && m.Node.Keeper.IsHandedOver}: {(m.Node.IsUp ? m.Node.Keeper.Missing : "")}"));

    public SimulatedNode Add()
    {
        var node = new SimulatedNode((ushort)(_members.Count + 1), _options, _random, Now);
        var member = new Member(node);
        _members.Add(member);
        Start(member);
        return node;
    }

    /// <summary>A node leaves in good order.</summary>
    /// <param name="node">The node.</param>
    /// <param name="backAfter">How long after that it starts again; null for never.</param>
    public void Leave(SimulatedNode node, long? backAfter = null)
    {
        Trace($"{node} leaves");
        Member member = Of(node);
        (member.State, member.BackAfter) = (MemberState.Leaving, backAfter);
    }

    /// <summary>Kills a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="backAfter">When it starts again; null for never, and its disk is gone as well.</param>
    public void Kill(SimulatedNode node, long? backAfter)
    {
        Trace(backAfter is null ? $"{node} is lost" : $"kill {node}");
        node.Crash(losesTail: false);
        Member member = Of(node);
        member.DownAt = Now;
        member.UpAt = backAfter is { } after ? Now + after : long.MaxValue;
        member.IsLost = backAfter is null;
    }

    /// <summary>A node that serves and holds the partition of a key; null when there is none.</summary>
    public SimulatedNode? HolderOf(string key)
    {
        ushort partition = PartitionOf(key);
        SimulatedNode[] holders = [.. Serving.Where(node => node.Replica.Holdings.IsHeld(partition))];
        return holders.Length == 0 ? null : holders[_random.Next(holders.Length)];
    }

    public static ushort PartitionOf(string key) => KeyAddress.PartitionOf(System.Text.Encoding.Latin1.GetBytes(key));

    public void Step()
    {
        Now += StepMilliseconds;
        SimulatedNode[] nodes = [.. _members.Select(m => m.Node)];
        foreach (SimulatedNode node in nodes)
        {
            node.Time.Advance(TimeSpan.FromMilliseconds(StepMilliseconds));
        }

        foreach (Member member in _members.Where(m => !m.Node.IsUp && m.UpAt <= Now))
        {
            member.State = MemberState.Joining;
            Start(member);
        }

        _network.Update(nodes, Now);
        _network.Deliver(nodes.ToDictionary(node => node.Number), Now);
        foreach (SimulatedNode node in nodes.Where(node => node.IsUp))
        {
            node.Tick(Now);
            _network.Collect(node, Now);
        }

        if (Now % 50 == 0)
        {
            GoOn();
        }
    }

    public void Run(long milliseconds)
    {
        for (long until = Now + milliseconds; Now < until;)
        {
            Step();
        }
    }

    /// <summary>Waits until something holds.</summary>
    /// <returns>Whether it did in time.</returns>
    public bool RunUntil(Func<bool> holds, long most)
    {
        for (long until = Now + most; Now < until;)
        {
            Step();
            if (Now % 100 == 0 && holds())
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether every partition is on its owners and nowhere else, and the same on all of them.</summary>
    /// <returns>Null, or what is not so.</returns>
    public string? FindMisplaced()
    {
        foreach (SimulatedNode node in Active)
        {
            Holding holding = node.Keeper.Holding;
            PartitionSet owned = PartitionSet.Where(partition => View.Owners.Owns(partition, node.Number));
            if (!holding.Held.Equals(owned) || !holding.Kept.Equals(owned))
            {
                return $"{node} owns {owned.Count} partitions, holds {holding.Held.Count} and keeps {holding.Kept.Count}: {node.Keeper.LeftOver}";
            }
        }

        foreach (ushort partition in PartitionSet.All.Members)
        {
            SimulatedNode[] owners = [.. Active.Where(node => View.Owners.Owns(partition, node.Number))];
            ulong root = owners[0].Replica.Partitions.RootOf(partition);
            if (owners.Any(node => node.Replica.Partitions.RootOf(partition) != root))
            {
                return $"the owners of {partition} differ";
            }

            if (Active.Except(owners).FirstOrDefault(node => node.Replica.Holdings.KeysIn(partition) > 0) is { } other)
            {
                return $"{other} has keys of {partition}, which it does not own";
            }
        }

        return null;
    }

    /// <summary>Whether every partition has as many complete copies as it should, and all journals are taken in.</summary>
    public bool IsSafe()
    {
        SimulatedNode[] active = [.. Active];
        int least = Math.Min(Replicas, active.Length);
        return PartitionSet.All.Members.All(p => active.Count(node => node.Replica.Holdings.IsHeld(p)) >= least) &&
            active.All(node => node.Replicator.Sessions.All(s => !s.IsConnected || (s.Sender.IsStreaming && s.Sender.Lag <= 0)));
    }

    public void Trace(string line) =>
        _trace.Add(string.Create(CultureInfo.InvariantCulture, $"{Now - StartMilliseconds,6} {line}"));

    public void Dispose() => _members.ForEach(member => member.Node.Dispose());

    private Member Of(SimulatedNode node) => _members.Find(member => member.Node == node)!;

    private void Start(Member member)
    {
        // It is not up yet, and not taken for down either.
        member.DownAt = Now;
        View = ViewOf(null);
        member.Node.Start(ViewOf(member), Now);
        member.CatchUp = new CatchUp(member.Node.Replica, member.Node.Keeper);
        Trace($"{member.Node} starts as {member.Node.Keyspace.Origin}");
    }

    /// <summary>Members enter the next part of their lives, and everybody is told.</summary>
    private void GoOn()
    {
        foreach (Member member in _members.Where(member => member.Node.IsUp))
        {
            SimulatedNode node = member.Node;
            member.CatchUp!.Look(ViewOf(member), node.Replicator.Sessions, Now);
            if (member.State == MemberState.Joining && member.CatchUp.IsDone)
            {
                Trace($"{node} is active");
                member.State = MemberState.Active;
            }
            else if (member.State == MemberState.Leaving && node.Keeper.IsHandedOver &&
                node.Replicator.Sessions.All(s => !s.IsConnected || (s.Sender.IsStreaming && s.Sender.Lag <= 0)))
            {
                Trace($"{node} has left");
                member.State = MemberState.Left;
                member.UpAt = member.BackAfter is { } after ? Now + after : long.MaxValue;
                node.Stop();
            }
        }

        string seen = string.Join(' ', _members.Select(member => $"{StateOf(member)}{member.Node.Life}"));
        if (seen == _seen)
        {
            return;
        }

        _seen = seen;
        _number++;
        View = ViewOf(null);
        foreach (Member member in _members.Where(member => member.Node.IsUp))
        {
            member.Node.Conversations.Follow(ViewOf(member), Now);
        }
    }

    private MemberState StateOf(Member member) =>
        member.State != MemberState.Left && !member.Node.IsUp && Now - member.DownAt >= DownAfter ? MemberState.Down : member.State;

    private ClusterView ViewOf(Member? self)
    {
        PlacementNode[] nodes(params MemberState[] states) =>
            [.. _members.Where(m => states.Contains(StateOf(m))).Select(m => new PlacementNode(m.Node.Number, ""))];
        PlacementNode[] holding = nodes(MemberState.Active, MemberState.Leaving);
        PlacementNode[] active = nodes(MemberState.Active);
        return new ClusterView(
            _number + 1,
            [.. _members.Select(m => new ClusterMember(new Origin(m.Node.Number, 1), m == self, StateOf(m)))],
            Replicas,
            Rendezvous.Place(active.Length == 0 ? holding : active, Replicas),
            Rendezvous.Place(holding, Replicas));
    }

    private sealed class Member(SimulatedNode node)
    {
        public SimulatedNode Node => node;

        public MemberState State { get; set; } = MemberState.Joining;

        public CatchUp? CatchUp { get; set; }

        public long DownAt { get; set; }

        public long UpAt { get; set; }

        public long? BackAfter { get; set; }

        public bool IsLost { get; set; }
    }
}
