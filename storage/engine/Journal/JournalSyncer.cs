using Microsoft.Extensions.Logging;

namespace Marekvs.Storage.Engine.Journal;

/// <summary>
/// Makes the journal safe against power loss on a thread of its own: on every tick of the interval, or when sessions
/// wait for it, many sharing one sync.
/// </summary>
internal sealed class JournalSyncer : IDisposable
{
    private readonly JournalLog _journal;
    private readonly ILogger _logger;
    private readonly AutoResetEvent _due = new(initialState: false);
    private readonly Lock _gate = new();
    private readonly Thread _thread;
    private readonly TimeSpan _interval;
    private TaskCompletionSource _round = NewRound();
    private volatile bool _closing;

    public JournalSyncer(JournalLog journal, TimeSpan? interval, ILogger logger)
    {
        _journal = journal;
        _logger = logger;
        _interval = interval ?? Timeout.InfiniteTimeSpan;
        _thread = new Thread(Run) { IsBackground = true, Name = "journal-sync" };
        _thread.Start();
    }

    /// <summary>Completes when everything up to a position is on disk.</summary>
    public async ValueTask WhenSynced(long position)
    {
        while (_journal.Synced < position)
        {
            Task round;
            lock (_gate)
            {
                round = _round.Task;
            }

            _due.Set();
            if (_journal.Synced >= position)
            {
                return;
            }

            await round.ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _closing = true;
        _due.Set();
        _thread.Join();
        _due.Dispose();
    }

    private static TaskCompletionSource NewRound() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Run()
    {
        while (!_closing)
        {
            _due.WaitOne(_interval);
            try
            {
                _journal.Sync();
            }
            catch (IOException e)
            {
                // After a failed sync the kernel may have dropped the pages: what was acknowledged can no longer be
                // promised, and going on would hide it.
                _logger.LogCritical(e, "The journal could not be synced; stopping, so that nothing more is promised.");
                Environment.FailFast("The journal could not be synced.", e);
            }

            TaskCompletionSource finished;
            lock (_gate)
            {
                finished = _round;
                _round = NewRound();
            }

            finished.SetResult();
        }
    }
}
