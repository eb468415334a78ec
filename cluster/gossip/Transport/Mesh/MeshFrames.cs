using System.Buffers.Binary;
using System.IO.Hashing;
using Marekvs.Abstractions;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Cluster.Gossip.Transport.Mesh;

/// <summary>
/// Frames on a stream. A message is one frame or several, so that a long one is neither a frame without bound nor
/// silence on a slow link.
/// <code>
/// frame      = length u32 | check u32 | bytes    check: the low half of XxHash3 of the bytes
/// length     = bytes in the low 30 bits | bit 30: they are compressed | bit 31: the message goes on in the next frame
/// compressed = plain length u32 | Zstandard
/// </code>
/// A message without bytes is a sign of life.
/// </summary>
internal static class MeshFrames
{
    /// <summary>Plain bytes of a frame.</summary>
    public const int FrameBytesMax = 256 * 1024;

    /// <summary>Bytes of a message: the longest entry of a journal fits into one.</summary>
    public const int MessageBytesMax = Limits.EntryBytesMax + (1024 * 1024);

    /// <summary>A message counts for no more where bytes that wait are bounded, or a long one would never get through.
    /// </summary>
    public const int WeightMax = 4 * 1024 * 1024;

    public const int HeaderBytes = 8;

    private const uint Compressed = 1u << 30;
    private const uint GoesOn = 1u << 31;

    /// <summary>What a message counts for where bytes that wait are bounded.</summary>
    public static int WeightOf(byte[] message) => Math.Min(message.Length, WeightMax);

    /// <summary>Puts a short message into one frame, as it is.</summary>
    public static byte[] Wrap(ReadOnlySpan<byte> bytes)
    {
        byte[] frame = new byte[HeaderBytes + bytes.Length];
        bytes.CopyTo(frame.AsSpan(HeaderBytes));
        WriteHeader(frame, isCompressed: false, goesOn: false);
        return frame;
    }

    /// <summary>Completes a frame whose bytes are in place.</summary>
    public static void WriteHeader(Span<byte> frame, bool isCompressed, bool goesOn)
    {
        Span<byte> bytes = frame[HeaderBytes..];
        uint length = (uint)bytes.Length | (isCompressed ? Compressed : 0) | (goesOn ? GoesOn : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(frame, length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[4..], Check(bytes));
    }

    /// <summary>Reads the next frame.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="bytesMax">The longest one that is borne.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="RecordFormatException">It is too long or damaged.</exception>
    /// <exception cref="EndOfStreamException">The other end is gone.</exception>
    public static async ValueTask<MeshFrame> ReadAsync(Stream stream, int bytesMax, CancellationToken cancellation)
    {
        byte[] header = new byte[HeaderBytes];
        await stream.ReadExactlyAsync(header, cancellation);
        uint word = BinaryPrimitives.ReadUInt32LittleEndian(header);
        uint length = word & ~(Compressed | GoesOn);
        if (length > bytesMax)
        {
            throw new RecordFormatException($"a frame of {length} bytes");
        }

        byte[] bytes = length == 0 ? [] : GC.AllocateUninitializedArray<byte>((int)length);
        await stream.ReadExactlyAsync(bytes, cancellation);
        return Check(bytes) == BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(4))
            ? new MeshFrame(bytes, (word & Compressed) != 0, (word & GoesOn) != 0)
            : throw new RecordFormatException("a damaged frame");
    }

    private static uint Check(ReadOnlySpan<byte> bytes) => (uint)XxHash3.HashToUInt64(bytes);
}

/// <summary>A frame as it came.</summary>
/// <param name="Bytes">Its bytes.</param>
/// <param name="IsCompressed">Whether they are compressed.</param>
/// <param name="GoesOn">Whether its message goes on in the next one.</param>
internal readonly record struct MeshFrame(byte[] Bytes, bool IsCompressed, bool GoesOn);
