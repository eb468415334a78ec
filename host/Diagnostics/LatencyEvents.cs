namespace Marekvs.Host.Diagnostics;

/// <summary>One second in which something took long.</summary>
/// <param name="At">Unix seconds.</param>
/// <param name="Milliseconds">The longest of that second.</param>
internal readonly record struct LatencySample(long At, long Milliseconds);

/// <summary>What is known of a kind of event.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Samples">The newest, oldest first; never empty.</param>
/// <param name="MillisecondsMax">The longest ever, or since the last reset.</param>
internal sealed record LatencySeries(string Name, IReadOnlyList<LatencySample> Samples, long MillisecondsMax);

/// <summary>Remembers when things took long, by what they were (LATENCY).</summary>
internal sealed class LatencyEvents
{
    private const int SamplesMax = 160;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, Series> _series = new(StringComparer.Ordinal);

    /// <summary>Remembers that something took long.</summary>
    /// <param name="name">What it was.</param>
    /// <param name="at">When it ended, in unix seconds.</param>
    /// <param name="milliseconds">How long it took.</param>
    public void Add(string name, long at, long milliseconds)
    {
        lock (_lock)
        {
            if (!_series.TryGetValue(name, out Series? series))
            {
                _series[name] = series = new Series();
            }

            series.Add(new LatencySample(at, milliseconds));
        }
    }

    /// <summary>What is known of one kind of event, or null.</summary>
    /// <param name="name">Its name.</param>
    public LatencySeries? Find(string name)
    {
        lock (_lock)
        {
            return _series.TryGetValue(name, out Series? series) ? series.Snapshot(name) : null;
        }
    }

    /// <summary>What is known of all kinds of events, by name.</summary>
    public IReadOnlyList<LatencySeries> All()
    {
        lock (_lock)
        {
            return [.. _series.Select(series => series.Value.Snapshot(series.Key))];
        }
    }

    /// <summary>Forgets kinds of events.</summary>
    /// <param name="names">Their names; none for all.</param>
    /// <returns>How many there were.</returns>
    public int Reset(IReadOnlyCollection<string> names)
    {
        lock (_lock)
        {
            if (names.Count > 0)
            {
                return names.Count(_series.Remove);
            }

            int count = _series.Count;
            _series.Clear();
            return count;
        }
    }

    private sealed class Series
    {
        private readonly List<LatencySample> _samples = [];
        private long _millisecondsMax;

        public void Add(LatencySample sample)
        {
            _millisecondsMax = Math.Max(_millisecondsMax, sample.Milliseconds);
            if (_samples.Count > 0 && _samples[^1].At == sample.At)
            {
                // One sample a second, the longest: a burst must not push out what came before it.
                _samples[^1] = _samples[^1].Milliseconds > sample.Milliseconds ? _samples[^1] : sample;
                return;
            }

            if (_samples.Count == SamplesMax)
            {
                _samples.RemoveAt(0);
            }

            _samples.Add(sample);
        }

        public LatencySeries Snapshot(string name) => new(name, [.. _samples], _millisecondsMax);
    }
}
