namespace Marekvs.Cluster.Gossip.Replication;

/// <summary>How far the streams between this node and its connected peers are, for what has to follow them.</summary>
internal interface IStreamProgress
{
    /// <summary>Where this node's journal ends.</summary>
    long OwnEnd { get; }

    /// <summary>What this node has of a peer's journal.</summary>
    long TakenIn(ushort node);

    /// <summary>What a peer has of this node's journal.</summary>
    long AcknowledgedBy(ushort node);

    /// <summary>Where a peer's journal ended soon after the two were connected; -1 while it has not said so.</summary>
    long FirstEndOf(ushort node);

    /// <summary>Tells a peer with the next message how far this node's journal is.</summary>
    void Hurry(ushort node);
}
