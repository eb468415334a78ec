namespace Marekvs.Simulation.Tests.Workloads;

/// <summary>What clients do to keys of one kind, and what must hold of them in the end. Number 0 of a family is never
/// deleted.</summary>
internal abstract class Family(string name)
{
    public string Name => name;

    public virtual IEnumerable<string> Keys => Enumerable.Range(0, 3).Select(number => $"{name}{number}");

    /// <summary>Runs a command on a key.</summary>
    public abstract void Step(Client client, string key);

    /// <summary>Checks a key of a node against what was acknowledged.</summary>
    /// <returns>Null, or what is wrong.</returns>
    public virtual string? Check(SimulatedNode node, Oracle oracle, string key) => null;

    protected static bool MayDelete(string key) => key[^1] != '0';
}
