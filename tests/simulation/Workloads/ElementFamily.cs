namespace Marekvs.Simulation.Tests.Workloads;

/// <summary>Collections: whatever was added is there unless it was removed by somebody who had seen it.</summary>
internal sealed class ElementFamily(string name) : Family(name)
{
    public required Func<Client, string, string[]> Add { get; init; }

    /// <summary>Removes an element by the handle that a listing gives.</summary>
    public required Func<string, string, string[]> Remove { get; init; }

    /// <summary>Takes some element and answers which.</summary>
    public string[] Pops { get; init; } = [];

    public required Func<string, string[]> List { get; init; }

    public required string Count { get; init; }

    /// <summary>In how many of a hundred steps, at most, the key is deleted.</summary>
    public int DeletesOf { get; init; } = 8;

    /// <summary>Elements with their handles, out of a listing.</summary>
    public Func<ReplyText, IEnumerable<(string Element, string Handle)>> Read { get; init; } =
        static listing => listing.Texts.Select(text => (text, text));

    public override void Step(Client client, string key)
    {
        switch (client.Random.Next(100))
        {
            case < 55:
                client.Run(Add(client, key));
                client.Note(OperationKind.Write, key, ElementOf(client));
                break;
            case < 80:
                RemoveOne(client, key);
                break;
            case < 90 when Pops.Length > 0:
                Pop(client, key);
                break;
            case var chance when chance >= 100 - DeletesOf && MayDelete(key):
                string[] shown = [.. Show(client.Node, key).Select(pair => pair.Element)];
                client.Run("DEL", key);
                client.Note(OperationKind.Delete, key, shown: shown);
                break;
        }
    }

    public override string? Check(SimulatedNode node, Oracle oracle, string key)
    {
        string[] found = [.. Show(node, key).Select(pair => pair.Element)];
        (HashSet<string> must, HashSet<string> may) = oracle.WritesOf(key);
        string[] lost = [.. must.Except(found)];
        string[] back = [.. found.Except(may)];
        long counted = ReplyText.Read(node.Run(Count, key)).Number;
        return lost.Length > 0 ? $"{key} lacks {string.Join(',', lost)}"
            : back.Length > 0 ? $"{key} has {string.Join(',', back)}, which was removed or never written"
            : found.Distinct().Count() != found.Length ? $"{key} shows an element twice"
            : counted != found.Length ? $"{Count} {key} answers {counted} where a listing finds {found.Length}"
            : null;
    }

    private static string ElementOf(Client client) => "e" + client.Unique;

    private (string Element, string Handle)[] Show(SimulatedNode node, string key) =>
        [.. Read(ReplyText.Read(node.Run(List(key))))];

    private void RemoveOne(Client client, string key)
    {
        (string Element, string Handle)[] shown = Show(client.Node, key);
        if (shown.Length > 0)
        {
            (string element, string handle) = shown[client.Random.Next(shown.Length)];
            client.Run(Remove(key, handle));
            client.Note(OperationKind.Remove, key, element, shown: [.. shown.Select(pair => pair.Element)]);
        }
    }

    private void Pop(Client client, string key)
    {
        string[] shown = [.. Show(client.Node, key).Select(pair => pair.Element)];
        ReplyText popped = client.Run(Pops[client.Random.Next(Pops.Length)], key);
        if ((popped.Text ?? (popped.Parts.Count > 0 ? popped.Parts[0].Text : null)) is { } element)
        {
            client.Note(OperationKind.Remove, key, element, shown: shown);
        }
    }
}
