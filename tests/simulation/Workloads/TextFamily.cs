using System.Globalization;

namespace Marekvs.Simulation.Tests.Workloads;

/// <summary>Strings: what is there is a write that no later one has seen.</summary>
internal sealed class TextFamily() : Family("text")
{
    public override void Step(Client client, string key)
    {
        string[] shown = Show(client.Node, key);
        if (client.Random.Next(100) >= 80 && MayDelete(key))
        {
            client.Run("DEL", key);
            client.Note(OperationKind.Delete, key, shown: shown);
            return;
        }

        client.Run("SET", key, client.Unique);
        client.Note(
            OperationKind.Write, key, amount: long.Parse(client.Unique, CultureInfo.InvariantCulture), shown: shown);
    }

    public override string? Check(SimulatedNode node, Oracle oracle, string key)
    {
        (HashSet<string> must, HashSet<string> may) = oracle.WritesOf(key);
        string[] shown = Show(node, key);
        if (shown.Length == 0)
        {
            return must.Count == 0 ? null : $"{key} is gone, though nobody deleted {string.Join(',', must)}";
        }

        return may.Contains(shown[0]) ? null : $"{key} is {shown[0]}, which was replaced";
    }

    private static string[] Show(SimulatedNode node, string key) => ReplyText.Read(node.Run("GET", key)).Text is { } text ? [text] : [];
}
