using Marekvs.Abstractions.Crdt;

namespace Marekvs.Abstractions.Cluster;

/// <summary>
/// The partitions of this node as anti-entropy compares and joins them. A comparison stands on an applied vector that
/// was taken before the state it goes with: "you do not have it, yet your vector covers it" means "you deleted it".
/// </summary>
public interface IPartitionStore
{
    /// <summary>Grows when the digest of a partition may have changed.</summary>
    /// <param name="partition">0 to 4095.</param>
    long VersionOf(ushort partition);

    /// <summary>One hash of all digest bucket sums.</summary>
    /// <param name="partition">0 to 4095.</param>
    ulong RootOf(ushort partition);

    /// <summary>Whether the digest of a partition has a root.</summary>
    /// <param name="partition">0 to 4095.</param>
    /// <param name="root">The root of a peer.</param>
    /// <param name="hasRemovals">Whether the node knows of removals that neither digest nor applied vector tell.</param>
    bool HasRoot(ushort partition, ulong root, out bool hasRemovals);

    /// <summary>Reads the applied vector, the digest and what neither of them tells, all of one moment.</summary>
    /// <param name="partition">0 to 4095.</param>
    /// <param name="buckets">Receives 256 sums.</param>
    PartitionContext Read(ushort partition, Span<ulong> buckets);

    /// <summary>Chunks that tell of deletes of everything which something may still arrive for. Whoever adopts the applied
    /// vector of any partition joins them before.</summary>
    IReadOnlyList<byte[]> ReadFlushes();

    /// <summary>Joins a delete of everything.</summary>
    /// <param name="chunk">What <see cref="ReadFlushes"/> gave there.</param>
    /// <exception cref="RecordFormatException">It does not decode.</exception>
    ApplyOutcome JoinFlush(ReadOnlySpan<byte> chunk);

    /// <summary>What is applied in a partition.</summary>
    /// <param name="partition">0 to 4095.</param>
    VersionVector AppliedIn(ushort partition);

    /// <summary>Whether a vector covers, in a partition, what this node's does not.</summary>
    /// <param name="partition">0 to 4095.</param>
    /// <param name="vector">The vector.</param>
    bool IsBehind(ushort partition, VersionVector vector);

    /// <summary>Whether the applied vectors of some partitions differ from those of others: something is missing that
    /// only a comparison can tell.</summary>
    bool IsUneven { get; }

    /// <summary>Whether the applied vector of a partition differs from that of most.</summary>
    /// <param name="partition">0 to 4095.</param>
    bool HasOwnVector(ushort partition);

    /// <summary>The keys of some buckets, with a hash of what is live in each.</summary>
    /// <param name="partition">0 to 4095.</param>
    /// <param name="buckets">256 bits, the lowest of the first byte first.</param>
    IReadOnlyList<KeyDigest> ListKeys(ushort partition, ReadOnlySpan<byte> buckets);

    /// <summary>Writes records of a key, dead markers included, in the form <see cref="Join"/> takes; its name comes first.
    /// </summary>
    /// <param name="partition">0 to 4095.</param>
    /// <param name="name">The key; it need not exist.</param>
    /// <param name="from">The first record; empty for the first of all.</param>
    /// <param name="bytesMax">About how much to write.</param>
    /// <param name="chunk">Receives the records.</param>
    /// <returns>Where to go on, or null when that were all.</returns>
    byte[]? ReadChunk(ushort partition, ReadOnlySpan<byte> name, ReadOnlySpan<byte> from, int bytesMax, RecordWriter chunk);

    /// <summary>Joins what a peer has of a part of a key, causally.</summary>
    /// <param name="partition">0 to 4095.</param>
    /// <param name="chunk">What <see cref="ReadChunk"/> wrote there.</param>
    /// <param name="theirs">The peer's applied vector, taken before.</param>
    /// <exception cref="RecordFormatException">It does not decode.</exception>
    ApplyOutcome Join(ushort partition, ReadOnlySpan<byte> chunk, VersionVector theirs);

    /// <summary>Raises the applied vectors of partitions whose live records are those of a peer, or have been joined with
    /// all of them.</summary>
    /// <param name="partitions">The partitions.</param>
    /// <param name="theirs">The peer's vector, taken before the comparison.</param>
    /// <returns>False when this node has no room now.</returns>
    bool Adopt(IReadOnlyList<ushort> partitions, VersionVector theirs);
}

/// <summary>What a comparison of a partition stands on.</summary>
/// <param name="Applied">The applied vector.</param>
/// <param name="Removals">Chunks that tell of removals beyond vector and digest: whoever adopts the vector joins them
/// before.</param>
/// <param name="IsTidy">Whether the node knows of nothing that the vector does not cover.</param>
public readonly record struct PartitionContext(VersionVector Applied, IReadOnlyList<byte[]> Removals, bool IsTidy);

/// <summary>A key and a hash of what is live in it.</summary>
/// <param name="Name">The key.</param>
/// <param name="Hash">The hash, the same on every node.</param>
public readonly record struct KeyDigest(byte[] Name, ulong Hash);
