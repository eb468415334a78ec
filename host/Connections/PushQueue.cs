using Marekvs.Abstractions.Crdt;

namespace Marekvs.Host.Connections;

/// <summary>
/// Bytes that other threads have for a connection, in order. Its own loop takes them; a queue that is not taken in
/// time reaches its bound.
/// </summary>
internal sealed class PushQueue
{
    private readonly Lock _lock = new();
    private RecordWriter? _filling;
    private RecordWriter? _taken;
    private volatile int _bytes;

    /// <summary>Bytes waiting.</summary>
    public int Bytes => _bytes;

    /// <summary>Adds bytes.</summary>
    /// <param name="bytes">One whole push.</param>
    /// <param name="bytesMax">What may wait.</param>
    /// <returns>False when the bound is reached; nothing is added.</returns>
    public bool TryAdd(ReadOnlySpan<byte> bytes, long bytesMax)
    {
        lock (_lock)
        {
            if (_bytes + (long)bytes.Length > bytesMax)
            {
                return false;
            }

            _filling ??= new RecordWriter(1024);
            _filling.WriteBytes(bytes);
            _bytes = _filling.Length;
            return true;
        }
    }

    /// <summary>Takes everything; only the connection's loop does.</summary>
    /// <returns>The bytes, valid until the next call.</returns>
    public ReadOnlySpan<byte> Take()
    {
        lock (_lock)
        {
            if (_bytes == 0)
            {
                return default;
            }

            (_filling, _taken) = (_taken, _filling);
            _filling?.Clear();
            _bytes = 0;
            return _taken!.Written;
        }
    }
}
