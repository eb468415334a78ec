using System.Buffers;
using System.IO.Pipelines;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Storage;
using Marekvs.Host.Commands;
using Marekvs.Host.Resp;
using Marekvs.Storage.Engine;
using Microsoft.AspNetCore.Connections;

namespace Marekvs.Host.Connections;

/// <summary>
/// Serves one connection: reads what has come, runs every whole command in it, sends all replies with one flush, reads
/// again. Nothing else writes to the connection; other threads leave pushes in the session's queue and wake the loop
/// by cancelling its read.
/// </summary>
internal sealed class ConnectionLoop
{
    // Replies of one burst are sent early beyond this.
    private const int FlushBytes = 64 * 1024;

    private readonly Session _session;
    private readonly Dispatcher _dispatcher;
    private readonly Keyspace _keyspace;
    private readonly ServerStatistics _statistics;
    private readonly PipeReader _input;
    private readonly PipeWriter _output;
    private readonly RespReader _reader = new();
    private long _syncedPosition;
    private bool _isTrusted;

    // Where the burst stands in what was read: the segment, the byte in it, and the segments after it.
    private ReadOnlySequence<byte> _buffer;
    private ReadOnlyMemory<byte> _segment;
    private SequencePosition _segmentStart;
    private SequencePosition _segmentNext;
    private int _offset;

    // Next: none. Parked, Away or Held: the reader's last command has not ended.
    private Step _unfinished = Step.Next;

    /// <summary>Creates the loop of a session.</summary>
    /// <param name="session">The session.</param>
    /// <param name="connection">Its connection.</param>
    /// <param name="dispatcher">Runs the commands.</param>
    public ConnectionLoop(Session session, ConnectionContext connection, Dispatcher dispatcher)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(dispatcher);
        _session = session;
        _dispatcher = dispatcher;
        _keyspace = dispatcher.Keyspace;
        _statistics = session.Clients.Statistics;
        _input = connection.Transport.Input;
        _output = connection.Transport.Output;
    }

    /// <summary>Serves until the client leaves or is closed.</summary>
    public async Task RunAsync()
    {
        try
        {
            while (await ServeAsync())
            {
            }
        }
        finally
        {
            if (_unfinished == Step.Parked)
            {
                _session.Ticket.Abandon();
            }

            _session.Routing.Call?.Stop(CallStop.Abandon);
            _session.EndWait();
            _session.Ticket.EndStream();
            _session.Transaction.End();
            _reader.Close();
        }
    }

    /// <summary>Reads once and serves what came.</summary>
    /// <returns>False when the connection is to end.</returns>
    private async ValueTask<bool> ServeAsync()
    {
        ReadResult read = await _input.ReadAsync();
        Begin(read.Buffer);
        Step step = RunBurst();
        while (step != Step.Next)
        {
            if (step == Step.Close)
            {
                _session.Leave();
            }

            if (!await SendAsync() || step == Step.Close || !await WaitAsync(step))
            {
                return false;
            }

            if (step == Step.Send)
            {
                // The client's pace is not the next command's time.
                _session.Tally.Start(_session.Clients.Time.GetTimestamp());
            }

            step = RunBurst();
        }

        CountInput(_buffer.Length);
        _input.AdvanceTo(_buffer.End);
        return await SendAsync() && !read.IsCompleted && !_session.IsClosing;
    }

    private void Begin(ReadOnlySequence<byte> buffer)
    {
        _buffer = buffer;
        _segmentStart = buffer.Start;
        _segmentNext = buffer.Start;
        _segment = default;
        _offset = 0;
        _session.QueryBytes = (int)Math.Min(buffer.Length, int.MaxValue) + _reader.HeldBytes;
        _session.LastInteraction = _session.Clients.Time.GetTimestamp();
        _session.Tally.Start(_session.LastInteraction);
        _reader.HeldBytesMax = _session.Clients.Settings.QueryBufferLimit;
        SetLimits();
    }

    private void SetLimits()
    {
        _isTrusted = _session.IsAuthenticated || !_session.Clients.Users.NeedsPassword;
        _reader.SetLimits(_session.Clients.Settings.ProtoMaxBulkLength, _isTrusted);
    }

    /// <summary>Runs commands until what was read is used up or the loop has to do something else first.</summary>
    /// <returns>Next when all is used up.</returns>
    private Step RunBurst()
    {
        Step step = Step.Next;
        if (_unfinished != Step.Next)
        {
            CommandArgs args = _reader.Args(_segment.Span);
            step = _unfinished switch
            {
                Step.Parked => _dispatcher.Resume(_session, args),
                Step.Away => _dispatcher.Return(_session, args),
                _ => _dispatcher.Dispatch(_session, args),
            };
            _unfinished = Step.Next;
        }

        while (step == Step.Next)
        {
            if (_offset == _segment.Length && !NextSegment())
            {
                break;
            }

            step = RunSegment(_segment.Span);
        }

        if (step is Step.Parked or Step.Away or Step.Held)
        {
            _unfinished = step;
        }

        EndBurst();
        return step;
    }

    private Step RunSegment(ReadOnlySpan<byte> span)
    {
        int offset = _offset;
        Step step = Step.Next;
        while (step == Step.Next && offset < span.Length)
        {
            ReadStatus status = _reader.Read(span, ref offset);
            if (status == ReadStatus.Command)
            {
                step = _dispatcher.Dispatch(_session, _reader.Args(span));
                if (!_isTrusted)
                {
                    SetLimits();
                }

                if (step == Step.Next && _session.Writer.Length >= FlushBytes)
                {
                    step = Step.Send;
                }
            }
            else if (status != ReadStatus.NeedMore)
            {
                step = Refuse(status);
            }
        }

        _offset = offset;
        return step;
    }

    private bool NextSegment()
    {
        _segmentStart = _segmentNext;
        _offset = 0;
        while (_buffer.TryGet(ref _segmentNext, out _segment))
        {
            if (_segment.Length > 0)
            {
                return true;
            }

            _segmentStart = _segmentNext;
        }

        return false;
    }

    private void EndBurst()
    {
        CommandTally tally = _session.Tally;
        tally.Publish();
        _statistics.CountCommands(tally.TakeCommands());
        if (_unfinished == Step.Next)
        {
            _reader.Release();
        }
    }

    private Step Refuse(ReadStatus status)
    {
        if (status == ReadStatus.TooLarge)
        {
            _statistics.CountQueryLimit();
        }
        else
        {
            _statistics.CountProtocolError();
            _statistics.Errors.Count(_reader.Error);
            _session.Writer.Error(_reader.Error);
        }

        return Step.Close;
    }

    private ValueTask<bool> WaitAsync(Step step) => step switch
    {
        Step.Parked when !_session.Ticket.IsBlocked => WaitForDiskAsync(),
        Step.Parked => WaitWatchingAsync(SessionWait.Keys),
        Step.Away when !_session.LastCommand!.Spec.Has(CommandFlags.Blocking) && _session.Routing.Witnesses is null =>
            WaitForNodeAsync(),
        Step.Away => WaitWatchingAsync(SessionWait.Keys),
        Step.Held => WaitWatchingAsync(SessionWait.Pause),
        _ => ValueTask.FromResult(true),
    };

    /// <summary>A wait for the disk is short: what was read stays where it is.</summary>
    private async ValueTask<bool> WaitForDiskAsync()
    {
        await _session.Ticket.WhenReady();
        return !_session.IsKilled;
    }

    /// <summary>A node that is there answers soon, and one that is lost is soon known to be.</summary>
    private async ValueTask<bool> WaitForNodeAsync()
    {
        await _session.Routing.Call!.Reply;
        return !_session.IsKilled;
    }

    /// <summary>Waits for keys or for the end of a pause, while the socket is read so that a client that leaves is
    /// noticed and pushes go out.</summary>
    private async ValueTask<bool> WaitWatchingAsync(SessionWait wait)
    {
        _reader.Keep(_segment.Span);
        SequencePosition reached = _buffer.GetPosition(_offset, _segmentStart);
        CountInput(_buffer.Slice(0, reached).Length);
        _input.AdvanceTo(reached, _buffer.End);
        _segment = default;
        _session.BeginWait(wait);
        Task? ready = wait != SessionWait.Keys ? null
            : _session.Routing.Call is { } call ? call.Reply
            : _session.Ticket.WhenReady().AsTask();
        ready?.GetAwaiter().UnsafeOnCompleted(_session.Wake);
        while (true)
        {
            ReadResult read = await _input.ReadAsync();
            if (read.IsCompleted || _session.IsClosing || IsTooMuch(read.Buffer.Length) || !await SendAsync())
            {
                return false;
            }

            bool isOver = ready?.IsCompleted ?? !_session.Clients.Pause.Holds(_session.LastCommand!.Spec);
            if (isOver || _session.Wait == SessionWait.Unblocked)
            {
                if (_session.EndWait() == SessionWait.Unblocked)
                {
                    await GiveUpAsync(ready!);
                }

                Begin(read.Buffer);
                return true;
            }

            _input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private async ValueTask GiveUpAsync(Task ready)
    {
        _session.Ticket.Abandon();
        await ready;
        _unfinished = Step.Next;
        _dispatcher.GiveUp(_session, CommandErrors.Unblocked);
    }

    private bool IsTooMuch(long unreadBytes)
    {
        if (unreadBytes <= _session.Clients.Settings.QueryBufferLimit)
        {
            return false;
        }

        _statistics.CountQueryLimit();
        return true;
    }

    /// <summary>Sends the replies and then the pushes, once they may be sent.</summary>
    /// <returns>False when the client takes nothing any more.</returns>
    private async ValueTask<bool> SendAsync()
    {
        if (_session.TakeLateReply() is { } late)
        {
            byte[] reply = await late;
            _session.Writer.Raw(reply);
        }

        if (_session.Writer.Length == 0 && _session.Pushes.Bytes == 0)
        {
            return !_session.IsKilled;
        }

        if (_keyspace.SyncBeforeReply && _session.Ticket.JournalPosition > _syncedPosition)
        {
            long position = _session.Ticket.JournalPosition;
            await _keyspace.WhenSynced(position);
            _syncedPosition = position;
        }

        do
        {
            for (int sent = 0; sent < _session.Writer.Length;)
            {
                sent += CopyPart(_session.Writer.Written, sent);
                FlushResult flushed = await _output.FlushAsync();
                if (flushed.IsCompleted || _session.IsKilled)
                {
                    return false;
                }
            }

            _session.StalledBytes = 0;
            _session.Writer.Clear();
        }
        while (await WritePartAsync());

        return _session.Pushes.Bytes == 0 || await SendPushesAsync();
    }

    /// <summary>Gets the next part of a reply that comes in parts. When the store fails the reply cannot be completed, and
    /// the connection ends.</summary>
    private async ValueTask<bool> WritePartAsync()
    {
        try
        {
            return await _session.Ticket.WritePartAsync(_session.Writer);
        }
        catch (StorageException)
        {
            _statistics.CountStorageFailure();
            _session.Kill();
            return false;
        }
    }

    private async ValueTask<bool> SendPushesAsync()
    {
        _session.Pushes.Take();
        for (int sent = 0; sent < _session.Pushes.Taken.Length;)
        {
            sent += CopyPart(_session.Pushes.Taken, sent);
            FlushResult flushed = await _output.FlushAsync();
            if (flushed.IsCompleted || _session.IsKilled)
            {
                return false;
            }
        }

        _session.StalledBytes = 0;
        return true;
    }

    /// <summary>Hands the next part of some output to the connection. A large reply goes in parts, so that what waits
    /// in the pipe stays small while the client takes its time.</summary>
    private int CopyPart(ReadOnlySpan<byte> bytes, int sent)
    {
        int count = Math.Min(bytes.Length - sent, FlushBytes);
        _session.StalledBytes = bytes.Length - sent;
        _output.Write(bytes.Slice(sent, count));
        _statistics.CountOutput(count);
        return count;
    }

    private void CountInput(long bytes)
    {
        _session.QueryBytes = _reader.HeldBytes;
        if (bytes > 0)
        {
            _statistics.CountInput(bytes);
        }
    }
}
