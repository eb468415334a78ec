namespace Marekvs.Abstractions.Tests.History;

/// <summary>What may happen in one step.</summary>
public enum SimulationStep
{
    Write,
    Pull,
    Gossip,
    Forget,
    Send,
    Receive,
    Split,
    Heal,
}

/// <summary>How often each step happens.</summary>
public sealed class SimulationMix(params (SimulationStep Step, int Weight)[] weights)
{
    public static SimulationMix Usual { get; } = new(
        (SimulationStep.Write, 300),
        (SimulationStep.Pull, 180),
        (SimulationStep.Gossip, 120),
        (SimulationStep.Forget, 120),
        (SimulationStep.Send, 120),
        (SimulationStep.Receive, 120),
        (SimulationStep.Split, 15),
        (SimulationStep.Heal, 25));

    /// <summary>Long splits and much gossip: replicas live apart long enough to forget each other.</summary>
    public static SimulationMix LongSplits { get; } = new(
        (SimulationStep.Write, 300),
        (SimulationStep.Pull, 180),
        (SimulationStep.Gossip, 200),
        (SimulationStep.Forget, 140),
        (SimulationStep.Send, 80),
        (SimulationStep.Receive, 80),
        (SimulationStep.Split, 30),
        (SimulationStep.Heal, 10));

    private readonly int _total = weights.Sum(entry => entry.Weight);

    public SimulationStep Pick(Random random)
    {
        int at = random.Next(_total);
        foreach ((SimulationStep step, int weight) in weights)
        {
            at -= weight;
            if (at < 0)
            {
                return step;
            }
        }

        return weights[^1].Step;
    }
}
