using Marekvs.Host.Commands;

namespace Marekvs.Host.Connections;

/// <summary>What the node counts of its connections and of all commands together, for INFO and metrics.</summary>
internal sealed class ServerStatistics
{
    private long _connectionsReceived;
    private long _connectionsRejected;
    private long _commandsProcessed;
    private long _inputBytes;
    private long _outputBytes;
    private long _queryLimitDisconnections;
    private long _outputLimitDisconnections;
    private long _handlerFailures;
    private long _storageFailures;
    private long _protocolErrors;

    /// <summary>Connections accepted (<c>total_connections_received</c>).</summary>
    public long ConnectionsReceived => Interlocked.Read(ref _connectionsReceived);

    /// <summary>Connections turned away (<c>rejected_connections</c>).</summary>
    public long ConnectionsRejected => Interlocked.Read(ref _connectionsRejected);

    /// <summary>Commands run (<c>total_commands_processed</c>).</summary>
    public long CommandsProcessed => Interlocked.Read(ref _commandsProcessed);

    /// <summary>Bytes received (<c>total_net_input_bytes</c>).</summary>
    public long InputBytes => Interlocked.Read(ref _inputBytes);

    /// <summary>Bytes sent (<c>total_net_output_bytes</c>).</summary>
    public long OutputBytes => Interlocked.Read(ref _outputBytes);

    /// <summary>Connections closed for an unfinished command that grew too large.</summary>
    public long QueryLimitDisconnections => Interlocked.Read(ref _queryLimitDisconnections);

    /// <summary>Connections closed because their output was not taken.</summary>
    public long OutputLimitDisconnections => Interlocked.Read(ref _outputLimitDisconnections);

    /// <summary>Connections closed because a handler broke a promise of our own code.</summary>
    public long HandlerFailures => Interlocked.Read(ref _handlerFailures);

    /// <summary>Commands refused because the store failed.</summary>
    public long StorageFailures => Interlocked.Read(ref _storageFailures);

    /// <summary>Connections closed because what they sent was no RESP.</summary>
    public long ProtocolErrors => Interlocked.Read(ref _protocolErrors);

    /// <summary>Error answers by code.</summary>
    public ErrorStatistics Errors { get; } = new();

    public void CountConnection() => Interlocked.Increment(ref _connectionsReceived);

    public void CountRejection() => Interlocked.Increment(ref _connectionsRejected);

    public void CountCommands(long count) => Interlocked.Add(ref _commandsProcessed, count);

    public void CountInput(long bytes) => Interlocked.Add(ref _inputBytes, bytes);

    public void CountOutput(long bytes) => Interlocked.Add(ref _outputBytes, bytes);

    public void CountQueryLimit() => Interlocked.Increment(ref _queryLimitDisconnections);

    public void CountOutputLimit() => Interlocked.Increment(ref _outputLimitDisconnections);

    public void CountHandlerFailure() => Interlocked.Increment(ref _handlerFailures);

    public void CountStorageFailure() => Interlocked.Increment(ref _storageFailures);

    public void CountProtocolError() => Interlocked.Increment(ref _protocolErrors);

    /// <summary>Sets the figures to zero that CONFIG RESETSTAT does.</summary>
    public void Reset()
    {
        Interlocked.Exchange(ref _connectionsReceived, 0);
        Interlocked.Exchange(ref _connectionsRejected, 0);
        Interlocked.Exchange(ref _commandsProcessed, 0);
        Interlocked.Exchange(ref _inputBytes, 0);
        Interlocked.Exchange(ref _outputBytes, 0);
        Interlocked.Exchange(ref _queryLimitDisconnections, 0);
        Interlocked.Exchange(ref _outputLimitDisconnections, 0);
        Interlocked.Exchange(ref _handlerFailures, 0);
        Interlocked.Exchange(ref _storageFailures, 0);
        Interlocked.Exchange(ref _protocolErrors, 0);
        Errors.Reset();
    }
}
