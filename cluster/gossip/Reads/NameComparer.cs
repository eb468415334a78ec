using System.IO.Hashing;

namespace Marekvs.Cluster.Gossip.Reads;

/// <summary>Compares names of keys; seeded, so that nobody can aim collisions.</summary>
internal sealed class NameComparer(long seed)
    : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(byte[] name) => GetHashCode(name.AsSpan());

    public int GetHashCode(ReadOnlySpan<byte> name) => unchecked((int)XxHash3.HashToUInt64(name, seed));

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
}
