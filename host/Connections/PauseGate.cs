using Marekvs.Abstractions.Commands;

namespace Marekvs.Host.Connections;

/// <summary>What CLIENT PAUSE holds.</summary>
internal enum PauseKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Commands that may change data.</summary>
    Write,

    /// <summary>Every command.</summary>
    All,
}

/// <summary>
/// Holds commands back for a while. Pauses that overlap add up: the stricter kind and the later end win, as in Redis.
/// </summary>
internal sealed class PauseGate : IDisposable
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Action _onEnd;
    private long _startedAt;
    private TimeSpan _length;
    private volatile PauseKind _kind;

    /// <summary>Creates an open gate.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="onEnd">Called when held commands may go on.</param>
    public PauseGate(TimeProvider time, Action onEnd)
    {
        _time = time;
        _onEnd = onEnd;
        _timer = time.CreateTimer(static gate => ((PauseGate)gate!).OnTimer(), this, Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
    }

    /// <summary>What is held now.</summary>
    public PauseKind Kind => _kind;

    /// <summary>What is left of the pause.</summary>
    public TimeSpan Left
    {
        get
        {
            lock (_lock)
            {
                return _kind == PauseKind.None ? TimeSpan.Zero : RestOf(_time.GetTimestamp());
            }
        }
    }

    /// <summary>Whether a command has to wait.</summary>
    /// <param name="command">The row.</param>
    public bool Holds(CommandSpec command) => _kind switch
    {
        PauseKind.None => false,
        PauseKind.Write => command.Has(CommandFlags.Write | CommandFlags.MayReplicate),
        _ => true,
    };

    /// <summary>Begins or extends a pause.</summary>
    /// <param name="length">How long from now.</param>
    /// <param name="kind">What to hold.</param>
    public void Pause(TimeSpan length, PauseKind kind)
    {
        lock (_lock)
        {
            long now = _time.GetTimestamp();
            TimeSpan rest = _kind == PauseKind.None ? TimeSpan.Zero : RestOf(now);
            _startedAt = now;
            _length = rest > length ? rest : length;
            _kind = (PauseKind)Math.Max((int)kind, (int)_kind);
            Arm(_length);
        }
    }

    /// <summary>Ends the pause at once.</summary>
    public void End()
    {
        lock (_lock)
        {
            if (_kind == PauseKind.None)
            {
                return;
            }

            _kind = PauseKind.None;
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        _onEnd();
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void OnTimer()
    {
        lock (_lock)
        {
            TimeSpan rest = RestOf(_time.GetTimestamp());
            if (_kind != PauseKind.None && rest > TimeSpan.Zero)
            {
                Arm(rest);
                return;
            }
        }

        End();
    }

    private TimeSpan RestOf(long now)
    {
        TimeSpan rest = _length - _time.GetElapsedTime(_startedAt, now);
        return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
    }

    /// <summary>A timer takes no more than about 49 days; it is armed again until the pause is over.</summary>
    private void Arm(TimeSpan rest)
    {
        TimeSpan longest = TimeSpan.FromDays(1);
        TimeSpan step = rest < longest ? rest : longest;
        _timer.Change(step < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : step,
            Timeout.InfiniteTimeSpan);
    }
}
