using System.IO.Pipelines;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Marekvs.Testing;

/// <summary>
/// A connection without a socket: the server's side is the <see cref="ConnectionContext"/>, the client's side are the
/// methods. Continuations run inline, as the server's sockets do it. What is sent or received is text whose characters
/// U+0000 to U+00FF are bytes.
/// </summary>
public sealed class MemoryConnection : ConnectionContext, IConnectionLifetimeNotificationFeature
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Pipe _toServer;
    private readonly Pipe _toClient;
    private readonly CancellationTokenSource _closeRequested = new();
    private readonly StringBuilder _received = new();

    /// <summary>Connects.</summary>
    /// <param name="stalledBytesMax">What the server may send before the client takes any of it.</param>
    public MemoryConnection(int stalledBytesMax = 64 * 1024)
    {
        _toServer = new Pipe(new PipeOptions(
            readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline,
            pauseWriterThreshold: 0, useSynchronizationContext: false));
        _toClient = new Pipe(new PipeOptions(
            readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline,
            pauseWriterThreshold: stalledBytesMax, resumeWriterThreshold: stalledBytesMax / 2,
            useSynchronizationContext: false));
        Transport = new Side(_toServer.Reader, _toClient.Writer);
        Features.Set<IConnectionLifetimeNotificationFeature>(this);
    }

    /// <inheritdoc/>
    public override string ConnectionId { get; set; } = "memory";

    /// <inheritdoc/>
    public override IFeatureCollection Features { get; } = new FeatureCollection();

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    /// <inheritdoc/>
    public override IDuplexPipe Transport { get; set; }

    /// <inheritdoc/>
    public override EndPoint? RemoteEndPoint { get; set; } = new IPEndPoint(IPAddress.Loopback, 40_000);

    /// <inheritdoc/>
    public override EndPoint? LocalEndPoint { get; set; } = new IPEndPoint(IPAddress.Loopback, 6379);

    /// <inheritdoc/>
    public CancellationToken ConnectionClosedRequested
    {
        get => _closeRequested.Token;
        set => throw new NotSupportedException();
    }

    /// <summary>Whether the server has cut the connection.</summary>
    public bool IsAborted { get; private set; }

    /// <summary>Sends bytes; to a connection that the server has cut they go nowhere.</summary>
    /// <param name="text">The bytes.</param>
    public async Task SendAsync(string text)
    {
        try
        {
            await _toServer.Writer.WriteAsync(Encoding.Latin1.GetBytes(text));
        }
        catch (InvalidOperationException) when (IsAborted)
        {
        }
    }

    /// <summary>Sends one command line, as <see cref="CommandLine"/> splits it, as an array.</summary>
    /// <param name="line">The line.</param>
    public Task SendCommandAsync(string line)
    {
        IReadOnlyList<string> args = CommandLine.Split(line);
        return SendAsync($"*{args.Count}\r\n" + string.Concat(args.Select(arg => $"${arg.Length}\r\n{arg}\r\n")));
    }

    /// <summary>Sends a command and receives an answer of known length.</summary>
    /// <param name="line">The command line.</param>
    /// <param name="expected">The answer expected; what arrives is returned once it is as long.</param>
    public async Task<string> AskAsync(string line, string expected)
    {
        ArgumentNullException.ThrowIfNull(expected);
        await SendCommandAsync(line);
        return await ReceiveAsync(expected.Length);
    }

    /// <summary>Receives so many bytes, or what came before the end.</summary>
    /// <param name="count">How many.</param>
    public async Task<string> ReceiveAsync(int count)
    {
        while (_received.Length < count && await ReadMoreAsync($"{count} bytes"))
        {
        }

        return Take(Math.Min(count, _received.Length));
    }

    /// <summary>Receives up to and with some text.</summary>
    /// <param name="end">The text.</param>
    public async Task<string> ReceiveUntilAsync(string end)
    {
        int at;
        while ((at = _received.ToString().IndexOf(end, StringComparison.Ordinal)) < 0)
        {
            if (!await ReadMoreAsync($"'{end}'"))
            {
                return Take(_received.Length);
            }
        }

        return Take(at + end.Length);
    }

    /// <summary>Receives everything up to the end of the connection.</summary>
    public async Task<string> ReceiveToEndAsync()
    {
        while (await ReadMoreAsync("the end"))
        {
        }

        return Take(_received.Length);
    }

    /// <summary>The client leaves.</summary>
    public void Leave()
    {
        _toServer.Writer.Complete();
        _toClient.Reader.Complete();
    }

    /// <summary>The client sends no more but still receives.</summary>
    public void FinishSending() => _toServer.Writer.Complete();

    /// <inheritdoc/>
    public void RequestClose() => _closeRequested.Cancel();

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        IsAborted = true;
        _toServer.Writer.Complete(abortReason);
        _toClient.Writer.CancelPendingFlush();
    }

    /// <summary>Ends what the server sends, as the server does when its handler has returned.</summary>
    public void EndOutput() => _toClient.Writer.Complete();

    private string Take(int count)
    {
        string taken = _received.ToString(0, count);
        _received.Remove(0, count);
        return taken;
    }

    private async Task<bool> ReadMoreAsync(string awaited)
    {
        ReadResult read;
        try
        {
            read = await _toClient.Reader.ReadAsync().AsTask().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"waited for {awaited}, has '{_received}'");
        }

        foreach (ReadOnlyMemory<byte> part in read.Buffer)
        {
            _received.Append(Encoding.Latin1.GetString(part.Span));
        }

        bool hasMore = !read.IsCompleted || !read.Buffer.IsEmpty;
        _toClient.Reader.AdvanceTo(read.Buffer.End);
        return hasMore;
    }

    private sealed record Side(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
