namespace Marekvs.Simulation.Tests.Scenarios;

/// <summary>Nodes that see each other or not, for a story that is told command by command.</summary>
internal sealed class ScenarioCluster : IDisposable
{
    private const long SettleMilliseconds = 20_000;
    private const int FillerBytes = 3000;

    private readonly Delivery _delivery;
    private readonly SimulatedCluster _cluster;

    /// <param name="delivery">How the story is told.</param>
    /// <param name="change">What is special about the nodes.</param>
    /// <param name="seed">Where chance comes from.</param>
    public ScenarioCluster(Delivery delivery, Func<SimulationOptions, SimulationOptions>? change = null, int seed = 1)
    {
        _delivery = delivery;
        bool isForgetful = delivery == Delivery.Exchange;
        var options = new SimulationOptions
        {
            HasChaos = false,
            ClockSpread = 0,
            SegmentBytes = isForgetful ? 4 * 1024 : 64 * 1024,
            RetainBytes = isForgetful ? 0 : 1L << 30,
        };
        _cluster = new SimulatedCluster(change?.Invoke(options) ?? options, new Random(seed));
        Meet();
        Agree();
    }

    public SimulatedNode A => _cluster.Nodes[0];

    public SimulatedNode B => _cluster.Nodes[1];

    public SimulatedNode C => _cluster.Nodes[2];

    /// <summary>The fourth, where there is one.</summary>
    public SimulatedNode D => _cluster.Nodes[3];

    public IReadOnlyList<SimulatedNode> Nodes => _cluster.Nodes;

    public SimulatedNetwork Network => _cluster.Network;

    /// <summary>Runs commands one after the other, some milliseconds apart. <c>3*INCR k</c> runs three times.</summary>
    public void Run(SimulatedNode node, params string[] commands)
    {
        foreach (string command in commands)
        {
            int star = command.IndexOf('*', StringComparison.Ordinal);
            bool repeats = star > 0 && int.TryParse(command.AsSpan(0, star), out int times);
            string[] words = (repeats ? command[(star + 1)..] : command).Split(' ');
            for (int i = 0; i < (repeats ? int.Parse(command.AsSpan(0, star), provider: null) : 1); i++)
            {
                ReplyText reply = ReplyText.Read(node.Run(words));
                Assert.IsFalse(reply.IsError, $"{command}: {reply.Text}");
            }

            _cluster.Run(20);
        }
    }

    public void Wait(long milliseconds) => _cluster.Run(milliseconds);

    /// <summary>Waits until something holds.</summary>
    public void WaitUntil(Func<bool> holds, string what) => Assert.IsTrue(_cluster.RunUntil(holds, SettleMilliseconds), what);

    /// <summary>Nobody sees anybody.</summary>
    public void Part() => Cut(_cluster.Nodes);

    /// <summary>A node sees nobody, and nobody it.</summary>
    public void Cut(params IReadOnlyList<SimulatedNode> lonely)
    {
        foreach (SimulatedNode node in lonely)
        {
            foreach (SimulatedNode other in _cluster.Nodes.Where(other => other != node))
            {
                Cut(node, other);
            }
        }
    }

    /// <summary>Two nodes do not see each other.</summary>
    public void Cut(SimulatedNode node, SimulatedNode other)
    {
        _cluster.Network.Cut(node.Number, other.Number);
        _cluster.Network.Cut(other.Number, node.Number);
    }

    /// <summary>What was put aside on its way goes on.</summary>
    public void Release() => _cluster.Network.Release(_cluster.Now);

    /// <summary>Everybody sees everybody; what was written meanwhile comes as the scenario has it.</summary>
    public void Meet()
    {
        if (_delivery == Delivery.Exchange)
        {
            ForgetJournals();
        }

        if (_delivery == Delivery.Unreliable)
        {
            _cluster.Network.DelayMax = 60;
            _cluster.Network.Duplication = 30;
        }

        _cluster.Network.HealAll();
    }

    public void Start(SimulatedNode node) => _cluster.Start(node);

    /// <summary>Waits until all are the same, and stay so.</summary>
    public void Agree()
    {
        Assert.IsTrue(_cluster.RunUntil(_cluster.HasEqualDigests, SettleMilliseconds), "the nodes become the same");
        _cluster.Run(1500);
        Assert.IsTrue(_cluster.RunUntil(_cluster.HasEqualDigests, 2000), "the nodes stay the same");
    }

    /// <summary>Every node must answer one of some texts, all of them the same, and what is derived must be right.</summary>
    public void Expect(string command, string answers)
    {
        string[] found = [.. _cluster.Up.Select(node => Answer(node, command))];
        Assert.AreEqual(1, found.Distinct().Count(), $"{command}: {string.Join(" / ", found)}");
        if (answers != "*")
        {
            CollectionAssert.Contains(answers.Split('|'), found[0], command);
        }
    }

    /// <summary>What must hold after every scenario.</summary>
    public void Check()
    {
        string? fault = null;
        bool holds() => _cluster.Up.All(node => (fault = NodeChecks.All(node)) is null);
        Assert.IsTrue(_cluster.RunUntil(holds, SettleMilliseconds), fault);
    }

    public static string Answer(SimulatedNode node, string command)
    {
        ReplyText reply = ReplyText.Read(node.Run(command.Split(' ')));
        string[] texts = [.. Flatten(reply)];
        if (command.StartsWith("SMEMBERS", StringComparison.Ordinal))
        {
            Array.Sort(texts, StringComparer.Ordinal);
        }

        return string.Join(' ', texts);
    }

    public void Dispose() => _cluster.Dispose();

    private static IEnumerable<string> Flatten(ReplyText reply) =>
        reply.Text is { } text ? [text.TrimStart(':')] : reply.Parts.SelectMany(Flatten);

    /// <summary>Fills journals until a checkpoint lets what was written go.</summary>
    private void ForgetJournals()
    {
        for (int round = 0; round < 3; round++)
        {
            foreach (SimulatedNode node in _cluster.Up)
            {
                for (int i = 0; i < 4; i++)
                {
                    node.Run("SET", $"filler{node.Number}", new string((char)('a' + round), FillerBytes));
                }
            }

            _cluster.Run(2200);
        }
    }
}
