using System.Globalization;
using Marekvs.Cluster.Gossip.Reads;
using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Simulation.Tests.Reads;

/// <summary>
/// Nodes that hold a part of the partitions each, on one thread from one seed, in virtual time. Clients write and read
/// every key through any of them while connections are cut and nodes killed.
/// </summary>
internal sealed class ReaderCluster : IDisposable
{
    private const long StartMilliseconds = 1_735_689_600_000;
    private const int StepMilliseconds = 5;
    private const int Keys = 3;

    private readonly Random _random;
    private readonly ReadOptions _options;
    private readonly ReaderNode[] _nodes;
    private readonly int _replicas;
    private int _loss;
    private readonly List<Packet> _packets = [];
    private readonly HashSet<(ushort, ushort)> _cuts = [];
    private readonly Dictionary<(ushort, ushort), (int LifeA, int LifeB, long BrokenAt)> _connections = [];
    private readonly Dictionary<ReaderNode, long> _upAt = [];
    private readonly List<string> _trace = [];
    private readonly Dictionary<string, long> _counts = [];
    private readonly Dictionary<string, HashSet<string>> _members = [];
    private readonly Dictionary<string, HashSet<string>> _doubtful = [];
    private readonly Dictionary<string, HashSet<string>> _removed = [];
    private readonly Dictionary<(ReaderNode, string), HashSet<string>> _removedAt = [];
    private long _now = StartMilliseconds;
    private long _unique;

    public ReaderCluster(int seed)
    {
        _random = new Random(seed);
        _options = new ReadOptions
        {
            LeaseMilliseconds = _random.Next(500, 3000),
            RenewBeforeMilliseconds = 200,
            DropAfterMilliseconds = _random.Next(100, 2000),
            NextOwnerMilliseconds = 150,
            AloneMilliseconds = 100,
            BeatMilliseconds = 50,
            SilenceMilliseconds = 300,
            SweepMilliseconds = 200,
            SeenMilliseconds = 50,
            PatienceMilliseconds = 300,
            RetryMilliseconds = 20,
            SweepPartitions = 1024,
            WholePartitionFrom = _random.Next(3) == 0 ? 1 : 4096,
            LeasesMax = _random.Next(3) == 0 ? 2 : 1_000_000,
            ChangesMax = _random.Next(3) == 0 ? 3 : 65_536,
            ChunkBytes = _random.Next(2) == 0 ? 60 : 128 * 1024,
            WindowBytes = _random.Next(2) == 0 ? 200 : 4 * 1024 * 1024,
        };
        _loss = _random.Next(2) == 0 ? _random.Next(1, 10) : 0;
        _replicas = _random.Next(1, 3);
        int nodes = _replicas + _random.Next(1, 4);
        _nodes = [.. Enumerable.Range(1, nodes).Select(n => new ReaderNode((ushort)n, _random, StartMilliseconds))];
    }

    public IReadOnlyList<string> History => _trace;

    public long AnsweredAlone => _nodes.Where(node => node.IsUp).Sum(node => node.Reads.Holder.AnsweredAlone);

    /// <summary>Runs it.</summary>
    /// <returns>Null, or what is wrong.</returns>
    public string? Run()
    {
        Array.ForEach(_nodes, Start);
        Wait(1000);
        for (long end = _now + 5000; _now < end;)
        {
            Disturb();
            ReaderNode node = _nodes[_random.Next(_nodes.Length)];
            if (node.IsUp && _random.Next(10) < 4 && Act(node) is string fault)
            {
                Array.ForEach(_nodes, TraceState);
                return $"{_now - StartMilliseconds} {node}: {fault}";
            }

            Step();
        }

        return Settle() ?? Check();
    }

    public void Dispose() => Array.ForEach(_nodes, node => node.Dispose());

    // ---- the world ------------------------------------------------------------------------------------------

    private void Start(ReaderNode node)
    {
        Trace($"start {node}");
        node.Start(ReaderNode.ViewOf(node.Number, [.. _nodes.Select(n => n.Number)], _replicas), _options, _now);
    }

    private void Wait(long milliseconds)
    {
        for (long until = _now + milliseconds; _now < until;)
        {
            Step();
        }
    }

    private void Step()
    {
        _now += StepMilliseconds;
        Array.ForEach(_nodes, node => node.Time.Advance(TimeSpan.FromMilliseconds(StepMilliseconds)));
        Connect();
        Deliver();
        foreach (ReaderNode node in _nodes.Where(node => node.IsUp))
        {
            node.Tick(_now);
            foreach (Outgoing outgoing in node.Send())
            {
                if (IsConnected(node.Number, outgoing.Node) && !_cuts.Contains((node.Number, outgoing.Node)) && _random.Next(100) >= _loss)
                {
                    // In order within a lane, like bytes of a connection.
                    long at = Math.Max(_now + _random.Next(1, 20), _packets
                        .Where(p => p.From == node.Number && p.Message.Node == outgoing.Node && p.Message.Lane == outgoing.Lane)
                        .Select(p => p.At).DefaultIfEmpty().Max());
                    _packets.Add(new Packet(node.Number, outgoing, at));
                }
            }
        }
    }

    private void Deliver()
    {
        Packet[] due = [.. _packets.Where(packet => packet.At <= _now)];
        _packets.RemoveAll(packet => packet.At <= _now);
        foreach (Packet packet in due.OrderBy(packet => packet.At))
        {
            if (!IsConnected(packet.From, packet.Message.Node))
            {
                continue;
            }

            string? refused = _nodes[packet.Message.Node - 1].Conversations.Receive(packet.From, packet.Message.Bytes, _now);
            if (refused is not null)
            {
                throw new InvalidOperationException($"a message of {packet.From} was refused: {refused}");
            }
        }
    }

    private bool IsConnected(ushort a, ushort b) => _connections.ContainsKey(a < b ? (a, b) : (b, a));

    private void Connect()
    {
        foreach (ReaderNode a in _nodes)
        {
            foreach (ReaderNode b in _nodes.Where(b => b.Number > a.Number))
            {
                (ushort, ushort) pair = (a.Number, b.Number);
                bool works = a.IsUp && b.IsUp && !_cuts.Contains(pair) && !_cuts.Contains((b.Number, a.Number));
                bool isConnected = _connections.TryGetValue(pair, out (int LifeA, int LifeB, long BrokenAt) connection);
                bool isStale = isConnected && (connection.LifeA != a.Life || connection.LifeB != b.Life || !a.IsUp || !b.IsUp);
                if (isConnected && works && !isStale)
                {
                    _connections[pair] = connection with { BrokenAt = _now + _random.Next(100, 400) };
                }
                else if (isConnected && (isStale || _now >= connection.BrokenAt))
                {
                    Disconnect(a, b);
                }
                else if (!isConnected && works && _random.Next(10) == 0)
                {
                    _connections[pair] = (a.Life, b.Life, _now + 300);
                    a.Conversations.Connect(b.Number, _now);
                    b.Conversations.Connect(a.Number, _now);
                }
            }
        }
    }

    private void Disconnect(ReaderNode a, ReaderNode b)
    {
        _connections.Remove((a.Number, b.Number));
        _packets.RemoveAll(packet =>
            (packet.From == a.Number && packet.Message.Node == b.Number) ||
            (packet.From == b.Number && packet.Message.Node == a.Number));
        if (a.IsUp)
        {
            a.Conversations.Disconnect(b.Number);
        }

        if (b.IsUp)
        {
            b.Conversations.Disconnect(a.Number);
        }
    }

    private void Disturb()
    {
        foreach (ReaderNode down in _nodes.Where(node => !node.IsUp && _upAt.GetValueOrDefault(node) <= _now))
        {
            Start(down);
        }

        ReaderNode one = _nodes[_random.Next(_nodes.Length)];
        ReaderNode other = _nodes[_random.Next(_nodes.Length)];
        switch (_random.Next(1000))
        {
            case < 8 when one != other:
                Trace($"cut {one} -> {other}");
                _cuts.Add((one.Number, other.Number));
                break;
            case < 12:
                Trace($"cut {one} off");
                foreach (ReaderNode peer in _nodes)
                {
                    _cuts.Add((one.Number, peer.Number));
                    _cuts.Add((peer.Number, one.Number));
                }

                break;
            case < 30:
                _cuts.Clear();
                break;
            case < 33 when one.IsUp:
                Trace($"kill {one}");
                one.Kill();
                GoDown(one);
                break;
            case < 36 when one.IsUp:
                Trace($"stop {one}");
                one.Stop();
                GoDown(one);
                break;
        }
    }

    private void GoDown(ReaderNode node)
    {
        _upAt[node] = _now + _random.Next(5, 1000);

        // What its copies remembered of removals is not kept over a restart.
        foreach ((ReaderNode, string) at in _removedAt.Keys.Where(at => at.Item1 == node).ToArray())
        {
            _removedAt.Remove(at);
        }
    }

    // ---- clients --------------------------------------------------------------------------------------------

    private string? Act(ReaderNode node)
    {
        string key = "set" + _random.Next(Keys).ToString(CultureInfo.InvariantCulture);
        switch (_random.Next(10))
        {
            case < 3:
                string count = "count" + _random.Next(Keys).ToString(CultureInfo.InvariantCulture);
                long amount = _random.Next(1, 10);
                Run(node, "INCRBY", count, amount.ToString(CultureInfo.InvariantCulture));
                _counts[count] = _counts.GetValueOrDefault(count) + amount;
                return null;
            case < 6:
                string element = "e" + (++_unique).ToString(CultureInfo.InvariantCulture);
                Run(node, "SADD", key, element);
                Of(_members, key).Add(element);
                return null;
            case < 8:
                return Look(node, key, out _);
            case 8:
                return Remove(node, key);
            default:
                return Delete(node, key);
        }
    }

    /// <summary>What a node has seen removed does not come back there.</summary>
    private string? Look(ReaderNode node, string key, out string[] shown)
    {
        string[] found = shown = Members(node, key);
        string[] back = [.. found.Where(element => _removedAt.TryGetValue((node, key), out HashSet<string>? gone) && gone.Contains(element))];
        return back.Length == 0 ? null : $"{key} shows {string.Join(',', back)} again";
    }

    private string? Remove(ReaderNode node, string key)
    {
        if (Look(node, key, out string[] shown) is string fault)
        {
            return fault;
        }

        if (shown.Length > 0)
        {
            string element = shown[_random.Next(shown.Length)];
            if (Run(node, "SREM", key, element) == ":1\r\n")
            {
                Gone(node, key, [element]);
            }
        }

        return null;
    }

    private string? Delete(ReaderNode node, string key)
    {
        if (_random.Next(3) != 0)
        {
            return null;
        }

        if (Look(node, key, out string[] shown) is string fault)
        {
            return fault;
        }

        // What came in between the two commands may be gone with the rest, or not.
        HashSet<string> before = [.. Of(_members, key).Except(shown)];
        Run(node, "DEL", key);
        Of(_doubtful, key).UnionWith(before);
        Gone(node, key, shown);
        return null;
    }

    private void Gone(ReaderNode node, string key, string[] elements)
    {
        Of(_removed, key).UnionWith(elements);
        if (!_removedAt.TryGetValue((node, key), out HashSet<string>? here))
        {
            _removedAt[(node, key)] = here = [];
        }

        here.UnionWith(elements);
    }

    private string[] Members(ReaderNode node, string key)
    {
        string[] lines = Run(node, "SMEMBERS", key).Split("\r\n");
        return [.. lines.Where((_, i) => i >= 2 && i % 2 == 0).Where(line => line.Length > 0)];
    }

    private string Run(ReaderNode node, params string[] command)
    {
        Task<string> reply = node.Connection.StartArguments(command);
        for (long until = _now + 60_000; !node.HasEnded(reply);)
        {
            if (_now > until)
            {
                throw new InvalidOperationException($"{node} does not answer {string.Join(' ', command)}");
            }

            Step();
        }

        string text = reply.GetAwaiter().GetResult();
        Trace($"{node} {string.Join(' ', command)} -> {text.TrimEnd().Replace("\r\n", " ", StringComparison.Ordinal)}");
        return text;
    }

    private static HashSet<string> Of(Dictionary<string, HashSet<string>> sets, string key)
    {
        if (!sets.TryGetValue(key, out HashSet<string>? set))
        {
            sets[key] = set = [];
        }

        return set;
    }

    // ---- the end --------------------------------------------------------------------------------------------

    private string? Settle()
    {
        Trace("everything works again");
        _cuts.Clear();
        _loss = 0;
        foreach (ReaderNode node in _nodes.Where(node => !node.IsUp))
        {
            Start(node);
        }

        for (long until = _now + 20_000; _now < until;)
        {
            Wait(500);
            if (_nodes.All(node => node.Keeper.HasAll &&
                node.Replicator.Sessions.All(s => s.IsConnected && s.Sender.IsStreaming && s.Sender.Lag <= 0)))
            {
                // Leases that hid the last changes are renewed or over by now, and all have told again what they hold.
                Wait(6000);
                return null;
            }
        }

        return "the owners did not take everything in: " + string.Join("; ", _nodes.SelectMany(node => node.Replicator.Sessions
            .Where(s => !s.IsConnected || !s.Sender.IsStreaming || s.Sender.Lag > 0)
            .Select(s => $"{node.Number} to {s.Node} connected {s.IsConnected} streaming {s.Sender.IsStreaming} lag {s.Sender.Lag}")
            .Append($"{node.Number} lacks {node.Keeper.Missing}")));
    }

    private string? Check()
    {
        string? fault = _nodes.Select(Check).FirstOrDefault(fault => fault is not null);
        if (fault is not null)
        {
            Array.ForEach(_nodes, TraceState);
        }

        return fault;
    }

    private void TraceState(ReaderNode node)
    {
        for (int i = 0; i < Keys && node.IsUp; i++)
        {
            foreach (string kind in (string[])["count", "set"])
            {
                byte[] name = System.Text.Encoding.Latin1.GetBytes(kind + i.ToString(CultureInfo.InvariantCulture));
                ushort partition = Abstractions.Records.KeyAddress.PartitionOf(name);
                string vector = string.Join(' ', node.Keyspace.Context.AppliedIn(partition).Entries.Select(entry =>
                    $"{entry.Key}@{entry.Value.UnixMilliseconds - StartMilliseconds}"));
                Trace($"{node} {node.Keyspace.Origin} {kind}{i} held {node.Replica.Holdings.IsHeld(partition)} applied {vector}");
            }
        }
    }

    private string? Check(ReaderNode node)
    {
        for (int i = 0; i < Keys; i++)
        {
            string count = "count" + i.ToString(CultureInfo.InvariantCulture);
            string[] lines = Run(node, "GET", count).Split("\r\n");
            long found = lines[0] == "$-1" ? 0 : long.Parse(lines[1], CultureInfo.InvariantCulture);
            if (found != _counts.GetValueOrDefault(count))
            {
                return $"{node}: {count} is {found}, not {_counts.GetValueOrDefault(count)}";
            }

            string key = "set" + i.ToString(CultureInfo.InvariantCulture);
            string[] members = Members(node, key);
            string[] lost = [.. Of(_members, key).Except(Of(_removed, key)).Except(Of(_doubtful, key)).Except(members)];
            string[] back = [.. members.Where(Of(_removed, key).Contains)];
            if (lost.Length > 0 || back.Length > 0)
            {
                return $"{node}: {key} lacks {string.Join(',', lost)} and has again {string.Join(',', back)}";
            }
        }

        return null;
    }

    private void Trace(string line) => _trace.Add(
        string.Create(CultureInfo.InvariantCulture, $"{_now - StartMilliseconds,6} {line}"));

    private readonly record struct Packet(ushort From, Outgoing Message, long At);
}
