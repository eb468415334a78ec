namespace Marekvs.Simulation.Tests.Workloads;

/// <summary>Two keys in different partitions, always written by one command: in the end they agree.</summary>
internal sealed class PairFamily() : Family("pair")
{
    public override IEnumerable<string> Keys => ["pairA", "pairB"];

    public override void Step(Client client, string key) => client.Run("MSET", "pairA", client.Unique, "pairB", client.Unique);

    public override string? Check(SimulatedNode node, Oracle oracle, string key)
    {
        string? a = ReplyText.Read(node.Run("GET", "pairA")).Text;
        string? b = ReplyText.Read(node.Run("GET", "pairB")).Text;
        return a == b ? null : $"of a pair written together one is {a}, the other {b}";
    }
}
