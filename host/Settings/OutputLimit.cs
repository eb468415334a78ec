namespace Marekvs.Host.Settings;

/// <summary>How much output may wait for one connection of a class; beyond it the connection is closed.</summary>
/// <param name="HardBytes">Closed at once beyond this; 0 for no bound.</param>
/// <param name="SoftBytes">Closed when beyond this for <paramref name="SoftSeconds"/>; 0 for no bound.</param>
/// <param name="SoftSeconds">How long the soft bound may be exceeded.</param>
internal readonly record struct OutputLimit(long HardBytes, long SoftBytes, int SoftSeconds);

/// <summary>The bounds of Redis's three classes of clients.</summary>
/// <param name="Normal">Ordinary connections, monitors among them.</param>
/// <param name="Replica">Kept for CONFIG; no client of a node is a replica.</param>
/// <param name="PubSub">Connections with a subscription.</param>
internal sealed record OutputLimits(OutputLimit Normal, OutputLimit Replica, OutputLimit PubSub)
{
    /// <summary>Redis's defaults.</summary>
    public static OutputLimits Default { get; } = new(
        new OutputLimit(0, 0, 0),
        new OutputLimit(256L << 20, 64L << 20, 60),
        new OutputLimit(32L << 20, 8L << 20, 60));
}
