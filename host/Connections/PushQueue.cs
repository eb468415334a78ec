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

    /// <summary>What was taken last; only the connection's loop reads it.</summary>
    public ReadOnlySpan<byte> Taken => _taken is null ? default : _taken.Written;

    /// <summary>Takes everything, to be read from <see cref="Taken"/>; only the connection's loop does.</summary>
    public void Take()
    {
        lock (_lock)
        {
            (_filling, _taken) = (_taken, _filling);
            _filling?.Clear();
            _bytes = 0;
        }
    }
}
