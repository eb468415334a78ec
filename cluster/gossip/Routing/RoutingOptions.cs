namespace Marekvs.Cluster.Gossip.Routing;

/// <summary>The times and bounds of routing.</summary>
internal sealed record RoutingOptions
{
    /// <summary>Time to wait for the journal of the other node, so that a client sees what it has done.</summary>
    public long JournalMilliseconds { get; init; } = 1000;

    /// <summary>A command that does not wait for keys and is not answered for so long is in doubt, though its node is
    /// connected.</summary>
    public long AnswerMilliseconds { get; init; } = 10_000;

    /// <summary>A node that has just been met and does not catch up counts as in step after this.</summary>
    public long StepMilliseconds { get; init; } = 10_000;

    /// <summary>The largest command that is sent.</summary>
    public int RequestBytesMax { get; init; } = 4 * 1024 * 1024;

    /// <summary>A reply is sent in parts of this size, one after the other.</summary>
    public int PartBytes { get; init; } = 512 * 1024;

    /// <summary>The largest reply that is taken.</summary>
    public uint ReplyBytesMax { get; init; } = 1024 * 1024 * 1024;

    /// <summary>Commands of one peer that may be under way here.</summary>
    public int RunsMax { get; init; } = 20_000;

    /// <summary>Bytes of commands and replies of one peer that may be held here; more commands are refused.</summary>
    public long HeldBytesMax { get; init; } = 64 * 1024 * 1024;
}
