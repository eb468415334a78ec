using System.Globalization;
using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Simulation.Tests;

/// <summary>
/// A cluster on one thread, from one seed, in virtual time: commands and faults for a while, then everything works again
/// and all nodes must become the same, and hold what the oracle says.
/// </summary>
internal sealed class Simulation : IDisposable
{
    private const long StartMilliseconds = 1_735_689_600_000;
    private const int StepMilliseconds = 5;

    /// <summary>Clocks that differ by more than nodes accept of each other would keep them apart.</summary>
    private const long JumpsMilliseconds = 4000;

    private readonly SimulationOptions _options;
    private readonly Random _random;
    private readonly Oracle _oracle = new();
    private readonly List<string> _trace = [];
    private readonly SimulatedNode[] _nodes;
    private readonly Dictionary<ushort, SimulatedNode> _byNumber;
    private readonly SimulatedNetwork _network;
    private readonly Workload _workload;
    private readonly Dictionary<SimulatedNode, long> _upAt = [];
    private readonly Dictionary<SimulatedNode, long> _jumped = [];
    private long _now = StartMilliseconds;

    public Simulation(int seed, SimulationOptions options)
    {
        _options = options;
        _random = new Random(seed);
        _network = new SimulatedNetwork(_random)
        {
            Loss = options.HasChaos && _random.Next(2) == 0 ? _random.Next(1, 10) : 0,
            Duplication = options.HasChaos && _random.Next(2) == 0 ? _random.Next(1, 10) : 0,
            DelayMax = _random.Next(3) == 0 ? 60 : 5,
        };
        _nodes = [.. Enumerable.Range(1, options.Nodes).Select(n => new SimulatedNode((ushort)n, options, _random, StartMilliseconds))];
        _byNumber = _nodes.ToDictionary(node => node.Number);
        _workload = new Workload(_random, _oracle, Trace, flushes: _random.Next(4) == 0);
    }

    public IReadOnlyList<string> History => _trace;

    /// <summary>Virtual milliseconds from the end of all faults until all nodes were the same.</summary>
    public long SettledAfter { get; private set; }

    public long Messages => _network.Messages;

    /// <summary>Runs it.</summary>
    /// <returns>Null, or what is wrong.</returns>
    public string? Run()
    {
        foreach (SimulatedNode node in _nodes)
        {
            Start(node);
        }

        long end = _now + _options.ChaosMilliseconds;
        while (_now < end)
        {
            if (_options.HasChaos)
            {
                Disturb();
            }

            SimulatedNode client = _nodes[_random.Next(_nodes.Length)];
            if (client.IsUp && _random.Next(10) < 3)
            {
                _workload.Step(client);
            }

            Step();
        }

        string? fault = Settle() ?? Check();
        if (fault is not null)
        {
            Array.ForEach(_nodes, TraceState);
        }

        return fault;
    }

    public void Dispose()
    {
        foreach (SimulatedNode node in _nodes)
        {
            node.Dispose();
        }
    }

    private void Start(SimulatedNode node)
    {
        node.Start(_nodes.Where(other => other != node).Select(other => other.Number), _now);
        Trace($"{node} starts as {node.Keyspace.Origin}");
    }

    private void Step()
    {
        _now += StepMilliseconds;
        foreach (SimulatedNode node in _nodes)
        {
            node.Time.Advance(TimeSpan.FromMilliseconds(StepMilliseconds));
        }

        _network.Update(_nodes, _now);
        _network.Deliver(_byNumber, _now);
        foreach (SimulatedNode node in _nodes.Where(node => node.IsUp))
        {
            node.Tick(_now);
            _network.Collect(node, _now);
        }
    }

    private void TraceState(SimulatedNode node)
    {
        static string Written(VersionVector vector) => string.Join(
            ' ', vector.Entries.Select(entry => $"{entry.Key}@{entry.Value.UnixMilliseconds - StartMilliseconds}.{entry.Value.Value & 0xFFFF}"));
        Trace($"{node} {node.Keyspace.Origin} applied {Written(node.Replica.Applied)}, stable {node.Replicator.Stability.Stable.UnixMilliseconds - StartMilliseconds}, uneven {node.Replica.Partitions.IsUneven}");
        foreach (PeerSession session in node.Replicator.Sessions)
        {
            Trace($"   {node} to {session.Node}: connected {session.IsConnected} streams {session.Sender.IsStreaming} lag {session.Sender.Lag} obstacle {session.Receiver.Obstacle} differing {session.Comparison.Differing} joined {session.Comparison.Joined}");
        }
    }

    // ---- faults ---------------------------------------------------------------------------------------------

    private void Disturb()
    {
        foreach (SimulatedNode down in _nodes.Where(node => !node.IsUp && _upAt.GetValueOrDefault(node) <= _now))
        {
            Start(down);
            _oracle.Doubt(_nodes);
        }

        SimulatedNode node = _nodes[_random.Next(_nodes.Length)];
        SimulatedNode other = _nodes[_random.Next(_nodes.Length)];
        switch (_random.Next(2000))
        {
            case < 12 when node != other:
                Trace($"cut {node} -> {other}");
                _network.Cut(node.Number, other.Number);
                break;
            case < 18 when node != other:
                Trace($"cut {node} <-> {other}");
                _network.Cut(node.Number, other.Number);
                _network.Cut(other.Number, node.Number);
                break;
            case < 22:
                Trace($"cut {node} off");
                foreach (SimulatedNode peer in _nodes)
                {
                    _network.Cut(node.Number, peer.Number);
                    _network.Cut(peer.Number, node.Number);
                }

                break;
            case < 40:
                Trace("heal");
                _network.HealAll();
                break;
            case < 46 when node.IsUp:
                Trace($"kill {node}");
                node.Crash(losesTail: false);
                ComeBackLater(node);
                break;
            case < 51 when node.IsUp:
                Trace($"{node} loses power");
                node.Crash(losesTail: true);
                ComeBackLater(node);
                break;
            case < 54 when node.IsUp:
                Trace($"stop {node}");
                node.Stop();
                ComeBackLater(node);
                break;
            case < 57 when node.IsUp && _nodes.Count(n => n.IsUp) == _nodes.Length:
                Trace($"wipe {node}");
                node.Crash(losesTail: true);
                node.Wipe();
                ComeBackLater(node);
                break;
            case < 62 when node.IsUp:
                Trace($"back up {node}");
                node.BackUp();
                break;
            case < 66 when node.IsUp && _nodes.Count(n => n.IsUp) == _nodes.Length:
                node.Crash(losesTail: true);
                Trace($"restore {node}: {node.Restore()}");
                ComeBackLater(node);
                break;
            case < 140 when node.IsUp:
                node.Sync();
                break;
            case < 143 when _jumped.GetValueOrDefault(node) < JumpsMilliseconds:
                long jump = _random.Next(1, 3000);
                Trace($"the clock of {node} jumps {jump} ms");
                node.Time.Advance(TimeSpan.FromMilliseconds(jump));
                _jumped[node] = _jumped.GetValueOrDefault(node) + jump;
                break;
        }
    }

    private void ComeBackLater(SimulatedNode node) => _upAt[node] = _now + _random.Next(5, 1500);

    // ---- the end --------------------------------------------------------------------------------------------

    private string? Settle()
    {
        Trace("everything works again");
        _network.HealAll();
        _network.Loss = _network.Duplication = 0;
        _network.DelayMax = 5;
        foreach (SimulatedNode node in _nodes.Where(node => !node.IsUp))
        {
            Start(node);
        }

        _oracle.Doubt(_nodes);
        long begin = _now;
        while (_now - begin < _options.SettleMilliseconds)
        {
            Step();
            if (_now % 100 == 0 && AreSame())
            {
                SettledAfter = _now - begin;
                break;
            }
        }

        if (SettledAfter == 0)
        {
            return "the nodes did not become the same: " + Difference();
        }

        // What waits only for all to know goes within a moment, and anti-entropy changes nothing any more.
        for (long until = _now + 6000; _now < until;)
        {
            Step();
        }

        return AreSame() ? null : "the nodes came apart again: " + Difference();
    }

    private bool AreSame()
    {
        ulong[] first = _nodes[0].Roots();
        return _nodes.Skip(1).All(node => node.Roots().AsSpan().SequenceEqual(first));
    }

    private string Difference()
    {
        ulong[][] roots = [.. _nodes.Select(node => node.Roots())];
        IEnumerable<string> keys = KnownKeys().Where(key =>
        {
            ushort partition = Abstractions.Records.KeyAddress.PartitionOf(System.Text.Encoding.Latin1.GetBytes(key));
            return roots.Any(of => of[partition] != roots[0][partition]);
        });
        return string.Join("; ", keys.Select(key => $"{key}: {string.Join(" | ", _nodes.Select(node => Show(node, key)))}"));
    }

    private static IEnumerable<string> KnownKeys()
    {
        foreach (string kind in (string[])["set", "hash", "count", "tally", "text", "life", "lifesetlife"])
        {
            for (int i = 0; i < Workload.KeysOfKind; i++)
            {
                yield return kind + i.ToString(CultureInfo.InvariantCulture);
            }
        }
    }

    private static string Show(SimulatedNode node, string key)
    {
        string type = node.Run("TYPE", key).Trim();
        return type switch
        {
            "+string" => node.Run("GET", key).Split("\r\n")[1] + " ttl " + node.Run("PEXPIRETIME", key).Trim(),
            "+set" => string.Join(',', node.RunMany("SMEMBERS", key).Order(StringComparer.Ordinal)) + " ttl " + node.Run("PEXPIRETIME", key).Trim(),
            "+hash" => string.Join(',', node.RunMany("HGETALL", key).Order(StringComparer.Ordinal)),
            _ => type,
        };
    }

    private string? Check()
    {
        foreach (string key in KnownKeys())
        {
            string first = Show(_nodes[0], key);
            foreach (SimulatedNode node in _nodes)
            {
                string shown = Show(node, key);
                if (shown != first)
                {
                    return $"{key} is {shown} on {node} and {first} on {_nodes[0]}, with equal digests";
                }
            }
        }

        return _nodes.Select(CheckNode).FirstOrDefault(fault => fault is not null);
    }

    private string? CheckNode(SimulatedNode node)
    {
        for (int i = 0; i < Workload.KeysOfKind; i++)
        {
            string number = i.ToString(CultureInfo.InvariantCulture);
            string? fault = CheckElements("set" + number, node.RunMany("SMEMBERS", "set" + number)) ??
                CheckElements("hash" + number, node.RunMany("HKEYS", "hash" + number)) ??
                CheckText(node, "text" + number) ??
                CheckCount("count" + number, Number(node.Run("GET", "count" + number))) ??
                CheckCount("tally" + number, Number(node.Run("HGET", "tally" + number, "c"))) ??
                CheckLocal(node, "set" + number, "SCARD", "SMEMBERS") ??
                CheckLocal(node, "hash" + number, "HLEN", "HKEYS");
            if (fault is not null)
            {
                return $"{node}: {fault}";
            }
        }

        string size = node.Run("DBSIZE").Trim();
        string counted = ":" + CountKeys(node).ToString(CultureInfo.InvariantCulture);
        if (size != counted)
        {
            return $"{node}: DBSIZE answers {size} where a walk finds {counted}";
        }

        int markers = Stale(node);
        return markers == 0 ? null : $"{node} still keeps {markers} markers";
    }

    /// <summary>Records that are kept though they say nothing any more.</summary>
    private static int Stale(SimulatedNode node) => node.Keyspace.Sweeper.All().Count(record =>
    {
        Cell cell = node.Keyspace.Sweeper.StateOf(record).ToCell();
        int before = cell.Dots.Count + cell.Slots.Count + cell.Deadlines.Count;
        node.Keyspace.Prune(cell, record.Entry.Partition);
        return cell.Dots.Count + cell.Slots.Count + cell.Deadlines.Count != before;
    });

    private string? CheckElements(string key, string[] found)
    {
        (HashSet<string> must, HashSet<string> may) = _oracle.WritesOf(key);
        string[] lost = [.. must.Except(found)];
        string[] back = [.. found.Except(may)];
        return lost.Length > 0 ? $"{key} lacks {string.Join(',', lost)}"
            : back.Length > 0 ? $"{key} has {string.Join(',', back)}, which was removed"
            : null;
    }

    private string? CheckText(SimulatedNode node, string key)
    {
        (HashSet<string> must, HashSet<string> may) = _oracle.WritesOf(key);
        string[] lines = node.Run("GET", key).Split("\r\n");
        if (lines[0] == "$-1")
        {
            return must.Count == 0 ? null : $"{key} is gone, though nobody deleted {string.Join(',', must)}";
        }

        return may.Contains(lines[1]) ? null : $"{key} is {lines[1]}, which was replaced";
    }

    private string? CheckCount(string key, long found)
    {
        (long least, long most) = _oracle.CountOf(key);
        return found >= least && found <= most ? null : $"{key} is {found}, not within {least}..{most}";
    }

    private static string? CheckLocal(SimulatedNode node, string key, string count, string list)
    {
        string counted = node.Run(count, key).Trim();
        int found = node.RunMany(list, key).Length;
        return counted == $":{found}" ? null : $"{count} {key} answers {counted} where {list} finds {found}";
    }

    private static int CountKeys(SimulatedNode node)
    {
        int found = 0;
        string cursor = "0";
        do
        {
            string[] parts = node.Run("SCAN", cursor, "COUNT", "100").Split("\r\n");
            cursor = parts[2];
            found += (parts.Length - 5) / 2;
        }
        while (cursor != "0");
        return found;
    }

    private static long Number(string reply)
    {
        string[] lines = reply.Split("\r\n");
        return lines[0] == "$-1" ? 0 : long.Parse(lines[1], CultureInfo.InvariantCulture);
    }

    private void Trace(string line) => _trace.Add(
        string.Create(CultureInfo.InvariantCulture, $"{_now - StartMilliseconds,6} {line}"));
}
