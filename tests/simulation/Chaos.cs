namespace Marekvs.Simulation.Tests;

/// <summary>Everything that goes wrong, by chance.</summary>
/// <param name="cluster">Where.</param>
/// <param name="random">The chance.</param>
/// <param name="losesDisks">Whether disks are lost, and nodes come and go.</param>
internal sealed class Chaos(SimulatedCluster cluster, Random random, bool losesDisks)
{
    /// <summary>Clocks that differ by more than nodes accept of each other would keep them apart.</summary>
    private const long JumpsMilliseconds = 4000;

    private const int NodesMax = 6;

    private readonly Dictionary<SimulatedNode, long> _upAt = [];
    private readonly Dictionary<SimulatedNode, long> _jumped = [];
    private SimulatedNode? _leaving;

    /// <summary>A node that takes commands, or null.</summary>
    public SimulatedNode? ChooseClient()
    {
        SimulatedNode node = Any();
        return node.IsUp && node != _leaving ? node : null;
    }

    /// <summary>Something happens, or nothing.</summary>
    public void Disturb()
    {
        foreach (SimulatedNode down in cluster.Nodes.Where(node => !node.IsUp && _upAt.GetValueOrDefault(node) <= cluster.Now).ToArray())
        {
            cluster.Start(down);
        }

        GoOnLeaving();
        SimulatedNode node = Any();
        switch (random.Next(2000))
        {
            case < 36:
                Cut(node, Any());
                break;
            case < 54:
                cluster.Trace("heal");
                cluster.Network.HealAll();
                break;
            case < 82 when node.IsUp:
                Fail(node);
                break;
            case < 140 when node.IsUp:
                node.Sync();
                break;
            case < 143 when _jumped.GetValueOrDefault(node) < JumpsMilliseconds:
                long jump = random.Next(1, 3000);
                cluster.Trace($"the clock of {node} jumps {jump} ms");
                node.Time.Advance(TimeSpan.FromMilliseconds(jump));
                _jumped[node] = _jumped.GetValueOrDefault(node) + jump;
                break;
            case < 145 when losesDisks && cluster.Nodes.Count < NodesMax:
                cluster.Join();
                break;
            case < 148 when losesDisks && cluster.Nodes.Count > 3 && _leaving is null && node.IsUp:
                cluster.Trace($"{node} is to leave");
                _leaving = node;
                break;
            case < 152:
                cluster.Trace($"{node} becomes slow");
                cluster.Network.Slow(node.Number, random.Next(50, 400));
                break;
        }
    }

    private SimulatedNode Any() => cluster.Nodes[random.Next(cluster.Nodes.Count)];

    private void Cut(SimulatedNode node, SimulatedNode other)
    {
        switch (random.Next(6))
        {
            case 0 or 1 when node != other:
                cluster.Trace($"cut {node} -> {other}");
                cluster.Network.Cut(node.Number, other.Number);
                break;
            case 2 or 3 when node != other:
                Part(node, other);
                break;
            case 4:
                cluster.Trace($"cut {node} off");
                CutAll((a, b) => a == node || b == node);
                break;
            case 5 when cluster.Nodes.Count > 3 && random.Next(2) == 0:
                // Two sides that only one node sees both of.
                int half = cluster.Nodes.IndexOf(node);
                cluster.Trace($"only {node} sees both sides");
                CutAll((a, b) => a != node && b != node && (cluster.Nodes.IndexOf(a) < half) != (cluster.Nodes.IndexOf(b) < half));
                break;
            case 5 when cluster.Nodes.Count > 3:
                // A ring: everybody sees two neighbours, and nobody all.
                int count = cluster.Nodes.Count;
                cluster.Trace("only neighbours see each other");
                CutAll((a, b) => (cluster.Nodes.IndexOf(a) - cluster.Nodes.IndexOf(b) + count) % count is not (0 or 1) &&
                    (cluster.Nodes.IndexOf(b) - cluster.Nodes.IndexOf(a) + count) % count != 1);
                break;
        }
    }

    private void Part(SimulatedNode node, SimulatedNode other)
    {
        cluster.Trace($"cut {node} <-> {other}");
        cluster.Network.Cut(node.Number, other.Number);
        cluster.Network.Cut(other.Number, node.Number);
    }

    private void CutAll(Func<SimulatedNode, SimulatedNode, bool> isCut)
    {
        foreach (SimulatedNode a in cluster.Nodes)
        {
            foreach (SimulatedNode b in cluster.Nodes.Where(b => b != a && isCut(a, b)))
            {
                cluster.Network.Cut(a.Number, b.Number);
                cluster.Network.Cut(b.Number, a.Number);
            }
        }
    }

    private void Fail(SimulatedNode node)
    {
        bool mayLose = losesDisks && cluster.Nodes.TrueForAll(n => n.IsUp);
        switch (random.Next(26))
        {
            case < 6:
                cluster.Trace($"kill {node}");
                node.Crash(losesTail: false);
                break;
            case < 11 when losesDisks:
                cluster.Trace($"{node} loses power");
                node.Crash(losesTail: true);
                break;
            case < 14:
                cluster.Trace($"stop {node}");
                node.Stop();
                break;
            case < 17 when mayLose:
                cluster.Trace($"wipe {node}");
                node.Crash(losesTail: true);
                node.Wipe();
                break;
            case < 22:
                cluster.Trace($"back up {node}");
                node.BackUp();
                return;
            case < 26 when mayLose:
                node.Crash(losesTail: true);
                cluster.Trace($"restore {node}: {node.Restore()}");
                break;
            default:
                return;
        }

        // Some stay away for longer than the others wait for them.
        _upAt[node] = cluster.Now + random.Next(5, random.Next(4) == 0 ? 5000 : 800);
    }

    /// <summary>Whoever leaves goes when all others have what it wrote.</summary>
    private void GoOnLeaving()
    {
        if (_leaving is { IsUp: true } node && node.Replicator.Sessions.All(session =>
            !cluster.Nodes.Exists(peer => peer.Number == session.Node) || (session.IsConnected && session.Sender.IsStreaming && session.Sender.Lag == 0)))
        {
            cluster.Leave(node);
            _leaving = null;
        }
    }
}
