using Marekvs.Abstractions.Commands;
using Marekvs.Host.Diagnostics;

namespace Marekvs.Host.Commands;

/// <summary>A row of the command table with what this node counts of it.</summary>
internal sealed class CommandEntry
{
    private readonly List<CommandEntry> _subcommands = [];
    private long _calls;
    private long _ticks;
    private long _rejected;
    private long _failed;

    /// <summary>Wraps a row.</summary>
    /// <param name="spec">The row.</param>
    /// <param name="module">The module that brought it.</param>
    /// <param name="isImplied">Whether it only groups subcommands and no module wrote it.</param>
    public CommandEntry(CommandSpec spec, string module, bool isImplied = false)
    {
        Spec = spec;
        Module = module;
        IsImplied = isImplied;
        DisplayName = spec.Name.ToLowerInvariant();
    }

    /// <summary>The row.</summary>
    public CommandSpec Spec { get; }

    /// <summary>The module that brought it.</summary>
    public string Module { get; }

    /// <summary>Whether it only groups subcommands and no module wrote it.</summary>
    public bool IsImplied { get; }

    /// <summary>The name as Redis shows it: <c>get</c>, <c>client|list</c>.</summary>
    public string DisplayName { get; }

    /// <summary>Its number, from 0 to <see cref="CommandTable.Count"/>.</summary>
    public int Index { get; set; }

    /// <summary>The subcommands, if this is a container.</summary>
    public IReadOnlyList<CommandEntry> Subcommands => _subcommands;

    /// <summary>Whether some calls of it run at other nodes; set before the node serves.</summary>
    public bool MayBeRouted { get; set; }

    /// <summary>Finds a subcommand; null when this is no container.</summary>
    public NameIndex<CommandEntry>? SubcommandIndex { get; private set; }

    /// <summary>Figures since the start or the last reset.</summary>
    public CommandFigures Figures => new(
        Interlocked.Read(ref _calls),
        Interlocked.Read(ref _ticks),
        Interlocked.Read(ref _rejected),
        Interlocked.Read(ref _failed));

    /// <summary>How long executions took, since the start or the last reset.</summary>
    public LatencyHistogram Durations { get; } = new();

    /// <summary>Adds executions.</summary>
    /// <param name="calls">How many.</param>
    /// <param name="ticks">How long they took together, in ticks of the time provider.</param>
    public void CountCalls(long calls, long ticks)
    {
        Interlocked.Add(ref _calls, calls);
        Interlocked.Add(ref _ticks, ticks);
    }

    /// <summary>Adds a call that was refused before it ran.</summary>
    public void CountRejected() => Interlocked.Increment(ref _rejected);

    /// <summary>Adds a call that ran and answered an error.</summary>
    public void CountFailed() => Interlocked.Increment(ref _failed);

    /// <summary>Sets all figures to zero (CONFIG RESETSTAT).</summary>
    public void ResetFigures()
    {
        Interlocked.Exchange(ref _calls, 0);
        Interlocked.Exchange(ref _ticks, 0);
        Interlocked.Exchange(ref _rejected, 0);
        Interlocked.Exchange(ref _failed, 0);
        Durations.Reset();
    }

    /// <summary>Makes this a container, while the table is built.</summary>
    /// <param name="subcommand">One of its subcommands.</param>
    public void AddSubcommand(CommandEntry subcommand) => _subcommands.Add(subcommand);

    /// <summary>Ends the building.</summary>
    public void IndexSubcommands()
    {
        if (_subcommands.Count > 0)
        {
            SubcommandIndex = new NameIndex<CommandEntry>(_subcommands.Select(
                entry => KeyValuePair.Create(entry.Spec.Name[(Spec.Name.Length + 1)..], entry)));
        }
    }
}

/// <summary>What a node counts of one command.</summary>
/// <param name="Calls">Executions.</param>
/// <param name="Ticks">Time they took, in ticks of the time provider.</param>
/// <param name="Rejected">Calls refused before they ran.</param>
/// <param name="Failed">Calls that answered an error.</param>
internal readonly record struct CommandFigures(long Calls, long Ticks, long Rejected, long Failed);
