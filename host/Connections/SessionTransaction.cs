using Marekvs.Abstractions;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;
using Marekvs.Host.Commands;
using Marekvs.Storage.Engine;

namespace Marekvs.Host.Connections;

/// <summary>What a session has queued between MULTI and EXEC, and the keys it watches.</summary>
internal sealed class SessionTransaction(Session session)
{
    private readonly List<CommandEntry> _entries = [];

    /// <summary>The commands and the watched keys.</summary>
    public Transaction Commands { get; } = new();

    /// <summary>Whether a command could not be queued, so that EXEC must refuse.</summary>
    public bool HasFailed { get; set; }

    /// <summary>Whether EXEC answers some of it with an error instead of running it.</summary>
    public bool HasRefused { get; set; }

    /// <summary>Whether EXEC is under way.</summary>
    public bool IsRunning => (session.Flags & SessionFlags.RunsTransaction) != 0;

    /// <summary>The queued commands.</summary>
    public IReadOnlyList<CommandEntry> Entries => _entries;

    /// <summary>Begins to queue.</summary>
    public void Begin() => session.Flags |= SessionFlags.Queues;

    /// <summary>Queues a command.</summary>
    /// <param name="entry">The command.</param>
    /// <param name="args">Its arguments; copied.</param>
    /// <returns>False when the queue holds too much already.</returns>
    public bool TryQueue(CommandEntry entry, CommandArgs args)
    {
        if (Commands.Bytes > Limits.QueuedBytesMax)
        {
            return false;
        }

        Commands.Add(entry.Spec, args);
        _entries.Add(entry);
        return true;
    }

    /// <summary>Begins to run what is queued: from now on commands are not queued.</summary>
    public void Run() => session.Flags = (session.Flags & ~SessionFlags.Queues) | SessionFlags.RunsTransaction;

    /// <summary>Adds watches.</summary>
    /// <param name="watches">Those of one command.</param>
    public void Watch(IEnumerable<KeyWatch> watches)
    {
        foreach (KeyWatch watch in watches)
        {
            Commands.Add(watch);
        }
    }

    /// <summary>Forgets the queued commands and the watched keys.</summary>
    public void End()
    {
        Commands.Unwatch();
        Commands.Clear();
        _entries.Clear();
        HasFailed = false;
        HasRefused = false;
        session.Flags &= ~(SessionFlags.Queues | SessionFlags.RunsTransaction);
    }
}
