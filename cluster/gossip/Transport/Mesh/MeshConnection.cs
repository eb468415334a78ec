using System.Net.Sockets;
using System.Threading.Channels;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Cluster.Gossip.Transport.Mesh;

/// <summary>
/// One connection to another node: frames in order, signs of life where there was nothing to say for a second, and an end
/// when the other one is silent for three. What waits to be sent is bounded; a peer for which it is not enough is cut off
/// and starts anew from where it is.
/// </summary>
internal sealed class MeshConnection : IDisposable
{
    private const long QueuedBytesMax = 64 * 1024 * 1024;

    private static readonly TimeSpan BeatEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DeadAfter = TimeSpan.FromSeconds(3);

    private readonly NetworkStream _stream;
    private readonly MeshTraffic _traffic;
    private readonly FrameReader _reader;
    private readonly FrameWriter _writer;
    private readonly TimeProvider _time;
    private readonly Channel<byte[]> _queue;
    private readonly CancellationTokenSource _end = new();
    private long _queuedBytes;
    private long _heardAt;
    private volatile bool _hasSpoken;

    /// <param name="stream">The stream, after the handshake.</param>
    /// <param name="peer">Who is at the other end, and what both ends can do.</param>
    /// <param name="isOutgoing">Whether this end connected.</param>
    /// <param name="traffic">Counts what is sent.</param>
    /// <param name="time">The clock.</param>
    public MeshConnection(
        NetworkStream stream, MeshHello peer, bool isOutgoing, MeshTraffic traffic, TimeProvider time)
    {
        (_stream, Node, Lane, IsOutgoing, _traffic, _time) = (stream, peer.Node, peer.Lane, isOutgoing, traffic, time);
        _reader = new FrameReader(stream, peer.Compresses)
        {
            OnFrame = () => Volatile.Write(ref _heardAt, _time.GetTimestamp()),
        };
        _writer = new FrameWriter(peer.Compresses);

        // Whoever has a message to send sends it himself as far as the socket takes it, which costs less than waking a thread
        // for that. Compressing is left to other threads.
        _queue = Channel.CreateUnbounded<byte[]>(new()
        {
            SingleReader = true,
            AllowSynchronousContinuations = !peer.Compresses,
        });
        _heardAt = time.GetTimestamp();
        CreatedAt = time.GetUtcNow().ToUnixTimeMilliseconds();
    }

    public ushort Node { get; }

    public byte Lane { get; }

    public bool IsOutgoing { get; }

    /// <summary>Milliseconds since 1970.</summary>
    public long CreatedAt { get; }

    /// <summary>Whether it ended because what came does not decode.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>Weight of the messages that wait.</summary>
    public long QueuedBytes => Volatile.Read(ref _queuedBytes);

    /// <summary>Queues a message.</summary>
    public void Send(byte[] message)
    {
        if (Interlocked.Add(ref _queuedBytes, MeshFrames.WeightOf(message)) > QueuedBytesMax ||
            !_queue.Writer.TryWrite(message))
        {
            Close();
        }
    }

    /// <summary>Exchanges frames until one end closes.</summary>
    /// <param name="receive">Receives what is no sign of life.</param>
    /// <param name="expect">Called while a message comes in parts.</param>
    /// <returns>Why it ended.</returns>
    public async Task<string> RunAsync(Action<byte[]> receive, Action expect)
    {
        Task<string>[] parts = [ReadAsync(receive, expect), WriteAsync(), WatchAsync()];

        // Whoever sends or closes is not to do what follows an end.
        string reason = await (await Task.WhenAny(parts)).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
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
        _reader.Dispose();
        _writer.Dispose();
        _end.Dispose();
    }

    private async Task<string> ReadAsync(Action<byte[]> receive, Action expect)
    {
        try
        {
            while (true)
            {
                byte[] message = await _reader.ReadAsync(expect, _end.Token);
                if (message.Length > 0)
                {
                    receive(message);
                }
            }
        }
        catch (RecordFormatException e)
        {
            IsDamaged = true;
            return e.Message;
        }
        catch (Exception e) when (IsEnd(e))
        {
            return e.Message;
        }
    }

    private async Task<string> WriteAsync()
    {
        try
        {
            while (await _queue.Reader.WaitToReadAsync(_end.Token))
            {
                while (_queue.Reader.TryRead(out byte[]? message))
                {
                    await WriteAsync(message);
                }

                await FlushAsync();
            }

            return "closed";
        }
        catch (Exception e) when (IsEnd(e))
        {
            return e.Message;
        }
    }

    private async ValueTask WriteAsync(byte[] message)
    {
        int at = 0;
        do
        {
            at += _writer.Add(message.AsSpan(at));
            if (_writer.IsFull)
            {
                await FlushAsync();
            }
        }
        while (at < message.Length);

        _hasSpoken |= message.Length > 0;
        Interlocked.Add(ref _queuedBytes, -MeshFrames.WeightOf(message));
        _traffic.Count(plain: message.Length, sent: 0);
    }

    private async ValueTask FlushAsync()
    {
        _traffic.Count(plain: 0, _writer.Frames.Length);
        await _stream.WriteAsync(_writer.Frames, _end.Token);
        _writer.Clear();
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

                if (!_hasSpoken)
                {
                    Send([]);
                }

                _hasSpoken = false;
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
