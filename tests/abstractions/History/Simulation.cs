using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Tests.History;

/// <summary>
/// Replicas of one partition that write, ship logs, exchange snapshots which arrive late, split, drop each other,
/// forget markers and heal, all from one seed. In the end every replica must show what <see cref="Oracle"/> says.
/// </summary>
public sealed class Simulation
{
    public const int KeyCount = 4;

    private readonly Random _random;
    private readonly PlantedBug _bug;
    private readonly SimulationMix _mix;
    private readonly Oracle _oracle = new();
    private readonly List<(Replica To, Snapshot Message)> _messages = [];
    private readonly Replica[] _replicas;
    private HashSet<int>[] _groups;

    public Simulation(int seed, PlantedBug bug = PlantedBug.None, SimulationMix? mix = null)
    {
        _random = new Random(seed);
        _bug = bug;
        _mix = mix ?? SimulationMix.Usual;
        int count = seed % 3 == 0 ? 4 : 3;
        _replicas = [.. Enumerable.Range(0, count).Select(i => new Replica(i, count, _random.Next(-5000, 5000)))];
        _groups = [[.. Enumerable.Range(0, count)]];
    }

    public static int CollectionOf(int key) => key / 2;

    public static int[] KeysOf(int collection) => [collection * 2, (collection * 2) + 1];

    /// <summary>Runs a history and brings all replicas together.</summary>
    /// <returns>Null, or what went wrong.</returns>
    public string? Run(int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            Step();
        }

        Settle();
        return Check();
    }

    private void Step()
    {
        Replica replica = _replicas[_random.Next(_replicas.Length)];
        Replica other = _replicas[_random.Next(_replicas.Length)];
        replica.Time.Advance(TimeSpan.FromMilliseconds(_random.Next(3)));
        bool connected = other != replica && AreConnected(replica, other);
        switch (_mix.Pick(_random))
        {
            case SimulationStep.Write:
                Write(replica);
                break;
            case SimulationStep.Pull when connected:
                replica.Pull(other, _random.Next(3) switch { 0 => 1, 1 => 2, _ => 50 }, _bug);
                break;
            case SimulationStep.Gossip when connected:
                Gossip(replica, other);
                break;
            case SimulationStep.Forget:
                Forget(replica);
                break;
            case SimulationStep.Send when connected:
                _messages.Add((replica, other.TakeSnapshot()));
                break;
            case SimulationStep.Receive when _messages.Count > 0:
                ReceiveSome();
                break;
            case SimulationStep.Split when _groups.Length == 1:
                Split();
                break;
            case SimulationStep.Heal when _groups.Length > 1:
                Heal();
                break;
        }
    }

    // ---- writing --------------------------------------------------------------------------------------------

    private void Write(Replica replica)
    {
        int key = _random.Next(KeyCount);
        var dot = new Dot(replica.Clock.Tick(), replica.Origin);
        Cell? current = replica[key];
        switch (_random.Next(10))
        {
            case < 3:
                long deadline = _random.Next(3) == 0 ? 1_000_000 + _random.Next(100) : Cell.NoDeadline;
                DotState state = _random.Next(4) == 0 ? DotState.LiveIfFirst : DotState.Live;
                byte[] payload = [(byte)dot.Stamp.Value];
                Commit(replica, dot, OperationKind.Put, key, CellDelta.Put(current, dot, payload, state, deadline), 0, deadline);
                break;
            case < 6:
                int amount = _random.Next(-3, 6);
                Commit(
                    replica, dot, OperationKind.Increment, key, CellDelta.Increment(current, dot, new CounterSum((Int128)amount)), amount);
                break;
            case < 7:
                if (current is { IsVisible: true })
                {
                    long moment = _random.Next(3) == 0 ? Cell.NoDeadline : 1_000_000 + _random.Next(100);
                    Commit(replica, dot, OperationKind.Expire, key, CellDelta.Expire(current, dot, moment), 0, moment);
                }

                break;
            case < 9:
                Commit(replica, dot, OperationKind.Remove, key, CellDelta.Remove(current, dot));
                break;
            default:
                ClearCollection(replica, dot, CollectionOf(key));
                break;
        }
    }

    private void Commit(
        Replica replica,
        Dot dot,
        OperationKind kind,
        int key,
        Cell delta,
        int amount = 0,
        long deadline = Cell.NoDeadline)
    {
        bool replaces = kind is OperationKind.Put or OperationKind.Remove;
        bool beginsCounter = kind == OperationKind.Increment && replica[key] is not { IsVisible: true };
        HashSet<int> covered = replaces
            ? _oracle.Known(replica.Known, k => k == key, OperationKind.Put, OperationKind.Increment)
            : [];
        HashSet<int> coveredDeadlines = replaces || beginsCounter || kind == OperationKind.Expire
            ? _oracle.Known(replica.Known, k => k == key, OperationKind.Put, OperationKind.Expire)
            : [];
        int id = _oracle.Add(new Operation(kind, key, dot, amount, deadline, covered, coveredDeadlines));
        if (_bug == PlantedBug.ShipMergedRecord)
        {
            Cell merged = replica[key]?.Clone() ?? new Cell();
            merged.Join(delta);
            delta = merged;
        }

        replica.Append(new LogEntry(dot.Stamp, id, [(key, replica.Encode(delta))], -1, []), _bug);
    }

    private void ClearCollection(Replica replica, Dot dot, int collection)
    {
        int[] keys = KeysOf(collection);
        HashSet<int> Known(params OperationKind[] kinds) =>
            _oracle.Known(replica.Known, k => CollectionOf(k) == collection, kinds);
        int id = _oracle.Add(new Operation(
            OperationKind.Clear,
            keys[0],
            dot,
            0,
            Cell.NoDeadline,
            Known(OperationKind.Put, OperationKind.Increment),
            Known(OperationKind.Put, OperationKind.Expire)));
        VersionVector clear = replica.Applied.Clone();
        if (_bug == PlantedBug.ClearNewestSeen)
        {
            foreach (CellDot seen in replica.Cells.Values.SelectMany(cell => cell.Dots))
            {
                clear.Raise(seen.Origin, seen.Stamp);
            }
        }

        // What arrived ahead of its origin's log lies above the vector and is removed by name, as are counters.
        var deltas = new List<(int Key, byte[] Delta)>();
        foreach (int key in keys)
        {
            Cell above = CellDelta.Remove(replica[key], dot);
            above.Clear(clear);
            if (!above.IsEmpty)
            {
                deltas.Add((key, replica.Encode(above)));
            }
        }

        replica.Append(new LogEntry(dot.Stamp, id, deltas, collection, Replica.Encode(clear)), _bug);
    }

    // ---- replication ----------------------------------------------------------------------------------------

    private static void Gossip(Replica replica, Replica from)
    {
        replica.Seen[from.Number] = from.Applied.Clone();
        replica.Clock.Observe(from.Clock.Last);
    }

    private void ReceiveSome()
    {
        int at = _random.Next(_messages.Count);
        (Replica to, Snapshot message) = _messages[at];
        _messages.RemoveAt(at);
        if (!AreConnected(to, message.From))
        {
            return;
        }

        if (_random.Next(2) == 0)
        {
            ReceiveKey(to, message, _random.Next(KeyCount));
        }
        else
        {
            to.Receive(message, _bug);
        }
    }

    /// <summary>One key of a snapshot, as read-repair brings it: it says nothing of other keys.</summary>
    private void ReceiveKey(Replica to, Snapshot message, int key)
    {
        to.ReceiveRow(message, key, _bug);
        to.Learn(message.Known.Where(id =>
            _oracle[id].Key == key && _oracle[id].Kind != OperationKind.Clear));
        if (_bug == PlantedBug.ApplyVectorOfOneKey)
        {
            to.Applied.Join(message.Applied);
        }
    }

    // ---- forgetting -----------------------------------------------------------------------------------------

    private void Forget(Replica replica)
    {
        Stamp stable = _bug == PlantedBug.ForgetSlotsUnstably ? replica.Clock.Last : StableThrough(replica);
        Func<Dot, bool> isCovered = _bug == PlantedBug.ForgetMarkersEarly ? _ => true : replica.IsApplied;
        Func<Origin, bool>? isActive = _bug == PlantedBug.ForgetEvictedSlots
            ? null
            : origin => replica.View.Contains(origin.Node - 1);
        replica.Forget(stable, isCovered, isActive);
    }

    private Stamp StableThrough(Replica replica)
    {
        replica.Seen[replica.Number] = replica.Applied.Clone();
        var stable = new Stamp(ulong.MaxValue);
        foreach (Replica other in _replicas)
        {
            Stamp[] column = [.. replica.View.Select(seen => replica.Seen[seen][other.Origin])];

            // An origin that was cut off holds nothing back once all active replicas agree about it.
            if (replica.View.Contains(other.Number) || column.Min() != column.Max())
            {
                stable = column.Append(stable).Min();
            }
        }

        return stable;
    }

    // ---- membership -----------------------------------------------------------------------------------------

    private bool AreConnected(Replica left, Replica right) =>
        _groups.Any(group => group.Contains(left.Number) && group.Contains(right.Number));

    private void Split()
    {
        int[] shuffled = [.. Enumerable.Range(0, _replicas.Length)];
        _random.Shuffle(shuffled);
        int cut = _random.Next(1, _replicas.Length);
        _groups = [[.. shuffled[..cut]], [.. shuffled[cut..]]];
        _messages.RemoveAll(message => !AreConnected(message.To, message.Message.From));
        if (_random.Next(10) < 7)
        {
            foreach (HashSet<int> group in _groups)
            {
                foreach (int number in group)
                {
                    _replicas[number].View = [.. group];
                }
            }
        }
    }

    private void Heal()
    {
        Stamp newest = _replicas.Max(replica => replica.Clock.Last);
        _groups = [[.. Enumerable.Range(0, _replicas.Length)]];
        foreach (Replica replica in _replicas)
        {
            replica.Clock.Observe(newest);
            replica.View = [.. _groups[0]];
            Array.Fill(replica.Seen, new VersionVector());
        }
    }

    private void Settle()
    {
        if (_groups.Length > 1)
        {
            Heal();
        }

        foreach ((Replica to, Snapshot message) in _messages)
        {
            to.Receive(message, _bug);
        }

        for (int round = 0; round < 3; round++)
        {
            ForEachPair((replica, other) => replica.Pull(other, int.MaxValue, _bug));
            ForEachPair((replica, other) =>
            {
                replica.Receive(other.TakeSnapshot(), _bug);
                Gossip(replica, other);
            });
            Array.ForEach(_replicas, Forget);
        }
    }

    private void ForEachPair(Action<Replica, Replica> action)
    {
        foreach (Replica replica in _replicas)
        {
            foreach (Replica other in _replicas.Where(other => other != replica))
            {
                action(replica, other);
            }
        }
    }

    // ---- checking -------------------------------------------------------------------------------------------

    private string? Check()
    {
        for (int key = 0; key < KeyCount; key++)
        {
            KeyView expected = _oracle.View(key);
            foreach (Replica replica in _replicas)
            {
                KeyView found = View(replica[key]);
                if (found != expected)
                {
                    return $"key {key} on replica {replica.Number}: {found}, expected {expected}";
                }

                if (!replica.Digest(key).AsSpan().SequenceEqual(_replicas[0].Digest(key)))
                {
                    return $"key {key}: replica {replica.Number} and replica 0 differ in their digests";
                }
            }
        }

        return null;
    }

    private static KeyView View(Cell? cell)
    {
        if (cell is not { IsVisible: true })
        {
            return KeyView.Absent;
        }

        cell.CounterWorth.TryGetInteger(out Int128 sum);
        IEnumerable<Dot> live = cell.Dots.Where(dot => dot.IsLive).Select(dot => dot.Dot).Order();
        return new KeyView(string.Join(' ', live), cell.HasCounter, sum, cell.EffectiveDeadline);
    }
}
