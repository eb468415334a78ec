using System.Buffers.Binary;
using Marekvs.Abstractions.Crdt;
using ZstdSharp;

namespace Marekvs.Cluster.Gossip.Transport.Mesh;

/// <summary>Packs messages into frames. What is long enough to gain by it is compressed, if the peer understands that.
/// </summary>
/// <param name="compresses">Whether to compress.</param>
internal sealed class FrameWriter(bool compresses) : IDisposable
{
    /// <summary>Frames worth one call to the system.</summary>
    private const int FullBytes = 64 * 1024;

    private const int CompressedBytesMin = 1024;
    private const int LengthBytes = 4;

    /// <summary>The fastest level: links inside a cluster are fast, processors are shared with clients.</summary>
    private const int Level = 1;

    private static readonly int FrameBound = Compressor.GetCompressBound(MeshFrames.FrameBytesMax) + LengthBytes;

    private readonly Compressor? _compressor = compresses ? new Compressor(Level) : null;
    private readonly RecordWriter _frames = new(FullBytes, FullBytes + MeshFrames.HeaderBytes + FrameBound);

    /// <summary>Frames that wait to be sent.</summary>
    public ReadOnlyMemory<byte> Frames => _frames.WrittenMemory;

    /// <summary>Whether it is time to send them.</summary>
    public bool IsFull => _frames.Length >= FullBytes;

    /// <summary>Packs the next frame of a message.</summary>
    /// <param name="rest">What is left of the message.</param>
    /// <returns>How much of it went into the frame.</returns>
    public int Add(ReadOnlySpan<byte> rest)
    {
        ReadOnlySpan<byte> part = rest[..Math.Min(rest.Length, MeshFrames.FrameBytesMax)];
        int start = _frames.Length;
        _frames.Reserve(MeshFrames.HeaderBytes);
        bool isCompressed = part.Length >= CompressedBytesMin && TryCompress(part);
        if (!isCompressed)
        {
            _frames.WriteBytes(part);
        }

        MeshFrames.WriteHeader(
            _frames.At(start, _frames.Length - start), isCompressed, goesOn: part.Length < rest.Length);
        return part.Length;
    }

    /// <summary>The frames have been sent.</summary>
    public void Clear() => _frames.Clear();

    public void Dispose() => _compressor?.Dispose();

    private bool TryCompress(ReadOnlySpan<byte> part)
    {
        if (_compressor is null)
        {
            return false;
        }

        int start = _frames.Length;
        Span<byte> room = _frames.Reserve(LengthBytes + Compressor.GetCompressBound(part.Length));
        BinaryPrimitives.WriteInt32LittleEndian(room, part.Length);
        int length = LengthBytes + _compressor.Wrap(part, room[LengthBytes..]);
        bool gains = length < part.Length;
        _frames.Truncate(start + (gains ? length : 0));
        return gains;
    }
}
