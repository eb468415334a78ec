using System.Runtime.InteropServices;

namespace Marekvs.Host.Startup;

/// <summary>Whether the node serves, drains or stops, and who asked for it.</summary>
internal sealed class NodeLifetime : IDisposable
{
    private static readonly TimeSpan EchoWithin = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<PosixSignalRegistration> _signals = [];
    private volatile bool _isServing;
    private volatile bool _isDraining;
    private volatile bool _isRefusing;

    /// <summary>Completes when the node shall stop.</summary>
    public Task WhenStopRequested => _stop.Task;

    /// <summary>Whether clients should be sent here.</summary>
    public bool IsReady => _isServing && !_isDraining && !IsRefusing && !_stop.Task.IsCompleted;

    /// <summary>Whether the cluster says that clients must not be served now, or must not write.</summary>
    public bool IsRefusing
    {
        get => _isRefusing;
        set => _isRefusing = value;
    }

    /// <summary>Whether new connections are refused.</summary>
    public bool IsDraining => _isDraining;

    /// <summary>Whether the node is on its way down.</summary>
    public bool IsStopping => _stop.Task.IsCompleted;

    /// <summary>The node listens.</summary>
    public void BeginServing() => _isServing = true;

    /// <summary>No more new connections; those there are go on.</summary>
    public void BeginDraining() => _isDraining = true;

    /// <summary>Stops the node in order.</summary>
    public void RequestStop() => _stop.TrySetResult();

    /// <summary>Stops on the first signal in order, on a second at once: what is acknowledged is in the journal.
    /// </summary>
    /// <param name="time">Tells a second signal from an echo: what starts a node often passes on to it a signal that
    /// its whole process group got already.</param>
    public void ListenForSignals(TimeProvider time)
    {
        long first = 0;
        foreach (PosixSignal signal in new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT })
        {
            _signals.Add(PosixSignalRegistration.Create(signal, context =>
            {
                long now = time.GetTimestamp();
                long before = Interlocked.CompareExchange(ref first, now, 0);
                context.Cancel = before == 0 ? !IsStopping : time.GetElapsedTime(before, now) < EchoWithin;
                RequestStop();
            }));
        }
    }

    public void Dispose() => _signals.ForEach(signal => signal.Dispose());
}
