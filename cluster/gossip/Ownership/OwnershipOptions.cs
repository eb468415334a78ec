namespace Marekvs.Cluster.Gossip.Ownership;

/// <summary>How partitions change hands.</summary>
internal sealed record OwnershipOptions
{
    /// <summary>Whether a node keeps only the partitions it owns; else every node keeps all.</summary>
    public bool IsPartial { get; init; }

    /// <summary>A partition is taken over when it has been this node's to keep for so long: a view that is on the move is
    /// not followed at every step.</summary>
    public long TakeOverMilliseconds { get; init; } = 1000;

    /// <summary>A partition that is no longer this node's to keep stays at least so long.</summary>
    public long DropMilliseconds { get; init; } = 60_000;

    /// <summary>A member that may have a partition is waited for so long before it is taken for empty.</summary>
    public long UnreachedMilliseconds { get; init; } = 10_000;

    /// <summary>Another peer is asked when one has not brought a partition within this time.</summary>
    public long DonorMilliseconds { get; init; } = 10_000;

    /// <summary>A partition that was compared and still has a hole before some stream is held all the same after this time:
    /// those who hold it may be unable to close it, and all that they have is here.</summary>
    public long HoleMilliseconds { get; init; } = 3000;

    /// <summary>A partition of which something is known that has not come stays so much longer: it may come, or it may be
    /// lost with the node that wrote it.</summary>
    public long UntidyMilliseconds { get; init; } = 30_000;

    /// <summary>Time between two looks at all partitions.</summary>
    public long LookMilliseconds { get; init; } = 100;

    /// <summary>What a node holds is told again after this time, though nothing has changed.</summary>
    public long TellMilliseconds { get; init; } = 5000;
}
