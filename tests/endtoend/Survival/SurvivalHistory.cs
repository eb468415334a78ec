namespace Marekvs.EndToEnd.Survival;

/// <summary>All that writers know of what a server must hold, over many kills.</summary>
internal sealed class SurvivalHistory
{
    public SurvivalHistory(int connections, int counters = 4, int pairs = 4)
    {
        Connections = [.. Enumerable.Range(0, connections).Select(_ => new ConnectionHistory())];
        Shared = new SharedHistory(counters, pairs);
    }

    public IReadOnlyList<ConnectionHistory> Connections { get; }

    public SharedHistory Shared { get; }
}
