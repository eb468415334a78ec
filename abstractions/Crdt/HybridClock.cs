namespace Marekvs.Abstractions.Crdt;

/// <summary>
/// The node's source of stamps. Ticks are unique and rise even when the wall clock stands still or jumps back;
/// what a peer sends moves the clock forward and is never clamped, so that a later local write is always stamped
/// above everything it has seen.
/// </summary>
public sealed class HybridClock
{
    private readonly TimeProvider _time;
    private ulong _last;

    /// <summary>Starts a clock.</summary>
    /// <param name="time">The wall clock.</param>
    /// <param name="after">Every tick is greater than this stamp.</param>
    public HybridClock(TimeProvider time, Stamp after = default)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        _last = after.Value;
    }

    /// <summary>The newest stamp given out or observed.</summary>
    public Stamp Last => new(Volatile.Read(ref _last));

    /// <summary>Unix milliseconds as commands see them: the wall clock, but never behind a stamp already seen.</summary>
    public long NowMilliseconds => Math.Max(WallMilliseconds, Last.UnixMilliseconds);

    private long WallMilliseconds => Math.Max(0, _time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>Gives the next stamp.</summary>
    /// <returns>A stamp greater than all before it.</returns>
    public Stamp Tick()
    {
        ulong wall = Stamp.FromUnixMilliseconds(WallMilliseconds).Value;
        ulong last = Volatile.Read(ref _last);
        while (true)
        {
            ulong next = Math.Max(last + 1, wall);
            ulong seen = Interlocked.CompareExchange(ref _last, next, last);
            if (seen == last)
            {
                return new Stamp(next);
            }

            last = seen;
        }
    }

    /// <summary>Moves the clock past a stamp received from elsewhere.</summary>
    /// <param name="stamp">The stamp seen.</param>
    public void Observe(Stamp stamp)
    {
        ulong last = Volatile.Read(ref _last);
        while (last < stamp.Value)
        {
            ulong seen = Interlocked.CompareExchange(ref _last, stamp.Value, last);
            if (seen == last)
            {
                return;
            }

            last = seen;
        }
    }
}
