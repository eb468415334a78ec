namespace Marekvs.Simulation.Tests.Workloads;

/// <summary>Jobs handed out to consumer groups: every entry is delivered, and what was acknowledged is not pending.
/// </summary>
/// <param name="keepsJournals">Whether entries of one node reach the others in order. Where comparison fills a hole, what
/// a group read behind it may let the cursor pass the hole by.</param>
internal sealed class GroupFamily(bool keepsJournals) : Family("work")
{
    private const string Group = "g";

    private readonly HashSet<(string Key, string Id)> _delivered = [];
    private int _created;

    public override IEnumerable<string> Keys => ["work0"];

    public override void Step(Client client, string key)
    {
        if (_created == 0 || client.Random.Next(20) == 0)
        {
            _created += client.Run("XGROUP", "CREATE", key, Group, "0", "MKSTREAM").IsError ? 0 : 1;
        }

        string consumer = "c" + client.Random.Next(3);
        switch (client.Random.Next(10))
        {
            case < 4:
                client.Run("XADD", key, "*", "job", "e" + client.Unique);
                break;
            case < 7:
                Deliver(key, client.Run("XREADGROUP", "GROUP", Group, consumer, "COUNT", "2", "STREAMS", key, ">"));
                break;
            case < 9:
                Acknowledge(client, key);
                break;
            default:
                client.Run("XAUTOCLAIM", key, Group, consumer, "0", "0", "COUNT", "2", "JUSTID");
                break;
        }
    }

    public override string? Check(SimulatedNode node, Oracle oracle, string key)
    {
        // A group made in two places at once begins anew where it was made later, and does not know of acknowledgements.
        HashSet<string> pending = [.. Pending(node, key)];
        string? again = _created > 1 ? null : oracle.RemovalsOf(key).FirstOrDefault(pending.Contains);
        if (again is not null)
        {
            return $"{again} of {key} was acknowledged and is pending";
        }

        if (!keepsJournals)
        {
            return null;
        }

        // Whoever made it may have been lost with its disk.
        node.Run("XGROUP", "CREATE", key, Group, "0", "MKSTREAM");
        while (Deliver(key, ReplyText.Read(
            node.Run("XREADGROUP", "GROUP", Group, "last", "COUNT", "100", "STREAMS", key, ">"))) > 0)
        {
            // Until there is nothing new.
        }

        string? lost = ReplyText.Read(node.Run("XRANGE", key, "-", "+")).Parts
            .Select(entry => entry.Parts[0].Text!).FirstOrDefault(id => !_delivered.Contains((key, id)));
        return lost is null ? null : $"{lost} of {key} is never delivered";
    }

    private static IEnumerable<string> Pending(SimulatedNode node, string key) =>
        ReplyText.Read(node.Run("XPENDING", key, Group, "-", "+", "1000")).Parts.Select(entry => entry.Parts[0].Text!);

    private int Deliver(string key, ReplyText reply)
    {
        ReplyText[] entries = [.. reply.Parts.SelectMany(stream => stream.Parts[1].Parts)];
        foreach (ReplyText entry in entries)
        {
            _delivered.Add((key, entry.Parts[0].Text!));
        }

        return entries.Length;
    }

    private static void Acknowledge(Client client, string key)
    {
        string[] pending = [.. Pending(client.Node, key)];
        if (pending.Length > 0)
        {
            string id = pending[client.Random.Next(pending.Length)];
            client.Run("XACK", key, Group, id);
            client.Note(OperationKind.Remove, key, id);
        }
    }
}
