using System.Globalization;

namespace Marekvs.Simulation.Tests.Workloads;

/// <summary>Counters: their value is the sum of what was added and not reset by somebody who had seen it.</summary>
/// <param name="name">Of the keys.</param>
/// <param name="add">The command that adds, up to the amount.</param>
/// <param name="get">The command that tells the value.</param>
internal sealed class CounterFamily(string name, Func<string, string, string[]> add, Func<string, string[]> get) : Family(name)
{
    public override void Step(Client client, string key)
    {
        if (client.Random.Next(100) >= 80 && MayDelete(key))
        {
            client.Run("DEL", key);
            client.Note(OperationKind.Delete, key);
            return;
        }

        long amount = client.Random.Next(1, 10);
        client.Run(add(key, amount.ToString(CultureInfo.InvariantCulture)));
        client.Note(OperationKind.Count, key, amount: amount);
    }

    public override string? Check(SimulatedNode node, Oracle oracle, string key)
    {
        long found = ReplyText.Read(node.Run(get(key))).Number;
        (long least, long most) = oracle.CountOf(key);
        return found >= least && found <= most ? null : $"{key} is {found}, not within {least}..{most}";
    }
}
