using System.Globalization;
using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Simulation.Tests;

/// <summary>Nodes and the network between them on one thread, in virtual time.</summary>
internal sealed class SimulatedCluster : IDisposable
{
    public const long StartMilliseconds = 1_735_689_600_000;

    private const int StepMilliseconds = 10;
    private const int DriftMax = 5;

    private readonly SimulationOptions _options;
    private readonly Random _random;
    private readonly List<SimulatedNode> _all = [];
    private readonly List<string> _trace = [];
    private readonly Dictionary<ushort, SimulatedNode> _byNumber = [];

    public SimulatedCluster(SimulationOptions options, Random random)
    {
        (_options, _random) = (options, random);
        Trace($"{options.Nodes} nodes, given up after {options.Replication.EvictMilliseconds} ms, journal kept: {options.RetainBytes > 0}");
        Network = new SimulatedNetwork(random);
        for (int i = 0; i < options.Nodes; i++)
        {
            Add();
        }

        Nodes.ForEach(Start);
    }

    public SimulatedNetwork Network { get; }

    /// <summary>The members.</summary>
    public List<SimulatedNode> Nodes { get; } = [];

    public IEnumerable<SimulatedNode> Up => Nodes.Where(node => node.IsUp);

    public long Now { get; private set; } = StartMilliseconds;

    public IReadOnlyList<string> History => _trace;

    public void Start(SimulatedNode node)
    {
        node.Start(Others(node), Now);
        Trace($"{node} starts as {node.Keyspace.Origin}");
    }

    /// <summary>A node that nobody has seen before joins.</summary>
    public void Join()
    {
        SimulatedNode node = Add();
        Start(node);
        FollowAll();
    }

    /// <summary>A node is gone for good.</summary>
    public void Leave(SimulatedNode node)
    {
        Trace($"{node} has left");
        node.Stop();
        Nodes.Remove(node);
        Network.Forget(node, Nodes);
        FollowAll();
    }

    public void Step()
    {
        Now += StepMilliseconds;
        Nodes.ForEach(node => node.Advance(StepMilliseconds));
        Network.Update(Nodes, Now);
        Network.Deliver(_byNumber, Now);
        foreach (SimulatedNode node in Nodes)
        {
            if (node.IsUp)
            {
                node.Tick(Now);
                Network.Collect(node, Now);
            }
        }
    }

    public void Run(long milliseconds)
    {
        for (long until = Now + milliseconds; Now < until;)
        {
            Step();
        }
    }

    /// <summary>Goes on until something holds.</summary>
    /// <returns>Whether it did in time.</returns>
    public bool RunUntil(Func<bool> holds, long most)
    {
        for (long until = Now + most; Now < until;)
        {
            if (holds())
            {
                return true;
            }

            Run(50);
        }

        return holds();
    }

    /// <summary>Everything works again.</summary>
    public void Heal()
    {
        Trace("everything works again");
        Network.HealAll();
        Network.Loss = Network.Duplication = 0;
        Network.DelayMax = 5;
        Nodes.Where(node => !node.IsUp).ToList().ForEach(Start);
    }

    public bool HasEqualDigests()
    {
        ulong[]? first = Up.FirstOrDefault()?.Roots();
        return Up.All(node => node.Roots().AsSpan().SequenceEqual(first));
    }

    public void Trace(string line) =>
        _trace.Add(string.Create(CultureInfo.InvariantCulture, $"{Now - StartMilliseconds,6} {line}"));

    /// <summary>Adds to the trace where everybody is.</summary>
    public void TraceState()
    {
        static string written(VersionVector vector) => string.Join(' ', vector.Entries.Select(
            entry => $"{entry.Key}@{entry.Value.UnixMilliseconds - StartMilliseconds}.{entry.Value.Value & 0xFFFF}"));
        foreach (SimulatedNode node in Up)
        {
            long stable = node.Replicator.Stability.Stable.UnixMilliseconds - StartMilliseconds;
            Trace($"{node} {node.Keyspace.Origin} applied {written(node.Replica.Applied)}, stable {stable}");
            foreach (PeerSession session in node.Replicator.Sessions)
            {
                Trace($"   to {session.Node}: connected {session.IsConnected} lag {session.Sender.Lag} differing {session.Comparison.Differing}");
            }
        }
    }

    public void Dispose() => _all.ForEach(node => node.Dispose());

    private SimulatedNode Add()
    {
        var node = new SimulatedNode((ushort)(_all.Count + 1), _options, _random, Now)
        {
            Drift = _options.HasChaos ? _random.Next(-DriftMax, DriftMax + 1) : 0,
        };
        _all.Add(node);
        Nodes.Add(node);
        _byNumber.Add(node.Number, node);
        return node;
    }

    private IEnumerable<ushort> Others(SimulatedNode node) => Nodes.Where(other => other != node).Select(other => other.Number);

    private void FollowAll()
    {
        foreach (SimulatedNode node in Up)
        {
            node.Conversations.Follow(node.ViewOf(Others(node)), Now);
        }
    }
}
