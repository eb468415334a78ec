namespace Marekvs.Simulation.Tests;

/// <summary>
/// A cluster on one thread, from one seed, in virtual time: commands and faults for a while, then everything works again
/// and all nodes must become the same, and hold what the oracle says.
/// </summary>
internal sealed class Simulation : IDisposable
{
    /// <summary>What was slow or lost on its way needs some more rounds.</summary>
    private const long LossyMilliseconds = 7000;

    /// <summary>Longer than any deadline that clients set.</summary>
    private const long RestMilliseconds = 6000;

    private readonly SimulationOptions _options;
    private readonly Random _random;
    private readonly Oracle _oracle = new();
    private readonly SimulatedCluster _cluster;
    private readonly Chaos _chaos;
    private readonly Workload _workload;
    private readonly bool _isLossy;

    public Simulation(int seed, SimulationOptions options)
    {
        _options = options;
        _random = new Random(seed);
        _cluster = new SimulatedCluster(options, _random);
        SimulatedNetwork network = _cluster.Network;
        _isLossy = options.HasChaos && _random.Next(3) == 0;
        network.Loss = _isLossy ? _random.Next(1, 10) : 0;
        network.Duplication = options.HasChaos && _random.Next(2) == 0 ? _random.Next(1, 10) : 0;
        network.DelayMax = _random.Next(3) == 0 ? 60 : 5;
        if (options.DelayMax > 0)
        {
            (network.DelayMax, network.Loss, _isLossy) = (options.DelayMax, 0, false);
        }

        _chaos = new Chaos(_cluster, _random, options.LosesDisks);
        _workload = new Workload(_random, _oracle, _cluster.Trace, flushes: _random.Next(4) == 0 && !options.IsNarrow)
        {
            Families = options.IsNarrow ? Workload.Few() : Workload.All(options.RetainBytes > 0),
        };
    }

    public IReadOnlyList<string> History => _cluster.History;

    /// <summary>Virtual milliseconds from the end of all faults until all nodes were the same.</summary>
    public long SettledAfter { get; private set; }

    public long Messages => _cluster.Network.Messages;

    /// <summary>Runs it.</summary>
    /// <returns>Null, or what is wrong.</returns>
    public string? Run()
    {
        for (long end = _cluster.Now + _options.ChaosMilliseconds; _cluster.Now < end;)
        {
            if (_options.HasChaos)
            {
                _chaos.Disturb();
            }

            if (_random.Next(10) < 5 && _chaos.ChooseClient() is { } client)
            {
                _workload.Step(client);
            }

            _cluster.Step();
        }

        string? fault = Settle();
        if (fault is not null)
        {
            _cluster.TraceState();
            TraceRecords(fault);
        }

        return fault;
    }

    public void Dispose() => _cluster.Dispose();

    private string? Settle()
    {
        _cluster.Heal();
        _oracle.Doubt(_cluster.Nodes);
        long begin = _cluster.Now;
        if (!_cluster.RunUntil(_cluster.HasEqualDigests, _isLossy ? LossyMilliseconds : _options.SettleMilliseconds))
        {
            return "the nodes did not become the same in time: " + NodeChecks.Difference(_cluster, Keys());
        }

        SettledAfter = _cluster.Now - begin;

        // Anti-entropy changes nothing any more.
        _cluster.Run(1000);
        return Check();
    }

    private string? Check()
    {
        // What waits only for all to know, or for its deadline to pass everywhere, goes within a moment.
        if (!_cluster.RunUntil(() => FindFault() is null, RestMilliseconds))
        {
            return FindFault();
        }

        foreach (SimulatedNode node in _cluster.Nodes)
        {
            string? fault = _workload.Families
                .SelectMany(family => family.Keys.Select(key => family.Check(node, _oracle, key)))
                .FirstOrDefault(f => f is not null);
            if (fault is not null)
            {
                return $"{node}: {fault}";
            }
        }

        return null;
    }

    /// <summary>Adds to the trace what nodes hold of the keys that a fault is about.</summary>
    private void TraceRecords(string fault)
    {
        foreach (string key in Keys().Where(key => fault.Contains(key, StringComparison.Ordinal)))
        {
            _cluster.Nodes.SelectMany(node => NodeChecks.Records(node, key)).ToList().ForEach(_cluster.Trace);
        }
    }

    private string? FindFault()
    {
        if (NodeChecks.Difference(_cluster, Keys()) is { } difference)
        {
            return "the nodes show different things: " + difference;
        }

        return _cluster.HasEqualDigests()
            ? _cluster.Nodes.Select(node => NodeChecks.All(node) is { } fault ? $"{node}: {fault}" : null)
                .FirstOrDefault(f => f is not null)
            : "the digests of the nodes differ again";
    }

    private IEnumerable<string> Keys() => _workload.Families.SelectMany(family => family.Keys);
}
