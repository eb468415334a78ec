using Marekvs.Host.Commands;

namespace Marekvs.Host.Connections;

/// <summary>
/// Counts and times the commands of one session, and passes runs of one command on together: the shared counters are
/// touched once for a pipeline of the same command, not once for each.
/// </summary>
internal sealed class CommandTally
{
    private CommandEntry? _entry;
    private long _calls;
    private long _ticks;
    private long _lastAt;
    private long _commands;

    /// <summary>Begins timing: what follows is the next command's time.</summary>
    /// <param name="now">A timestamp.</param>
    public void Start(long now) => _lastAt = now;

    /// <summary>Counts a command that ran until now.</summary>
    /// <param name="entry">The command.</param>
    /// <param name="now">A timestamp.</param>
    public void Add(CommandEntry entry, long now)
    {
        if (!ReferenceEquals(entry, _entry))
        {
            Publish();
            _entry = entry;
        }

        _calls++;
        _ticks += now - _lastAt;
        _lastAt = now;
        _commands++;
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
