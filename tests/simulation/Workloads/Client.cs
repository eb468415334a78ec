using System.Globalization;

namespace Marekvs.Simulation.Tests.Workloads;

/// <summary>A client of one node: runs commands and tells the oracle what was acknowledged.</summary>
internal sealed class Client(SimulatedNode node, Random random, Oracle oracle, Action<string> trace, long number)
{
    public SimulatedNode Node => node;

    public Random Random => random;

    /// <summary>Different for every step.</summary>
    public string Unique { get; } = number.ToString(CultureInfo.InvariantCulture);

    public ReplyText Run(params string[] command)
    {
        string reply = node.Run(command);
        trace($"{node} {string.Join(' ', command)} -> {reply.TrimEnd().Replace("\r\n", " ", StringComparison.Ordinal)}");
        return ReplyText.Read(reply);
    }

    public void Note(OperationKind kind, string key, string element = "", long amount = 0, IReadOnlyCollection<string>? shown = null) =>
        oracle.Add(kind, node, key, element, amount, shown ?? []);
}
