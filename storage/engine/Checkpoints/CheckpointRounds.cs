using Marekvs.Abstractions.Storage;
using Marekvs.Storage.Engine.Journal;

namespace Marekvs.Storage.Engine.Checkpoints;

/// <summary>Runs checkpoints, one at a time: when they are due, and when someone asks. What reached the disk of the store
/// lets the journal go.</summary>
/// <param name="keyspace">What is carried to the store.</param>
/// <param name="store">The store.</param>
/// <param name="journal">The journal.</param>
/// <param name="options">How often, and whether on the caller's thread.</param>
/// <param name="time">The clock.</param>
/// <param name="takeState">What the node says of itself, and the journal position it agrees with: the given one, or the
/// end.</param>
/// <param name="retainedFrom">From where on peers need the journal.</param>
internal sealed class CheckpointRounds(
    Keyspace keyspace,
    IStore store,
    JournalLog journal,
    KeyspaceOptions options,
    TimeProvider time,
    Func<long?, (CheckpointState State, long Position)> takeState,
    Func<long> retainedFrom) : IDisposable
{
    /// <summary>The store is made durable on the way once the journal is this many segments ahead of it.</summary>
    private const int SegmentsAheadMax = 4;

    private readonly Checkpointer _checkpointer = new(keyspace, store);
    private readonly SemaphoreSlim _gate = new(1, 1);

    private long _position;
    private long _flushedTo;
    private int _requested;
    private long _completed;
    private long _failures;
    private long _lastAt = keyspace.Clock.NowMilliseconds;
    private long _lastMilliseconds;

    public long Completed => Volatile.Read(ref _completed);

    public long Failures => Volatile.Read(ref _failures);

    /// <summary>When the last one ended: unix milliseconds.</summary>
    public long LastAt => Volatile.Read(ref _lastAt);

    public long LastMilliseconds => Volatile.Read(ref _lastMilliseconds);

    public bool IsRunning => _gate.CurrentCount == 0;

    /// <summary>Whether someone asked for a round that has not begun.</summary>
    public bool IsRequested => Volatile.Read(ref _requested) == 1;

    public void Request() => Volatile.Write(ref _requested, 1);

    /// <summary>The store has everything up to a position of the journal.</summary>
    public void BeginAt(long position)
    {
        Volatile.Write(ref _position, position);
        _flushedTo = (long)store.DurableWatermark;
    }

    /// <summary>Runs one if it is due.</summary>
    /// <exception cref="StorageException">The store failed; nothing is lost, the journal has it all.</exception>
    public async Task RunDueAsync()
    {
        long ahead = journal.End - Volatile.Read(ref _position);
        bool isTime = keyspace.Clock.NowMilliseconds - LastAt >= options.CheckpointInterval.TotalMilliseconds;
        bool isRequested = Interlocked.Exchange(ref _requested, 0) == 1;
        if (isRequested || (ahead != 0 && isTime) || ahead >= options.CheckpointBytes)
        {
            bool flush = journal.End - _flushedTo > (long)SegmentsAheadMax * options.SegmentBytes;
            await RunAsync(flush, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Runs one, after the one that is under way.</summary>
    /// <param name="flush">Also makes it durable.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="StorageException">The store failed; nothing is lost, the journal has it all.</exception>
    public async Task RunAsync(bool flush, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await options.RunAside(() => RunTimed(flush)).ConfigureAwait(false);
            Interlocked.Increment(ref _completed);
        }
        catch (Exception e) when (e is StorageException or IOException)
        {
            Interlocked.Increment(ref _failures);
            throw;
        }
        finally
        {
            Volatile.Write(ref _lastAt, keyspace.Clock.NowMilliseconds);
            _gate.Release();
            keyspace.Memory.Resume();
        }
    }

    /// <summary>Runs one at once, while nobody else does.</summary>
    /// <param name="watermark">The journal position that the store then agrees with; the end, when not given.</param>
    /// <exception cref="StorageException">The store failed; nothing is lost.</exception>
    public void Run(long? watermark)
    {
        (CheckpointState state, long position) = takeState(watermark);
        _checkpointer.Run(state, position);
        Volatile.Write(ref _position, position);
    }

    public void Dispose() => _gate.Dispose();

    private Task RunTimed(bool flush)
    {
        long started = time.GetTimestamp();
        Run(watermark: null);
        if (flush)
        {
            store.Flush();
            _flushedTo = (long)store.DurableWatermark;
            journal.Release(Math.Min(_flushedTo, retainedFrom()));
        }

        Volatile.Write(ref _lastMilliseconds, (long)time.GetElapsedTime(started).TotalMilliseconds);
        return Task.CompletedTask;
    }
}
