using Marekvs.Abstractions.Commands;
using Marekvs.Host.Commands;
using Marekvs.Host.Connections;

namespace Marekvs.Host.Diagnostics;

/// <summary>
/// What is done about how long calls take: slow ones are logged, long ones are events, and all are counted by duration.
/// A call costs one comparison here; whatever is not slow goes no further.
/// </summary>
internal sealed class CallTimes
{
    private readonly TimeProvider _time;
    private long _slowMicroseconds = 10_000;
    private long _longMilliseconds;
    private long _noticeTicks;

    /// <summary>Begins with Redis's defaults.</summary>
    /// <param name="time">The clock.</param>
    public CallTimes(TimeProvider time)
    {
        _time = time;
        SetNotice();
    }

    /// <summary>The slow calls.</summary>
    public SlowLog Slow { get; } = new();

    /// <summary>The long events.</summary>
    public LatencyEvents Events { get; } = new();

    /// <summary>Whether calls are counted by duration (<c>latency-tracking</c>).</summary>
    public bool CountsDurations { get; set; } = true;

    /// <summary>What INFO tells of the counted durations (<c>latency-tracking-info-percentiles</c>).</summary>
    public IReadOnlyList<double> Percentiles { get; set; } = [50, 99, 99.9];

    /// <summary>Calls at least this long are logged; negative: none (<c>slowlog-log-slower-than</c>).</summary>
    public long SlowMicroseconds
    {
        get => Volatile.Read(ref _slowMicroseconds);
        set
        {
            Volatile.Write(ref _slowMicroseconds, value);
            SetNotice();
        }
    }

    /// <summary>What takes at least this long is an event; 0: nothing is (<c>latency-monitor-threshold</c>).</summary>
    public long LongMilliseconds
    {
        get => Volatile.Read(ref _longMilliseconds);
        set
        {
            Volatile.Write(ref _longMilliseconds, value);
            SetNotice();
        }
    }

    /// <summary>Whether a call took so long that it is to be noticed.</summary>
    /// <param name="ticks">Its time, in ticks of the clock's timestamps.</param>
    public bool AreNoticed(long ticks) => ticks >= Volatile.Read(ref _noticeTicks);

    /// <summary>Takes note of a call that took long.</summary>
    /// <param name="session">Who sent it.</param>
    /// <param name="entry">The command.</param>
    /// <param name="args">What was sent.</param>
    /// <param name="ticks">Its time.</param>
    public void Notice(Session session, CommandEntry entry, CommandArgs args, long ticks)
    {
        AddEvent(
            entry.Spec.Has(CommandFlags.Fast) ? "fast-command" : "command",
            (long)(ticks * (1e3 / _time.TimestampFrequency)));
        long slow = SlowMicroseconds;
        long microseconds = (long)(ticks * (1e6 / _time.TimestampFrequency));
        if (slow >= 0 && microseconds >= slow && !entry.Spec.Has(CommandFlags.SkipSlowlog))
        {
            Slow.Add(session, args, UnixSeconds(), microseconds);
        }
    }

    /// <summary>Remembers something that took long.</summary>
    /// <param name="name">What it was.</param>
    /// <param name="milliseconds">How long it took; whether that is long is decided here.</param>
    public void AddEvent(string name, long milliseconds)
    {
        long threshold = LongMilliseconds;
        if (threshold > 0 && milliseconds >= threshold)
        {
            Events.Add(name, UnixSeconds(), milliseconds);
        }
    }

    private long UnixSeconds() => _time.GetUtcNow().ToUnixTimeSeconds();

    private void SetNotice()
    {
        double second = _time.TimestampFrequency;
        double slow = SlowMicroseconds < 0 ? double.MaxValue : SlowMicroseconds * (second / 1e6);
        double @long = LongMilliseconds == 0 ? double.MaxValue : LongMilliseconds * (second / 1e3);

        // Beyond the range of a number of ticks is never.
        double notice = Math.Min(slow, @long);
        Volatile.Write(ref _noticeTicks, notice >= long.MaxValue ? long.MaxValue : (long)notice);
    }
}
