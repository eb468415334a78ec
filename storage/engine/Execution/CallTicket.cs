using System.Threading.Tasks.Sources;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;
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

    private readonly List<WaitQueue> _waits = [];
    private readonly List<WaitQueue> _turns = [];
    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };
    private WaitClock? _clock;
    private int _state;
    private Keyspace? _blockedIn;
    private KeyType? _awaitedType;
    private bool _awaitsOtherType;
    private int _runsAgain;
    private (ColdReader Reader, ElementStream Stream)? _stream;

    /// <summary>Position of the session's newest write in the journal, 0 for none.</summary>
    public long JournalPosition { get; set; }

    /// <summary>The partition of that write; null when there is none, or it concerned all.</summary>
    public ushort? LastPartition { get; set; }

    /// <summary>How long the command has waited for keys elsewhere: so much less it waits here.</summary>
    public long WaitedMilliseconds { get; set; }

    /// <summary>Whether the parked call waits for keys (a blocked client) rather than for the disk.</summary>
    public bool IsBlocked => _blockedIn is not null;

    internal CallRetry Retry { get; private set; }

    /// <summary>When the command began to wait, as a number that grows from one to the next.</summary>
    internal long Arrival { get; private set; }

    /// <summary>What the waiting call wants to find when it runs again.</summary>
    internal object? WaitState { get; private set; }

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
        foreach (WaitQueue queue in _waits)
        {
            lock (queue.Gate)
            {
                queue.Remove(this);
            }
        }

        _waits.Clear();
        Signal(CallRetry.None);
        Finish();
    }

    /// <summary>Ends the wait of a blocked call as if its time were up (CLIENT UNBLOCK).</summary>
    /// <returns>False when it is not blocked.</returns>
    public bool TimeOutNow() => IsBlocked && Signal(CallRetry.TimedOut);

    /// <summary>Lets a blocked call run again, for what it waits for besides keys has come about; from any thread. One that
    /// is about to block runs again at once. It may be another call by now, which then finds nothing and goes on waiting.
    /// </summary>
    public void RunAgain()
    {
        Interlocked.Exchange(ref _runsAgain, 1);
        if (IsBlocked)
        {
            Signal(CallRetry.KeyChanged);
        }
    }

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

    /// <summary>Whether the call waits for what has happened to one of its keys.</summary>
    /// <param name="type">What the key holds now, or null when it is gone.</param>
    internal bool AwaitsKeyOf(KeyType? type) =>
        _awaitedType is null || _awaitsOtherType || ReferenceEquals(type, _awaitedType);

    /// <summary>Whether the call has its turn at a key it waited for.</summary>
    internal bool HasTurn
    {
        get
        {
            lock (_turns)
            {
                return _turns.Count > 0;
            }
        }
    }

    /// <summary>Lets the waiting call run again; the queue's gate is held.</summary>
    /// <returns>False when its wait has ended in another way.</returns>
    internal bool TryTakeTurn(WaitQueue queue)
    {
        lock (_turns)
        {
            // Who has its turn at another key has not run yet, and will find this one too.
            if (_turns.Count == 0 && !Signal(CallRetry.KeyChanged))
            {
                return false;
            }

            _turns.Add(queue);
            return true;
        }
    }

    /// <summary>The reply comes in parts.</summary>
    internal void Follow(ColdReader reader, ElementStream stream) => _stream = (reader, stream);

    /// <summary>Parks the call until one of its keys changes. The first wait of a command starts its clock.</summary>
    /// <param name="keyspace">Where it waits.</param>
    /// <param name="keys">Those who wait for its keys; their gates are held.</param>
    /// <param name="time">The clock.</param>
    /// <param name="wait">What it waits for, and for how long.</param>
    /// <param name="state">What it wants to find when it runs again.</param>
    internal void Block(Keyspace keyspace, List<WaitQueue> keys, TimeProvider time, Reply wait, object? state)
    {
        Park();
        WaitState = state;
        _awaitedType = wait.AwaitedType;
        _awaitsOtherType = wait.AwaitsOtherType;
        if (_blockedIn is null)
        {
            _blockedIn = keyspace;
            Arrival = keyspace.NextArrival();
            _clock = wait.Number > 0
                ? new WaitClock(this, time, Math.Max(1, wait.Number - WaitedMilliseconds))
                : null;

            // Only now: who sees a call waiting may rely on its clock.
            keyspace.CountWaiting(1);
        }

        foreach (WaitQueue queue in keys)
        {
            queue.Add(this);
            _waits.Add(queue);
        }

        EndTurns();
        if (_clock is { IsTimeUp: true })
        {
            // It was while the call ran.
            Signal(CallRetry.TimedOut);
        }

        if (Interlocked.Exchange(ref _runsAgain, 0) == 1)
        {
            Signal(CallRetry.KeyChanged);
        }
    }

    /// <summary>Withdraws from the keys waited for; their shards are entered.</summary>
    internal void Withdraw()
    {
        foreach (WaitQueue queue in _waits)
        {
            queue.Remove(this);
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
        WaitState = null;
        WaitedMilliseconds = 0;
        HasWaitedForMemory = false;
        if (_blockedIn is not null)
        {
            _clock?.Dispose();
            _clock = null;
            _blockedIn.CountWaiting(-1);
            _blockedIn = null;
            EndTurns();
        }
    }

    /// <summary>Those who came later have their turn.</summary>
    private void EndTurns()
    {
        WaitQueue[] ended;
        lock (_turns)
        {
            ended = [.. _turns];
            _turns.Clear();
        }

        foreach (WaitQueue queue in ended)
        {
            queue.EndTurn(this);
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
