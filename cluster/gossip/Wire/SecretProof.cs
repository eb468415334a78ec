using System.Security.Cryptography;

namespace Marekvs.Cluster.Gossip.Wire;

/// <summary>
/// Shows the other end of a connection that this node knows the secret, without telling it. Both ends choose a nonce;
/// each proves itself with a tag over the other's nonce, its own, and everything both said so far:
/// <code>
/// caller -> answerer   hello, nonce a
/// answerer -> caller   hello, nonce b, tag("answerer", a, b, transcript)
/// caller -> answerer   tag("caller", a, b, transcript)
/// </code>
/// A tag of an earlier connection is of no use, for its nonces were others; one end's tag cannot be sent back as the
/// other's, for the roles differ.
/// </summary>
/// <param name="secret">The secret derived for this purpose.</param>
internal sealed class SecretProof(ClusterSecret secret)
{
    /// <summary>Bytes of a nonce.</summary>
    public const int NonceBytes = 32;

    /// <summary>Bytes of a proof.</summary>
    public const int ProofBytes = ClusterSecret.TagBytes;

    /// <summary>Which end of the connection proves itself.</summary>
    internal enum Role : byte
    {
        /// <summary>The one that connected.</summary>
        Caller = 1,

        /// <summary>The one that was connected to.</summary>
        Answerer = 2,
    }

    /// <summary>Whether proofs are asked for at all.</summary>
    public bool IsRequired => secret.IsSet;

    /// <summary>A fresh nonce.</summary>
    public static byte[] NewNonce() => RandomNumberGenerator.GetBytes(NonceBytes);

    /// <summary>Proves that this end knows the secret.</summary>
    /// <param name="role">Which end this is.</param>
    /// <param name="callerNonce">The nonce of the caller.</param>
    /// <param name="answererNonce">The nonce of the answerer.</param>
    /// <param name="transcript">What both said before, in the same order on both ends.</param>
    /// <returns>The proof; empty without a secret.</returns>
    public byte[] Prove(
        Role role, ReadOnlySpan<byte> callerNonce, ReadOnlySpan<byte> answererNonce, ReadOnlySpan<byte> transcript)
    {
        if (!secret.IsSet)
        {
            return [];
        }

        byte[] tag = new byte[ProofBytes];
        secret.Sign(Message(role, callerNonce, answererNonce, transcript), tag);
        return tag;
    }

    /// <summary>Whether the other end has proved that it knows the secret.</summary>
    /// <param name="role">Which end the other is.</param>
    /// <param name="callerNonce">The nonce of the caller.</param>
    /// <param name="answererNonce">The nonce of the answerer.</param>
    /// <param name="transcript">What both said before.</param>
    /// <param name="proof">What it sent; must be empty when this node has no secret.</param>
    public bool IsProved(
        Role role, ReadOnlySpan<byte> callerNonce, ReadOnlySpan<byte> answererNonce, ReadOnlySpan<byte> transcript,
        ReadOnlySpan<byte> proof) =>
        secret.IsSet
            ? secret.IsSigned(Message(role, callerNonce, answererNonce, transcript), proof)
            : proof.IsEmpty;

    private static byte[] Message(
        Role role, ReadOnlySpan<byte> callerNonce, ReadOnlySpan<byte> answererNonce, ReadOnlySpan<byte> transcript)
    {
        if (callerNonce.Length != NonceBytes || answererNonce.Length != NonceBytes)
        {
            throw new ArgumentException($"a nonce has {NonceBytes} bytes");
        }

        return [(byte)role, .. callerNonce, .. answererNonce, .. transcript];
    }
}
