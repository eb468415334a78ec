using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Messaging;
using Marekvs.Abstractions.Resp;
using Marekvs.Abstractions.Storage;
using Marekvs.Host.Commands;
using Marekvs.Host.Connections;
using Marekvs.Storage.Engine;
using Microsoft.Extensions.Logging;

namespace Marekvs.Host.Routing;

/// <summary>One command, or transaction, of another node's client, and the session it runs in.</summary>
internal sealed class RoutedExecution : IExecution, ISession, ITicketHolder, IThreadPoolWorkItem
{
    private const int Goes = -1;

    private readonly Keyspace _keyspace;
    private readonly RoutedCommand _command;
    private readonly IExecutionListener _listener;
    private readonly ILogger _logger;
    private readonly RespWriter _writer = new(capacity: 256);
    private readonly List<(CommandSpec Spec, ArgumentRange[] Ranges)> _commands = [];
    private readonly Transaction? _transaction;
    private int _stop = Goes;

    public RoutedExecution(Keyspace keyspace, RoutedCommand command, IExecutionListener listener, ILogger logger)
    {
        (_keyspace, _command, _listener, _logger) = (keyspace, command, listener, logger);
        _writer.ProtocolVersion = command.ProtocolVersion;
        _transaction = command.IsTransaction ? new Transaction() : null;
        Ticket.JournalPosition = command.LastWrite;
        Ticket.LastPartition = command.LastPartition;
        Ticket.WaitedMilliseconds = command.WaitedMilliseconds;
    }

    public CallTicket Ticket { get; } = new();

    /// <summary>No connection of this node has the number 0.</summary>
    long ISession.Id => 0;

    bool ISession.InTransaction => _transaction is not null;

    Subscriptions IPushTarget.Subscriptions { get; } = new();

    int IPushTarget.ProtocolVersion => _command.ProtocolVersion;

    /// <summary>Adds a command to be run.</summary>
    public void Add(CommandSpec spec, ArgumentRange[] ranges)
    {
        _commands.Add((spec, ranges));
        _transaction?.Add(spec, new CommandArgs(_command.Arguments, ranges));
    }

    /// <summary>Adds a key that is watched at the other node.</summary>
    public void Add(ExpectedKey key) => _transaction?.Add(key);

    public void Stop(CallStop how)
    {
        Volatile.Write(ref _stop, (int)how);
        Ticket.RunAgain();
    }

    void IThreadPoolWorkItem.Execute() => _ = RunAsync();

    bool IPushTarget.Push(ReadOnlySpan<byte> bytes) => false;

    void IPushTarget.OnSubscriptionsChanged()
    {
    }

    private async Task RunAsync()
    {
        try
        {
            if (!await TryFinishAsync().ConfigureAwait(false))
            {
                _listener.Ended(reply: null, journalPosition: 0);
                return;
            }

            while (await Ticket.WritePartAsync(_writer).ConfigureAwait(false))
            {
            }

            if (_keyspace.SyncBeforeReply && Ticket.JournalPosition > _command.LastWrite)
            {
                await _keyspace.WhenSynced(Ticket.JournalPosition).ConfigureAwait(false);
            }
        }
        catch (StorageException failure)
        {
            _logger.LogError(failure, "{Command} for another node failed: the storage provider failed", Name);
            Answer(RespErrors.StorageFailed);
        }
#pragma warning disable CA1031 // Whatever a handler throws, the client at the other node is to know that it is over.
        catch (Exception failure)
        {
            _logger.LogError(failure, "{Command} for another node broke a promise", Name);
            Answer("ERR the command failed at the node that ran it; see its log"u8);
        }
#pragma warning restore CA1031

        bool hasWritten = Ticket.JournalPosition > _command.LastWrite;
        _listener.Ended(_writer.Written.ToArray(), hasWritten ? Ticket.JournalPosition : 0);
    }

    private string Name => _transaction is null ? _commands[0].Spec.Name : TransactionQueue.Exec;

    /// <summary>Runs the command until it has its answer.</summary>
    /// <returns>False when it was abandoned before it had an effect.</returns>
    private async Task<bool> TryFinishAsync()
    {
        bool hasWaited = false;
        while (Execute() == ExecuteOutcome.Parked)
        {
            if (Ticket.IsBlocked && !hasWaited && !_command.NeverWaits)
            {
                hasWaited = true;
                _listener.Waits();
            }

            if (Ticket.IsBlocked && (_command.NeverWaits || Volatile.Read(ref _stop) == (int)CallStop.TimeOut))
            {
                Ticket.TimeOutNow();
            }

            await Ticket.WhenReady().ConfigureAwait(false);
            switch (Volatile.Read(ref _stop))
            {
                case (int)CallStop.Abandon:
                    Ticket.Abandon();
                    return false;
                case (int)CallStop.Unblock when Ticket.IsBlocked:
                    Ticket.Abandon();
                    Answer(CommandErrors.Unblocked);
                    return true;
            }
        }

        return true;
    }

    private ExecuteOutcome Execute() => _transaction is null
        ? _keyspace.Execute(
            _commands[0].Spec, new CommandArgs(_command.Arguments, _commands[0].Ranges), this, _writer, Ticket)
        : _keyspace.Execute(_transaction, this, _writer, Ticket);

    private void Answer(ReadOnlySpan<byte> error)
    {
        _writer.Clear();
        _writer.Error(error);
    }
}
