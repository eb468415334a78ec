using Marekvs.Host.Commands;
using Marekvs.Host.Diagnostics;

namespace Marekvs.Host.Connections;

/// <summary>
/// Counts and times the commands of one session, and passes runs of one command on together: the shared counters are
/// touched once for a pipeline of the same command, not once for each.
/// </summary>
/// <param name="times">Tells whether calls are counted by duration.</param>
internal sealed class CommandTally(CallTimes times)
{
    // Published at the latest when so many calls of one command are counted.
    private const int RunMax = 64;

    private readonly ushort[] _durations = new ushort[RunMax];
    private CommandEntry? _entry;
    private int _calls;
    private long _ticks;
    private long _lastAt;
    private long _paused;
    private long _commands;

    /// <summary>Begins timing: what follows is the next command's time.</summary>
    /// <param name="now">A timestamp.</param>
    public void Start(long now) => _lastAt = now;

    /// <summary>Stops timing a command that waits.</summary>
    /// <param name="now">A timestamp.</param>
    public void Pause(long now) => _paused = now - _lastAt;

    /// <summary>Goes on timing a command that waited.</summary>
    /// <param name="now">A timestamp.</param>
    public void Resume(long now) => _lastAt = now - _paused;

    /// <summary>Counts a command that ran until now.</summary>
    /// <param name="entry">The command.</param>
    /// <param name="now">A timestamp.</param>
    /// <returns>How long it ran.</returns>
    public long Add(CommandEntry entry, long now)
    {
        if (!ReferenceEquals(entry, _entry) || _calls == RunMax)
        {
            Publish();
            _entry = entry;
        }

        long ticks = now - _lastAt;
        _durations[_calls++] = LatencyHistogram.BucketOf(ticks);
        _ticks += ticks;
        _lastAt = now;
        _commands++;
        return ticks;
    }

    /// <summary>Passes on what is counted, unless the next command is the same.</summary>
    /// <param name="next">The command about to run.</param>
    public void PublishBefore(CommandEntry next)
    {
        if (_calls > 0 && !ReferenceEquals(next, _entry))
        {
            Publish();
        }
    }

    /// <summary>Passes on what is counted.</summary>
    public void Publish()
    {
        if (_calls > 0)
        {
            _entry!.CountCalls(_calls, _ticks);
            if (times.CountsDurations)
            {
                _entry.Durations.Add(_durations.AsSpan(0, _calls));
            }

            _calls = 0;
            _ticks = 0;
        }
    }

    /// <summary>Takes the number of commands.</summary>
    public long TakeCommands()
    {
        long commands = _commands;
        _commands = 0;
        return commands;
    }
}
