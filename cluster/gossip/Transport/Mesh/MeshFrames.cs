using System.Buffers.Binary;
using System.IO.Hashing;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Cluster.Gossip.Transport.Mesh;

/// <summary>
/// Frames on a stream.
/// <code>
/// frame = length u32 | check u32 | bytes        check: the low half of XxHash3 of the bytes
/// </code>
/// A frame without bytes is a sign of life.
/// </summary>
internal static class MeshFrames
{
    /// <summary>Bytes of a frame.</summary>
    public const int FrameBytesMax = 8 * 1024 * 1024;

    private const int HeaderBytes = 8;

    /// <summary>Puts bytes into a frame.</summary>
    public static byte[] Wrap(ReadOnlySpan<byte> bytes)
    {
        byte[] frame = new byte[HeaderBytes + bytes.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, (uint)bytes.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(4), Check(bytes));
        bytes.CopyTo(frame.AsSpan(HeaderBytes));
        return frame;
    }

    /// <summary>Reads the next frame.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="bytesMax">The longest one that is borne.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="RecordFormatException">It is too long or damaged.</exception>
    /// <exception cref="EndOfStreamException">The other end is gone.</exception>
    public static async ValueTask<byte[]> ReadAsync(Stream stream, int bytesMax, CancellationToken cancellation)
    {
        byte[] header = new byte[HeaderBytes];
        await stream.ReadExactlyAsync(header, cancellation);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(header);
        if (length > bytesMax)
        {
            throw new RecordFormatException($"a frame of {length} bytes");
        }

        byte[] bytes = length == 0 ? [] : GC.AllocateUninitializedArray<byte>((int)length);
        await stream.ReadExactlyAsync(bytes, cancellation);
        return Check(bytes) == BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(4))
            ? bytes
            : throw new RecordFormatException("a damaged frame");
    }

    private static uint Check(ReadOnlySpan<byte> bytes) => (uint)XxHash3.HashToUInt64(bytes);
}
