using Marekvs.Host.Connections;
using Marekvs.Storage.Engine;

namespace Marekvs.Host.Builtins;

/// <summary>
/// Looks at the node twice a second, for what only shows over time: rates, the peak of memory, and how the last
/// checkpoint ended.
/// </summary>
internal sealed class RateSampler : IDisposable
{
    private const int SamplesMax = 8;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly ServerContext _server;
    private ITimer? _timer;
    private readonly Queue<Sample> _samples = new();
    private volatile Rates _rates = new(0, 0, 0);
    private long _memoryPeak;
    private long _checkpoints;
    private long _checkpointFailures;
    private volatile bool _lastCheckpointFailed;

    public RateSampler(ServerContext server) => _server = server;

    /// <summary>Per second, over the last seconds.</summary>
    public Rates Rates => _rates;

    public long MemoryPeak => Math.Max(Interlocked.Read(ref _memoryPeak), GC.GetTotalMemory(false));

    public bool LastCheckpointFailed => _lastCheckpointFailed;

    /// <summary>Begins to look, once the data is open.</summary>
    public void Start()
    {
        _samples.Enqueue(Measure());
        _timer = _server.Time.CreateTimer(static s => ((RateSampler)s!).Look(), this, Interval, Interval);
    }

    public void Dispose() => _timer?.Dispose();

    private void Look()
    {
        lock (_samples)
        {
            Sample now = Measure();
            Sample oldest = _samples.Peek();
            double seconds = _server.Time.GetElapsedTime(oldest.At, now.At).TotalSeconds;
            _rates = seconds <= 0 ? _rates : new Rates(
                Rate(oldest.Commands, now.Commands, seconds),
                Rate(oldest.InputBytes, now.InputBytes, seconds),
                Rate(oldest.OutputBytes, now.OutputBytes, seconds));
            _samples.Enqueue(now);
            if (_samples.Count > SamplesMax)
            {
                _samples.Dequeue();
            }
        }

        Interlocked.Exchange(ref _memoryPeak, MemoryPeak);
        KeyspaceStatistics keyspace = _server.Keyspace.Statistics;
        if (keyspace.CheckpointFailures != _checkpointFailures || keyspace.Checkpoints != _checkpoints)
        {
            _lastCheckpointFailed = keyspace.CheckpointFailures != _checkpointFailures;
            if (keyspace.Checkpoints != _checkpoints)
            {
                _server.Clients.CallTimes.AddEvent("checkpoint", keyspace.LastCheckpointMilliseconds);
            }

            (_checkpoints, _checkpointFailures) = (keyspace.Checkpoints, keyspace.CheckpointFailures);
        }
    }

    // CONFIG RESETSTAT sets figures back; a rate is never negative.
    private static double Rate(long before, long now, double seconds) => Math.Max(0, now - before) / seconds;

    private Sample Measure()
    {
        ServerStatistics statistics = _server.Statistics;
        return new Sample(
            _server.Time.GetTimestamp(), statistics.CommandsProcessed, statistics.InputBytes, statistics.OutputBytes);
    }

    private readonly record struct Sample(long At, long Commands, long InputBytes, long OutputBytes);
}

/// <summary>What happens per second.</summary>
internal sealed record Rates(double Commands, double InputBytes, double OutputBytes);
