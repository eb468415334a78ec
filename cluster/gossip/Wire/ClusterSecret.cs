using System.Security.Cryptography;
using System.Text;

namespace Marekvs.Cluster.Gossip.Wire;

/// <summary>
/// What every node of a cluster knows and nobody else. A key is derived from it for each purpose, so that a tag made
/// for one means nothing for another, nor in a cluster of another name.
/// </summary>
internal sealed class ClusterSecret
{
    /// <summary>Bytes of a tag: half of HMAC-SHA256, which leaves no chance to guess one.</summary>
    public const int TagBytes = 16;

    private readonly byte[]? _key;

    private ClusterSecret(byte[]? key) => _key = key;

    /// <summary>No secret: whoever reaches the sockets is believed.</summary>
    public static ClusterSecret None { get; } = new(null);

    /// <summary>Whether there is one.</summary>
    public bool IsSet => _key is not null;

    /// <summary>Derives the key of a purpose.</summary>
    /// <param name="secret">What the operator chose; empty for none.</param>
    /// <param name="cluster">The cluster's name.</param>
    /// <param name="purpose">What tags are for, such as <c>gossip</c>.</param>
    public static ClusterSecret Derive(string secret, string cluster, string purpose)
    {
        if (secret.Length == 0)
        {
            return None;
        }

        byte[] key = HKDF.DeriveKey(
            HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret), outputLength: 32,
            salt: Encoding.UTF8.GetBytes(cluster), info: Encoding.UTF8.GetBytes("marekvs " + purpose));
        return new ClusterSecret(key);
    }

    /// <summary>Makes the tag of a message.</summary>
    /// <param name="message">What is authenticated.</param>
    /// <param name="tag">Receives <see cref="TagBytes"/> bytes.</param>
    public void Sign(ReadOnlySpan<byte> message, Span<byte> tag)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key!, message, whole);
        whole[..TagBytes].CopyTo(tag);
    }

    /// <summary>Whether a tag belongs to a message; takes as long whatever is wrong.</summary>
    public bool IsSigned(ReadOnlySpan<byte> message, ReadOnlySpan<byte> tag)
    {
        Span<byte> expected = stackalloc byte[TagBytes];
        Sign(message, expected);
        return CryptographicOperations.FixedTimeEquals(expected, tag);
    }
}
