using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Simulation.Tests;

/// <summary>Carries messages between nodes: late, twice, or not at all, in order on each lane. A connection exists while both
/// nodes are up and both directions work; what was on its way when it broke is gone.</summary>
internal sealed class SimulatedNetwork(Random random)
{
    private readonly Dictionary<(long, ushort, Lane), long> _arrivals = [];
    private readonly PriorityQueue<Packet, (long At, long Number)> _packets = new();
    private readonly HashSet<(ushort From, ushort To)> _cuts = [];
    private readonly Dictionary<(ushort, ushort), Connection> _connections = [];
    private readonly Dictionary<ushort, int> _slow = [];
    private readonly HashSet<(ushort, ushort)> _torn = [];
    private readonly List<Packet> _held = [];
    private long _number;

    /// <summary>Chances of a message, in percent.</summary>
    public int Loss { get; set; }

    public int Duplication { get; set; }

    public int DelayMax { get; set; } = 5;

    /// <summary>Which messages, from a node to another, are put aside until <see cref="Release"/>.</summary>
    public Func<ushort, ushort, byte[], bool> Holds { get; set; } = static (_, _, _) => false;

    /// <summary>Whether a message of a kind was put aside.</summary>
    public bool HasHeld(byte kind) => _held.Exists(packet => packet.Bytes[0] == kind);

    public long Bytes { get; private set; }

    public long Messages { get; private set; }

    public void Cut(ushort from, ushort to) => _cuts.Add((from, to));

    /// <summary>What a node sends takes so much longer from now on.</summary>
    public void Slow(ushort node, int milliseconds) => _slow[node] = milliseconds;

    public void HealAll()
    {
        _cuts.Clear();
        _slow.Clear();
    }

    public bool IsCut(ushort from, ushort to) => _cuts.Contains((from, to));

    /// <summary>Makes and breaks connections.</summary>
    public void Update(IReadOnlyList<SimulatedNode> nodes, long now)
    {
        foreach (SimulatedNode a in nodes)
        {
            foreach (SimulatedNode b in nodes.Where(b => b.Number > a.Number))
            {
                Update(a, b, now);
            }
        }
    }

    /// <summary>Takes what a node has to send.</summary>
    public void Collect(SimulatedNode from, long now)
    {
        while (from.Conversations.Outbox.TryDequeue(out Outgoing outgoing))
        {
            (ushort, ushort) pair = Pair(from.Number, outgoing.Node);
            if (!_connections.TryGetValue(pair, out Connection connection))
            {
                continue;
            }

            if (IsCut(from.Number, outgoing.Node))
            {
                // A connection that lost something does not go on as if nothing had happened.
                _torn.Add(pair);
                continue;
            }

            Bytes += outgoing.Bytes.Length;
            Messages++;
            if (random.Next(100) < Loss)
            {
                continue;
            }

            if (Holds(from.Number, outgoing.Node, outgoing.Bytes))
            {
                _held.Add(new Packet(from.Number, outgoing.Node, connection.Number, outgoing.Bytes));
                continue;
            }

            int copies = random.Next(100) < Duplication ? 2 : 1;
            for (int i = 0; i < copies; i++)
            {
                // What one connection carries arrives in order, or not at all.
                (long, ushort, Lane) lane = (connection.Number, from.Number, outgoing.Lane);
                long at = now + random.Next(1, DelayMax + 1) + _slow.GetValueOrDefault(from.Number);
                at = Math.Max(at, _arrivals.GetValueOrDefault(lane));
                _arrivals[lane] = at;
                _packets.Enqueue(
                    new Packet(from.Number, outgoing.Node, connection.Number, outgoing.Bytes), (at, _number++));
            }
        }
    }

    /// <summary>Delivers what is due.</summary>
    public void Deliver(IReadOnlyDictionary<ushort, SimulatedNode> nodes, long now)
    {
        while (_packets.TryPeek(out _, out (long At, long Number) due) && due.At <= now)
        {
            Packet packet = _packets.Dequeue();
            SimulatedNode to = nodes[packet.To];
            if (to.IsUp && _connections.TryGetValue(Pair(packet.From, packet.To), out Connection connection) &&
                connection.Number == packet.Connection)
            {
                string? refused = to.Conversations.Receive(packet.From, packet.Bytes, now);
                if (refused is not null)
                {
                    throw new InvalidOperationException($"{to} refused a message of {packet.From}: {refused}");
                }
            }
        }
    }

    /// <summary>What was put aside goes on, and nothing is put aside any more.</summary>
    public void Release(long now)
    {
        Holds = static (_, _, _) => false;
        _held.ForEach(packet => _packets.Enqueue(packet, (now, _number++)));
        _held.Clear();
    }

    /// <summary>A node is gone for good; the others notice at once.</summary>
    public void Forget(SimulatedNode node, IEnumerable<SimulatedNode> others)
    {
        foreach (SimulatedNode other in others)
        {
            _connections.Remove(Pair(node.Number, other.Number));
            Disconnect(node, other);
        }
    }

    private static (ushort, ushort) Pair(ushort a, ushort b) => a < b ? (a, b) : (b, a);

    private void Update(SimulatedNode a, SimulatedNode b, long now)
    {
        (ushort, ushort) pair = (a.Number, b.Number);
        bool works = a.IsUp && b.IsUp && !IsCut(a.Number, b.Number) && !IsCut(b.Number, a.Number);
        if (_connections.TryGetValue(pair, out Connection connection))
        {
            bool isStale = connection.LifeA != a.Life || connection.LifeB != b.Life;
            if (isStale || (works ? _torn.Contains(pair) : now >= connection.BreaksAt))
            {
                _connections.Remove(pair);
                _torn.Remove(pair);
                Disconnect(a, b);
            }
            else if (works)
            {
                // Silence is noticed some time after it begins.
                _connections[pair] = connection with { BreaksAt = now + random.Next(200, 800) };
            }
        }
        else if (works && random.Next(100) < 20)
        {
            _connections[pair] = new Connection(++_number, a.Life, b.Life, now + 500);
            a.Conversations.Connect(b.Number, now);
            b.Conversations.Connect(a.Number, now);
        }
    }

    private static void Disconnect(SimulatedNode a, SimulatedNode b)
    {
        if (a.IsUp)
        {
            a.Conversations.Disconnect(b.Number);
        }

        if (b.IsUp)
        {
            b.Conversations.Disconnect(a.Number);
        }
    }

    private readonly record struct Packet(ushort From, ushort To, long Connection, byte[] Bytes);

    private readonly record struct Connection(long Number, int LifeA, int LifeB, long BreaksAt);
}
