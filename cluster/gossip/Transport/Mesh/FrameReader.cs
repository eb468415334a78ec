using System.Buffers;
using System.Buffers.Binary;
using Marekvs.Abstractions.Crdt;
using ZstdSharp;

namespace Marekvs.Cluster.Gossip.Transport.Mesh;

/// <summary>Puts messages together from frames. No frame is longer than <see cref="MeshFrames.FrameBytesMax"/>, neither
/// before nor after it is decompressed, and no message longer than <see cref="MeshFrames.MessageBytesMax"/>.</summary>
/// <param name="stream">The stream.</param>
/// <param name="decompresses">Whether the peer may compress.</param>
internal sealed class FrameReader(Stream stream, bool decompresses) : IDisposable
{
    private const int LengthBytes = 4;

    private readonly Decompressor? _decompressor = decompresses ? new Decompressor() : null;

    /// <summary>Called for every frame.</summary>
    public Action OnFrame { get; init; } = () => { };

    /// <summary>Reads the next message.</summary>
    /// <param name="expect">Called for every part but the last.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="RecordFormatException">It is too long or damaged.</exception>
    /// <exception cref="EndOfStreamException">The other end is gone.</exception>
    public async ValueTask<byte[]> ReadAsync(Action expect, CancellationToken cancellation)
    {
        (byte[] bytes, bool goesOn) = await ReadFrameAsync(cancellation);
        if (!goesOn)
        {
            return bytes;
        }

        var message = new ArrayBufferWriter<byte>(2 * MeshFrames.FrameBytesMax);
        message.Write(bytes);
        while (goesOn)
        {
            expect();
            (bytes, goesOn) = await ReadFrameAsync(cancellation);
            if (bytes.Length == 0 || message.WrittenCount + bytes.Length > MeshFrames.MessageBytesMax)
            {
                throw new RecordFormatException("a message without an end");
            }

            message.Write(bytes);
        }

        return message.WrittenSpan.ToArray();
    }

    public void Dispose() => _decompressor?.Dispose();

    private async ValueTask<(byte[] Bytes, bool GoesOn)> ReadFrameAsync(CancellationToken cancellation)
    {
        MeshFrame frame = await MeshFrames.ReadAsync(stream, MeshFrames.FrameBytesMax, cancellation);
        OnFrame();
        return (frame.IsCompressed ? Decompress(frame.Bytes) : frame.Bytes, frame.GoesOn);
    }

    private byte[] Decompress(byte[] frame)
    {
        if (_decompressor is null || frame.Length < LengthBytes)
        {
            throw new RecordFormatException("a frame is compressed that must not be");
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(frame);
        if (length > MeshFrames.FrameBytesMax)
        {
            throw new RecordFormatException($"a frame that becomes {length} bytes");
        }

        byte[] plain = GC.AllocateUninitializedArray<byte>((int)length);
        try
        {
            // There is room for what was announced; a frame that holds more fails.
            return _decompressor.Unwrap(frame.AsSpan(LengthBytes), plain) == plain.Length
                ? plain
                : throw new RecordFormatException("a frame that is shorter than it says");
        }
        catch (ZstdException e)
        {
            throw new RecordFormatException($"a frame that does not decompress: {e.Message}");
        }
    }
}
