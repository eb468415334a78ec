using System.Net.Sockets;
using System.Threading.Channels;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Cluster.Gossip.Transport.Mesh;

/// <summary>
/// One connection to another node: frames in order, signs of life every second, and an end when the other one is silent
/// for three. What waits to be sent is bounded; a peer for which it is not enough is cut off and starts anew from where
/// it is.
/// </summary>
internal sealed class MeshConnection : IDisposable
{
    private const long QueuedBytesMax = 64 * 1024 * 1024;

    private static readonly TimeSpan BeatEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DeadAfter = TimeSpan.FromSeconds(3);

    private readonly NetworkStream _stream;
    private readonly TimeProvider _time;
    private readonly Channel<byte[]> _queue = Channel.CreateUnbounded<byte[]>(new() { SingleReader = true });
    private readonly CancellationTokenSource _end = new();
    private long _queuedBytes;
    private long _heardAt;

    public MeshConnection(NetworkStream stream, ushort node, byte lane, bool isOutgoing, TimeProvider time)
    {
        (_stream, Node, Lane, IsOutgoing, _time) = (stream, node, lane, isOutgoing, time);
        _heardAt = time.GetTimestamp();
        CreatedAt = time.GetUtcNow().ToUnixTimeMilliseconds();
    }

    public ushort Node { get; }

    public byte Lane { get; }

    public bool IsOutgoing { get; }

    /// <summary>Milliseconds since 1970.</summary>
    public long CreatedAt { get; }

    public long QueuedBytes => Volatile.Read(ref _queuedBytes);

    /// <summary>Queues a message.</summary>
    public void Send(byte[] message)
    {
        byte[] frame = MeshFrames.Wrap(message);
        if (Interlocked.Add(ref _queuedBytes, frame.Length) > QueuedBytesMax || !_queue.Writer.TryWrite(frame))
        {
            Close();
        }
    }

    /// <summary>Exchanges frames until one end closes.</summary>
    /// <param name="receive">Receives what is no sign of life.</param>
    /// <returns>Why it ended.</returns>
    public async Task<string> RunAsync(Action<byte[]> receive)
    {
        Task<string>[] parts = [ReadAsync(receive), WriteAsync(), WatchAsync()];
        string reason = await await Task.WhenAny(parts);
        Close();
        await Task.WhenAll(parts);
        return reason;
    }

    /// <summary>Ends the connection; <see cref="RunAsync"/> returns.</summary>
    public void Close()
    {
        try
        {
            _end.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended already.
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _end.Dispose();
    }

    private async Task<string> ReadAsync(Action<byte[]> receive)
    {
        try
        {
            while (true)
            {
                byte[] message = await MeshFrames.ReadAsync(_stream, MeshFrames.FrameBytesMax, _end.Token);
                Volatile.Write(ref _heardAt, _time.GetTimestamp());
                if (message.Length > 0)
                {
                    receive(message);
                }
            }
        }
        catch (Exception e) when (IsEnd(e) || e is RecordFormatException)
        {
            return e.Message;
        }
    }

    private async Task<string> WriteAsync()
    {
        try
        {
            await foreach (byte[] frame in _queue.Reader.ReadAllAsync(_end.Token))
            {
                await _stream.WriteAsync(frame, _end.Token);
                Interlocked.Add(ref _queuedBytes, -frame.Length);
            }

            return "closed";
        }
        catch (Exception e) when (IsEnd(e))
        {
            return e.Message;
        }
    }

    private async Task<string> WatchAsync()
    {
        using var ticks = new PeriodicTimer(BeatEvery, _time);
        try
        {
            while (await ticks.WaitForNextTickAsync(_end.Token))
            {
                if (_time.GetElapsedTime(Volatile.Read(ref _heardAt)) > DeadAfter)
                {
                    return $"silent for {DeadAfter.TotalSeconds} s";
                }

                Send([]);
            }
        }
        catch (OperationCanceledException)
        {
            // Closed.
        }

        return "closed";
    }

    private static bool IsEnd(Exception e) =>
        e is IOException or SocketException or OperationCanceledException or ObjectDisposedException;
}
