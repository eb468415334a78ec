using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Cluster;

/// <summary>Takes in what peers wrote, in the order of their journals.</summary>
public interface IStreamTarget
{
    /// <summary>How far the journal of a node has been taken in.</summary>
    /// <param name="node">The node's number.</param>
    JournalCursor CursorOf(ushort node);

    /// <summary>A stream begins.</summary>
    /// <param name="origin">The origin the node writes under.</param>
    /// <param name="at">Where it begins.</param>
    /// <param name="floor">Zero when nothing is left out; else entries before <paramref name="at"/> are missing here, all
    /// stamped up to this.</param>
    /// <param name="filter">Which partitions it brings. Nothing begins while it lacks one that is attached here.</param>
    /// <exception cref="RecordFormatException">No such stream can be.</exception>
    /// <returns>Whether it began.</returns>
    bool Begin(Origin origin, JournalCursor at, Stamp floor, StreamFilter filter);

    /// <summary>A node is gone for good: should it come back, it is read from the beginning.</summary>
    /// <param name="node">Its number.</param>
    void Forget(ushort node);

    /// <summary>Takes entries in, each as one unit.</summary>
    /// <param name="origin">The origin the node writes under.</param>
    /// <param name="range">Where they stand in its journal.</param>
    /// <param name="entries">What <see cref="IJournalSource.Read"/> wrote.</param>
    /// <exception cref="RecordFormatException">They do not decode, or this node's modules do not know them. Nothing
    /// of the entry at fault was taken in.</exception>
    ApplyOutcome Apply(Origin origin, JournalRange range, ReadOnlySpan<byte> entries);
}

/// <summary>What a stream brings of a journal.</summary>
/// <param name="Partitions">Records of these partitions, and what concerns all.</param>
/// <param name="Floor">What was left out of them before the stream began, for the reader did not want them then, is stamped
/// up to this. The greatest stamp there is: nobody can tell yet.</param>
public sealed record StreamFilter(PartitionSet Partitions, Stamp Floor)
{
    /// <summary>Nothing is left out, and nothing ever was.</summary>
    public static StreamFilter None { get; } = new(PartitionSet.All, Stamp.Zero);
}

/// <summary>What became of entries a peer sent.</summary>
public enum ApplyOutcome
{
    /// <summary>They are in the journal of this node.</summary>
    Applied,

    /// <summary>They do not follow on what was taken in before.</summary>
    OutOfPlace,

    /// <summary>They are stamped too far in the future: the clocks disagree.</summary>
    TooEarly,

    /// <summary>This node has no room now.</summary>
    NoRoom,
}
