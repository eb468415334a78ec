namespace Marekvs.Abstractions.Cluster;

/// <summary>Runs commands that clients of other nodes sent, as far as one of these has to run them.</summary>
public interface ICommandExecutor
{
    /// <summary>Starts a command and returns at once.</summary>
    /// <param name="command">The command. It comes from a peer and is checked.</param>
    /// <param name="listener">Is told what becomes of it, from any thread.</param>
    IExecution Start(RoutedCommand command, IExecutionListener listener);
}

/// <summary>A command of another node's client that runs here.</summary>
public interface IExecution
{
    /// <summary>Ends its wait for keys, if it waits or is about to.</summary>
    /// <param name="how">As what.</param>
    void Stop(CallStop how);
}

/// <summary>Who wants to know what becomes of an execution.</summary>
public interface IExecutionListener
{
    /// <summary>It has had no effect yet and waits for keys.</summary>
    void Waits();

    /// <summary>It is over.</summary>
    /// <param name="reply">The whole reply; null when it had no effect: it was abandoned, or is no command that runs for
    /// others.</param>
    /// <param name="journalPosition">Where in this node's journal its write is, 0 when it wrote nothing.</param>
    void Ended(byte[]? reply, long journalPosition);
}
