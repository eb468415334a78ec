using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Cluster;

/// <summary>
/// Single keys as nodes copy them from one another: what an owner tells of them, and what becomes of the copies of a
/// node that does not hold their partition. Records travel as <see cref="IPartitionStore.ReadChunk"/> writes them and are
/// joined by <see cref="IPartitionStore.Join"/>.
/// <para>
/// Where a partition is not held nothing counts as applied. A copy therefore remembers each removal by itself, until all
/// owners know of it.
/// </para>
/// </summary>
public interface IKeyCopies
{
    /// <summary>The position after the newest change.</summary>
    long End { get; }

    /// <summary>Reads which records were changed, in the order they were, by whomever.</summary>
    /// <param name="from">A position this or <see cref="End"/> gave.</param>
    /// <param name="bytesMax">About how much of the journal to read.</param>
    /// <param name="take">Receives them; it must not ask for anything else here.</param>
    /// <returns>Where to go on; -1 when the position is no longer kept.</returns>
    long ReadChanges(long from, long bytesMax, ChangeTaker take);

    /// <summary>Writes one record of a key, or that there is none, as a chunk.</summary>
    /// <param name="partition">0 to 4095.</param>
    /// <param name="name">The key; it need not exist.</param>
    /// <param name="record">Which, as <see cref="ReadChanges"/> named it.</param>
    /// <param name="chunk">Receives it.</param>
    void ReadRecord(ushort partition, ReadOnlySpan<byte> name, ReadOnlySpan<byte> record, RecordWriter chunk);

    /// <summary>A hash of what is live in a key, the same on every node; 0 for nothing.</summary>
    /// <param name="partition">0 to 4095.</param>
    /// <param name="name">The key; it need not exist.</param>
    ulong HashOf(ushort partition, ReadOnlySpan<byte> name);

    /// <summary>Whether somebody waits for a key or watches it.</summary>
    /// <param name="partition">0 to 4095.</param>
    /// <param name="name">The key.</param>
    bool IsAwaited(ushort partition, ReadOnlySpan<byte> name);

    /// <summary>The keys there are copies of.</summary>
    /// <param name="partition">A partition that is not held.</param>
    IReadOnlyList<byte[]> ListCopies(ushort partition);

    /// <summary>Lets go of a copy: nobody is told, for nothing is deleted.</summary>
    /// <param name="partition">A partition that is not held.</param>
    /// <param name="name">The key.</param>
    /// <returns>False while it is needed, or holds what this node wrote and some owner lacks, or is part of a partition
    /// that comes or goes as a whole.</returns>
    bool TryDrop(ushort partition, ReadOnlySpan<byte> name);

    /// <summary>What this node wrote in a partition up to here may be among what was dropped, removals included. A record
    /// that lacks some of it must not be taken in: what was removed would be there again, and the sums of this node's own
    /// counters would start again.</summary>
    /// <param name="partition">0 to 4095.</param>
    Stamp DroppedThrough(ushort partition);
}

/// <summary>Receives what was changed.</summary>
/// <param name="origin">Who did; zero for what anti-entropy found.</param>
/// <param name="key">The key; its name is empty and its partition 65535 when everything was deleted.</param>
/// <param name="record">Which record of it; empty for all.</param>
public delegate void ChangeTaker(Origin origin, ChangedKey key, ReadOnlySpan<byte> record);

/// <summary>A key that was changed.</summary>
/// <param name="partition">0 to 4095, or 65535.</param>
/// <param name="name">The name.</param>
public readonly ref struct ChangedKey(ushort partition, ReadOnlySpan<byte> name)
{
    /// <summary>0 to 4095, or 65535 for everything.</summary>
    public ushort Partition { get; } = partition;

    /// <summary>The name.</summary>
    public ReadOnlySpan<byte> Name { get; } = name;
}
