using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Cluster;

/// <summary>
/// Which partitions this node keeps, and how they come and go. A partition is
/// <list type="bullet">
/// <item>attached: its applied vector is the one that streams raise, so every stream taken in must bring it;</item>
/// <item>detached: it has an applied vector of its own, which may be empty. A stream that brings it since some time counts
/// in it once a comparison has closed the hole before that time.</item>
/// </list>
/// Apart from that it is held, which means complete as far as this node can know, or it is not: data of it may be here
/// that waits for its owners, or that was written here and is on its way to them.
/// </summary>
public interface IPartitionHoldings
{
    /// <summary>The partitions of which this node has a complete copy.</summary>
    PartitionSet Held { get; }

    /// <summary>The partitions whose applied vector is the common one.</summary>
    PartitionSet Attached { get; }

    /// <summary>Whether this node has a complete copy of a partition.</summary>
    /// <param name="partition">0 to 4095.</param>
    bool IsHeld(ushort partition);

    /// <summary>Whether the streams of some writers count in a partition: no hole before them is open.</summary>
    /// <param name="partition">0 to 4095.</param>
    /// <param name="writers">The origins they write under.</param>
    bool IsWhole(ushort partition, IEnumerable<Origin> writers);

    /// <summary>A node without data holds nothing until it has compared.</summary>
    void HoldNothing();

    /// <summary>The copies of partitions are complete.</summary>
    /// <param name="partitions">They.</param>
    /// <returns>False when this node has no room now.</returns>
    bool Hold(IReadOnlyCollection<ushort> partitions);

    /// <summary>Gives partitions up: they are held no more and streams need not bring them; data and vectors stay as they
    /// are until <see cref="Drop"/>.</summary>
    /// <param name="partitions">They.</param>
    /// <returns>False when this node has no room now.</returns>
    bool Detach(IReadOnlyCollection<ushort> partitions);

    /// <summary>Makes a held partition's vector part of the common one again, if it says at least as much, and the streams
    /// of all nodes count in it.</summary>
    /// <param name="partition">0 to 4095.</param>
    /// <returns>Whether it is attached now.</returns>
    bool TryAttach(ushort partition);

    /// <summary>Forgets detached partitions: first the applied vectors, then, bit by bit, the data, but for keys that
    /// were written here later than a stamp.</summary>
    /// <param name="partitions">They.</param>
    /// <param name="written">What this node wrote up to here, their owners have.</param>
    /// <returns>False when this node has no room now.</returns>
    bool Drop(IReadOnlyCollection<ushort> partitions, Stamp written);

    /// <summary>Whether data of a dropped partition is still being removed: what is brought in now might go with it.
    /// </summary>
    /// <param name="partition">0 to 4095.</param>
    bool IsDropping(ushort partition);

    /// <summary>Existing keys of a partition here.</summary>
    /// <param name="partition">0 to 4095.</param>
    long KeysIn(ushort partition);
}
