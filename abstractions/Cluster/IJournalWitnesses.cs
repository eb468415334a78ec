namespace Marekvs.Abstractions.Cluster;

/// <summary>Knows how far other nodes have this node's journal. A cluster that has several nodes implements it beside
/// <see cref="ICluster"/>.</summary>
public interface IJournalWitnesses
{
    /// <summary>Counts the connected nodes that have taken in this node's journal up to a position, and those that have it on
    /// disk.</summary>
    /// <param name="position">The position.</param>
    /// <param name="partition">Only owners of this partition count; null: every node does.</param>
    (int Having, int Synced) Count(long position, ushort? partition);

    /// <summary>Completes when a count may have grown; taken before the count is read, no growth is missed.</summary>
    Task WhenGrown();
}
