using Prometheus;

namespace Marekvs.Host.Plugins;

/// <summary>What a node measures of its store, from outside the provider.</summary>
internal sealed class StorageMeters
{
    private readonly TimeProvider _time;

    /// <param name="metrics">Where the figures are shown.</param>
    /// <param name="time">Measures how long an operation takes.</param>
    public StorageMeters(IMetricFactory metrics, TimeProvider time)
    {
        _time = time;
        Histogram seconds = metrics.CreateHistogram(
            "marekvs_storage_operation_seconds", "Time operations of the store took.", ["operation"],
            new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.000_01, 4, 9) });
        Counter failures = metrics.CreateCounter(
            "marekvs_storage_operation_failures_total", "Operations of the store that failed.", ["operation"]);
        Counter bytes = metrics.CreateCounter(
            "marekvs_storage_committed_bytes_total", "Bytes of keys and values committed to the store.");
        Get = new OperationMeter(seconds.WithLabels("get"), failures.WithLabels("get"));
        Scan = new OperationMeter(seconds.WithLabels("scan"), failures.WithLabels("scan"));
        Commit = new OperationMeter(seconds.WithLabels("commit"), failures.WithLabels("commit"));
        Flush = new OperationMeter(seconds.WithLabels("flush"), failures.WithLabels("flush"));
        CommittedBytes = bytes;
    }

    public OperationMeter Get { get; }

    /// <summary>From opening a scan to its end.</summary>
    public OperationMeter Scan { get; }

    public OperationMeter Commit { get; }

    public OperationMeter Flush { get; }

    public ICounter CommittedBytes { get; }

    public long Start() => _time.GetTimestamp();

    public void Finish(OperationMeter meter, long started) =>
        meter.Seconds.Observe(_time.GetElapsedTime(started).TotalSeconds);
}

/// <summary>The measures of one operation.</summary>
/// <param name="Seconds">Its durations.</param>
/// <param name="Failures">How often it failed.</param>
internal sealed record OperationMeter(Prometheus.IObserver Seconds, ICounter Failures);
