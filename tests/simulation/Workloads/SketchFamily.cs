namespace Marekvs.Simulation.Tests.Workloads;

/// <summary>HyperLogLogs: what was added to one that nobody deletes is counted.</summary>
internal sealed class SketchFamily() : Family("sketch")
{
    public override void Step(Client client, string key)
    {
        switch (client.Random.Next(10))
        {
            case 0 when MayDelete(key):
                client.Run("DEL", key);
                client.Note(OperationKind.Delete, key);
                break;
            case 1:
                client.Run("PFMERGE", "sketch2", "sketch0");
                break;
            default:
                client.Run("PFADD", key, "e" + client.Unique);
                client.Note(OperationKind.Write, key, "e" + client.Unique);
                break;
        }
    }

    public override string? Check(SimulatedNode node, Oracle oracle, string key)
    {
        string? uncounted = MayDelete(key)
            ? null
            : oracle.WritesOf(key).Must.FirstOrDefault(element => node.Run("PFADD", key, element) == ":1\r\n");
        return uncounted is null ? null : $"{key} does not count {uncounted}";
    }
}
