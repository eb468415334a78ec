using System.Text;
using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.Wire;

namespace Marekvs.Cluster.Gossip.Transport.Mesh;

/// <summary>
/// The first frame of each end of a connection: who it is, and what it would exchange.
/// <code>
/// hello = "MKVM" | version u8 | lane u8 | compresses u8 | node u16 | journal 16 | fingerprint u64 | nonce 32 |
///         n u8, cluster n
/// </code>
/// </summary>
/// <param name="Lane">What the connection is for.</param>
/// <param name="Compresses">Whether frames may be compressed, as it is if both ends say so.</param>
/// <param name="Node">The sender's number.</param>
/// <param name="Journal">Its journal.</param>
/// <param name="Fingerprint">A hash of the record kinds it knows.</param>
/// <param name="Nonce">For the proof of the secret.</param>
/// <param name="Cluster">The name of its cluster.</param>
internal sealed record MeshHello(
    byte Lane, bool Compresses, ushort Node, Guid Journal, ulong Fingerprint, byte[] Nonce, string Cluster)
{
    private const byte Version = 3;

    private static ReadOnlySpan<byte> Magic => "MKVM"u8;

    public byte[] Encode()
    {
        var writer = new RecordWriter(128);
        byte[] cluster = Encoding.UTF8.GetBytes(Cluster);
        writer.WriteBytes(Magic);
        writer.WriteByte(Version);
        writer.WriteByte(Lane);
        writer.WriteByte(Compresses ? (byte)1 : (byte)0);
        writer.WriteUInt16(Node);
        writer.WriteBytes(Journal.ToByteArray());
        writer.WriteUInt64(Fingerprint);
        writer.WriteBytes(Nonce);
        writer.WriteByte(checked((byte)cluster.Length));
        writer.WriteBytes(cluster);
        return writer.Written.ToArray();
    }

    /// <summary>Reads a hello.</summary>
    /// <exception cref="RecordFormatException">It is none, or of another version.</exception>
    public static MeshHello Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new RecordReader(bytes);
        if (!reader.ReadBytes(Magic.Length).SequenceEqual(Magic))
        {
            throw new RecordFormatException("it does not speak the mesh protocol");
        }

        if (reader.ReadByte() is byte version and not Version)
        {
            throw new RecordFormatException($"it speaks version {version} of the mesh protocol, this node {Version}");
        }

        var hello = new MeshHello(
            reader.ReadByte(), reader.ReadByte() == 1, reader.ReadUInt16(), new Guid(reader.ReadBytes(16)), reader.ReadUInt64(),
            reader.ReadBytes(SecretProof.NonceBytes).ToArray(), Encoding.UTF8.GetString(reader.ReadBytes(reader.ReadByte())));
        return reader.Remaining == 0 ? hello : throw new RecordFormatException("its hello is too long");
    }

    /// <summary>Another node's hello, with what both nodes can do.</summary>
    public MeshHello AgreeWith(MeshHello other) => other with { Compresses = Compresses && other.Compresses };

    /// <summary>Why two nodes must not exchange anything, or null.</summary>
    /// <param name="other">The hello of the other end.</param>
    public string? MismatchWith(MeshHello other) =>
        other.Cluster != Cluster ? $"its cluster is \"{other.Cluster}\", this node's \"{Cluster}\""
        : other.Node == Node ? $"it has this node's own number, {Node}"
        : other.Fingerprint != Fingerprint ? "it knows other record kinds; all nodes must run the same modules"
        : other.Lane != Lane ? "it means another lane"
        : null;
}
