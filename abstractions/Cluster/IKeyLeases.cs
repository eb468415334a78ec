using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Cluster;

/// <summary>
/// What this node may answer from. Of the partitions it holds it has everything; of the others it has copies of keys,
/// and a lease on a copy says that whoever gave it tells of every change, so that the copy, or that there is nothing to
/// copy, is as good as a key held.
/// </summary>
public interface IKeyLeases
{
    /// <summary>Whether a key of a partition that is not held may be answered from here now; that it is used is noted.
    /// </summary>
    /// <param name="partition">0 to 4095.</param>
    /// <param name="name">The key; it need not exist.</param>
    bool IsLeased(ushort partition, ReadOnlySpan<byte> name);

    /// <summary>Brings keys in. Afterwards they are leased; where no owner can be reached, for a moment only, and
    /// answered from what is here.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="done">Called once, by any thread, while the caller may hold locks.</param>
    void Bring(IReadOnlyList<KeyName> keys, Action done);

    /// <summary>Every owner of a partition has what this node wrote there under its present origin up to here.</summary>
    /// <param name="partition">0 to 4095.</param>
    Stamp SeenThrough(ushort partition);
}

/// <summary>A key and where it belongs.</summary>
/// <param name="Partition">0 to 4095.</param>
/// <param name="Name">The name.</param>
public readonly record struct KeyName(ushort Partition, byte[] Name);
