using System.Threading.Tasks.Sources;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Resp;
using Marekvs.Storage.Engine.Execution;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine;

/// <summary>How an execution ended.</summary>
public enum ExecuteOutcome
{
    /// <summary>The reply is in the writer.</summary>
    Done,

    /// <summary>The beginning of the reply is in the writer; <see cref="CallTicket.WritePartAsync"/> gives the rest.
    /// </summary>
    Streamed,

    /// <summary>Nothing happened yet: await <see cref="CallTicket.WhenReady"/> and execute the same command again.
    /// </summary>
    Parked,
}

/// <summary>
/// The part of a session the keyspace keeps between two runs of one call. One per session, reused: a session runs one
/// call at a time.
/// </summary>
public sealed class CallTicket : IValueTaskSource
{
    private const int Idle = 0;
    private const int Armed = 1;
    private const int Signalled = 2;

    private readonly List<(Shard Shard, byte[] Name)> _waits = [];
    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };
    private ITimer? _timer;
    private int _state;
    private Keyspace? _blockedIn;
    private (ColdReader Reader, ElementStream Stream)? _stream;

    /// <summary>Position of the session's newest write in the journal, 0 for none.</summary>
    public long JournalPosition { get; internal set; }

    /// <summary>Whether the parked call waits for keys (a blocked client) rather than for the disk.</summary>
    public bool IsBlocked => _blockedIn is not null;

    internal CallRetry Retry { get; private set; }

    /// <summary>A write waited for memory and a checkpoint has passed since: it may go on.</summary>
    internal bool HasWaitedForMemory { get; set; }

    /// <summary>What the store was asked for so far.</summary>
    internal CallSupplies Supplies { get; private set; } = new();

    /// <summary>Scratch: which arguments of the running command are keys.</summary>
    internal List<int> KeyIndexes { get; } = [];

    /// <summary>Completes when a parked call should be executed again.</summary>
    public ValueTask WhenReady() => new(this, _source.Version);

    /// <summary>Writes the next part of a reply that comes in parts.</summary>
    /// <param name="writer">Receives it; what came before has been sent.</param>
    /// <returns>False when no part is left.</returns>
    /// <exception cref="Abstractions.Storage.StorageException">The store failed; the reply cannot be completed.
    /// </exception>
    public async ValueTask<bool> WritePartAsync(RespWriter writer)
    {
        if (_stream is not var (reader, stream))
        {
            return false;
        }

        if (!await reader.ReadPart(stream, writer).ConfigureAwait(false))
        {
            EndStream();
        }

        return true;
    }

    /// <summary>Gives up the rest of a reply that comes in parts.</summary>
    public void EndStream()
    {
        if (_stream is var (reader, stream))
        {
            _stream = null;
            reader.Close(stream);
        }
    }

    /// <summary>Gives up a parked call: the client went away or the host answers in its own way. The wait completes.
    /// </summary>
    public void Abandon()
    {
        foreach ((Shard shard, byte[] name) in _waits)
        {
            lock (shard.Gate)
            {
                shard.Waiters.Remove(name, this);
            }
        }

        _waits.Clear();
        Signal(CallRetry.None);
        Finish();
    }

    /// <summary>Ends the wait of a blocked call as if its time were up (CLIENT UNBLOCK).</summary>
    /// <returns>False when it is not blocked.</returns>
    public bool TimeOutNow() => IsBlocked && Signal(CallRetry.TimedOut);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource.GetResult(short token)
    {
        _source.GetResult(token);
        Volatile.Write(ref _state, Idle);
    }

    /// <summary>Parks the call; <see cref="Resume"/> ends it.</summary>
    internal void Park()
    {
        _source.Reset();
        _source.RunContinuationsAsynchronously = true;
        Volatile.Write(ref _state, Armed);
    }

    /// <summary>What the call was parked for is there.</summary>
    internal void Resume() => Signal(Retry);

    /// <summary>As <see cref="Resume"/>, and the call goes on here: handing it to another thread would cost more than
    /// running it. The caller holds no lock.</summary>
    internal void ResumeHere()
    {
        _source.RunContinuationsAsynchronously = false;
        Signal(Retry);
    }

    internal void Wake() => Signal(CallRetry.KeyChanged);

    /// <summary>The reply comes in parts.</summary>
    internal void Follow(ColdReader reader, ElementStream stream) => _stream = (reader, stream);

    /// <summary>Registers the call with a key; the key's shard is entered.</summary>
    internal void WaitFor(Shard shard, byte[] name)
    {
        shard.Waiters.Add(name, this);
        _waits.Add((shard, name));
    }

    /// <summary>Parks the call until one of its keys changes. The first wait of a command starts its clock.</summary>
    internal void Block(Keyspace keyspace, TimeProvider time, long timeoutMilliseconds)
    {
        Park();
        if (_blockedIn is null)
        {
            _blockedIn = keyspace;
            keyspace.CountWaiting(1);
            if (timeoutMilliseconds > 0)
            {
                TimeSpan due = TimeSpan.FromMilliseconds(Math.Min(timeoutMilliseconds, uint.MaxValue - 2));
                _timer = time.CreateTimer(
                    static ticket => ((CallTicket)ticket!).Signal(CallRetry.TimedOut), this, due, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>Withdraws from the keys waited for; their shards are entered.</summary>
    internal void Withdraw()
    {
        foreach ((Shard shard, byte[] name) in _waits)
        {
            shard.Waiters.Remove(name, this);
        }

        _waits.Clear();
    }

    /// <summary>The command has its answer.</summary>
    internal void Finish()
    {
        if (Supplies.IsInUse)
        {
            Supplies.Release();
            Supplies = new CallSupplies();
        }

        Retry = CallRetry.None;
        HasWaitedForMemory = false;
        if (_blockedIn is not null)
        {
            _timer?.Dispose();
            _timer = null;
            _blockedIn.CountWaiting(-1);
            _blockedIn = null;
        }
    }

    private bool Signal(CallRetry retry)
    {
        if (Interlocked.CompareExchange(ref _state, Signalled, Armed) != Armed)
        {
            return false;
        }

        Retry = retry;
        _source.SetResult(true);
        return true;
    }
}
