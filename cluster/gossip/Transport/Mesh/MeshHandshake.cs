using System.Text;
using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.Wire;
using Role = Marekvs.Cluster.Gossip.Wire.SecretProof.Role;

namespace Marekvs.Cluster.Gossip.Transport.Mesh;

/// <summary>The other end must not be talked to, or said so of this one.</summary>
/// <param name="message">Why.</param>
internal sealed class MeshRefusedException(string message) : Exception(message);

/// <summary>
/// Both ends of a new connection make sure of each other.
/// <code>
/// caller -> answerer   hello
/// answerer -> caller   1, proof, hello     or 0, reason
/// caller -> answerer   1, proof            or 0, reason
/// answerer -> caller   1                   or 0, reason
/// </code>
/// </summary>
/// <param name="proof">Proves the cluster's secret.</param>
internal sealed class MeshHandshake(SecretProof proof)
{
    private const int FrameBytesMax = 1024;
    private const byte Refused = 0;
    private const byte Accepted = 1;

    /// <summary>Introduces this node to one it has connected to.</summary>
    /// <param name="stream">The connection.</param>
    /// <param name="own">This node's hello.</param>
    /// <param name="expected">The number of the node there should be.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Who it is, and what both can do.</returns>
    /// <exception cref="MeshRefusedException">One of the two refuses.</exception>
    /// <exception cref="RecordFormatException">The other end speaks something else.</exception>
    public async Task<MeshHello> CallAsync(
        Stream stream, MeshHello own, ushort expected, CancellationToken cancellation)
    {
        byte[] said = own.Encode();
        await stream.WriteAsync(MeshFrames.Wrap(said), cancellation);
        byte[] answer = Accept(await ReadAsync(stream, cancellation));
        int proofBytes = proof.IsRequired ? SecretProof.ProofBytes : 0;
        if (answer.Length < proofBytes)
        {
            throw new MeshRefusedException("it does not know the cluster's secret");
        }

        byte[] heard = answer[proofBytes..];
        MeshHello other = MeshHello.Decode(heard);
        byte[] transcript = [.. said, .. heard];
        string? reason = own.MismatchWith(other) ?? (
            other.Node != expected ? $"it is node {other.Node}, not {expected}"
            : !proof.IsProved(Role.Answerer, own.Nonce, other.Nonce, transcript, answer.AsSpan(0, proofBytes))
                ? "it does not know the cluster's secret"
                : null);
        await SayAsync(stream, reason, proof.Prove(Role.Caller, own.Nonce, other.Nonce, transcript), cancellation);
        Accept(await ReadAsync(stream, cancellation));
        return own.AgreeWith(other);
    }

    /// <summary>Lets in a node that has connected, or not.</summary>
    /// <param name="stream">The connection.</param>
    /// <param name="ownFor">This node's hello for a lane.</param>
    /// <param name="admit">Why a node is not let in, or null.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Who it is, and what both can do.</returns>
    /// <exception cref="MeshRefusedException">One of the two refuses.</exception>
    /// <exception cref="RecordFormatException">The other end speaks something else.</exception>
    public async Task<MeshHello> AnswerAsync(
        Stream stream, Func<byte, MeshHello> ownFor, Func<MeshHello, string?> admit, CancellationToken cancellation)
    {
        byte[] heard = await ReadAsync(stream, cancellation);
        MeshHello other = MeshHello.Decode(heard);
        MeshHello own = ownFor(other.Lane);
        byte[] said = own.Encode();
        byte[] transcript = [.. heard, .. said];
        byte[] shown = [.. proof.Prove(Role.Answerer, other.Nonce, own.Nonce, transcript), .. said];
        await SayAsync(stream, own.MismatchWith(other), shown, cancellation);
        byte[] proved = Accept(await ReadAsync(stream, cancellation));
        string? reason = proof.IsProved(Role.Caller, other.Nonce, own.Nonce, transcript, proved)
            ? admit(other)
            : "it does not know the cluster's secret";
        await SayAsync(stream, reason, [], cancellation);
        return own.AgreeWith(other);
    }

    private static async ValueTask<byte[]> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        MeshFrame frame = await MeshFrames.ReadAsync(stream, FrameBytesMax, cancellation);
        return frame.IsCompressed || frame.GoesOn
            ? throw new RecordFormatException("a greeting is one plain frame")
            : frame.Bytes;
    }

    private static byte[] Accept(byte[] frame) => frame.Length == 0
        ? throw new RecordFormatException("an empty answer")
        : frame[0] == Accepted
            ? frame[1..]
            : throw new MeshRefusedException("it says: " + Encoding.UTF8.GetString(frame.AsSpan(1)));

    /// <summary>Says yes with something more, or no with a reason and ends.</summary>
    private static async Task SayAsync(Stream stream, string? reason, byte[] more, CancellationToken cancellation)
    {
        byte[] frame = reason is null ? [Accepted, .. more] : [Refused, .. Encoding.UTF8.GetBytes(reason)];
        await stream.WriteAsync(MeshFrames.Wrap(frame), cancellation);
        if (reason is not null)
        {
            throw new MeshRefusedException(reason);
        }
    }
}
