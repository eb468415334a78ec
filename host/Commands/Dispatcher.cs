using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Resp;
using Marekvs.Abstractions.Storage;
using Marekvs.Host.Connections;
using Marekvs.Host.Diagnostics;
using Marekvs.Host.Routing;
using Marekvs.Storage.Engine;
using Microsoft.Extensions.Logging;

namespace Marekvs.Host.Commands;

/// <summary>
/// Brings a command from a session to its handler. The fast path looks the row up, checks the arity and runs it; one
/// comparison sends everything else (no password yet, a pause, a monitor, replies switched off) through
/// <see cref="Admit"/> before and <see cref="Finish"/> after.
/// </summary>
internal sealed class Dispatcher
{
    private readonly Keyspace _keyspace;
    private readonly CommandTable _table;
    private readonly ClientRegistry _clients;
    private readonly ServerStatistics _statistics;
    private readonly CallTimes _callTimes;
    private readonly TransactionQueue _transactions;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <summary>Creates the dispatcher of a node.</summary>
    /// <param name="keyspace">Runs the commands.</param>
    /// <param name="table">All commands.</param>
    /// <param name="clients">All connections.</param>
    /// <param name="logger">Where failing handlers are reported.</param>
    public Dispatcher(Keyspace keyspace, CommandTable table, ClientRegistry clients, ILogger<Dispatcher> logger)
    {
        ArgumentNullException.ThrowIfNull(clients);
        _keyspace = keyspace;
        _table = table;
        _clients = clients;
        _transactions = new TransactionQueue(keyspace, clients);
        _statistics = clients.Statistics;
        _callTimes = clients.CallTimes;
        _time = clients.Time;
        _logger = logger;
    }

    /// <summary>The way to other nodes; null when there are none. Marks the commands that may take it.</summary>
    public CommandRoutes? Routes { get; init; }

    /// <summary>The keyspace commands run in.</summary>
    public Keyspace Keyspace => _keyspace;

    /// <summary>Runs a command.</summary>
    /// <param name="session">Who sent it.</param>
    /// <param name="args">The command.</param>
    public Step Dispatch(Session session, CommandArgs args)
    {
        CommandEntry? entry = _table.Find(args, out CommandEntry? container);
        if (entry is null)
        {
            return RejectUnknown(session, args, container);
        }

        if (!entry.Spec.Accepts(args.Count))
        {
            return Reject(session, entry, CommandErrors.WrongArity(entry.DisplayName));
        }

        session.LastCommand = entry;
        if ((session.Flags != SessionFlags.None || _clients.NeedsAttention) && Admit(session, entry, args) is Step step)
        {
            return step;
        }

        if (entry.MayBeRouted && Routes!.TrySend(session, entry, args))
        {
            session.Tally.PublishBefore(entry);
            return SetOff(session);
        }

        return Run(session, entry, args);
    }

    /// <summary>Runs a command again that was parked.</summary>
    /// <param name="session">Who sent it.</param>
    /// <param name="args">The command.</param>
    public Step Resume(Session session, CommandArgs args)
    {
        CommandEntry entry = session.LastCommand!;
        session.Tally.Resume(_time.GetTimestamp());
        if (entry.MayBeRouted && session.Ticket.IsBlocked && Routes!.TrySendOnward(session, entry, args))
        {
            session.Ticket.Abandon();
            return SetOff(session);
        }

        return Run(session, entry, args);
    }

    /// <summary>Takes the reply of a command that another node was to run, or runs it here if it has not.</summary>
    /// <param name="session">Who sent it.</param>
    /// <param name="args">The command.</param>
    public Step Return(Session session, CommandArgs args)
    {
        CommandEntry entry = session.LastCommand!;
        session.Tally.Resume(_time.GetTimestamp());
        (RoutedReply reply, ushort node) = session.Routing.TakeReply(session.Ticket);
        int mark = session.Writer.Length;
        if (session.Routing.Witnesses is not null)
        {
            return Routes!.TryCountOn(session, args, reply) ? SetOff(session) : RunAfterWaiting(session, entry, args);
        }

        switch (reply.End)
        {
            case RoutedEnd.Answered:
                session.Writer.Raw(reply.Bytes);
                session.Transaction.Commands.IsAborted = session.Transaction.IsRunning &&
                    reply.Bytes is ([(byte)'*', (byte)'-', ..] or [(byte)'_', ..]);
                return Conclude(session, entry, args, mark);
            case RoutedEnd.InDoubt:
                session.Transaction.End();
                session.Writer.Error(CommandErrors.InDoubt);
                return Conclude(session, entry, args, mark);
            default:
                return Routes!.TrySendElsewhere(session, entry, args, node)
                    ? SetOff(session)
                    : RunAfterWaiting(session, entry, args);
        }
    }

    /// <summary>Answers a command that ran but was given up with an error.</summary>
    /// <param name="session">Who sent it.</param>
    /// <param name="error">Code and message.</param>
    public Step GiveUp(Session session, ReadOnlySpan<byte> error)
    {
        CommandEntry entry = session.LastCommand!;
        int mark = session.Writer.Length;
        long now = _time.GetTimestamp();
        session.Tally.Resume(now);
        session.Tally.Add(entry, now);
        entry.CountFailed();
        _statistics.Errors.Count(error);
        session.Writer.Error(error);
        return Finish(session, entry, mark);
    }

    /// <summary>The command is on its way to another node.</summary>
    private Step SetOff(Session session)
    {
        session.Tally.Pause(_time.GetTimestamp());
        return Step.Away;
    }

    private Step RunAfterWaiting(Session session, CommandEntry entry, CommandArgs args)
    {
        session.Ticket.WaitedMilliseconds = Routes!.Waited(session);
        return Run(session, entry, args);
    }

    private Step Run(Session session, CommandEntry entry, CommandArgs args)
    {
        RespWriter writer = session.Writer;
        int mark = writer.Length;
        session.Tally.PublishBefore(entry);
        try
        {
            ExecuteOutcome outcome = session.Transaction.IsRunning
                ? _keyspace.Execute(session.Transaction.Commands, session, writer, session.Ticket)
                : _keyspace.Execute(entry.Spec, args, session, writer, session.Ticket);
            if (outcome == ExecuteOutcome.Parked)
            {
                session.Tally.Pause(_time.GetTimestamp());
                return Step.Parked;
            }

            if (outcome == ExecuteOutcome.Streamed)
            {
                session.Flags |= SessionFlags.LateReply;
            }
        }
        catch (StorageException failure)
        {
            OnStorageFailure(session, entry, mark, failure);
        }
#pragma warning disable CA1031 // Whatever a handler throws, it is this connection's end and nobody else's.
        catch (Exception failure)
        {
            return OnHandlerFailure(session, entry, mark, failure);
        }
#pragma warning restore CA1031

        return Conclude(session, entry, args, mark);
    }

    /// <summary>A command has its reply.</summary>
    private Step Conclude(Session session, CommandEntry entry, CommandArgs args, int mark)
    {
        RespWriter writer = session.Writer;
        long ticks = session.Tally.Add(entry, _time.GetTimestamp());
        if (_callTimes.AreNoticed(ticks))
        {
            _callTimes.Notice(session, entry, args, ticks);
        }

        if (writer.Length > mark && writer.Written[mark] == (byte)'-')
        {
            entry.CountFailed();
            _statistics.Errors.Count(writer.Written[mark..]);
        }

        if (session.Flags == SessionFlags.None && !_clients.NeedsAttention)
        {
            return Step.Next;
        }

        if (session.Transaction.IsRunning)
        {
            _transactions.End(session);
        }

        Step next = Finish(session, entry, mark);
        if (!entry.Spec.Has(CommandFlags.SkipMonitor | CommandFlags.Admin))
        {
            _clients.Monitors.Show(session, args);
        }

        session.EndRedaction();
        return next;
    }

    /// <summary>
    /// Decides about a command that does not take the fast path. Transactions queue and access rules refuse here, in
    /// Redis's order: authentication, access rules, a node that must not serve, pause, queue.
    /// </summary>
    /// <returns>Null to run it.</returns>
    private Step? Admit(Session session, CommandEntry entry, CommandArgs args)
    {
        session.TakePushes();
        if (!session.IsAuthenticated && !entry.Spec.Has(CommandFlags.NoAuth) && _clients.Users.NeedsPassword)
        {
            return Reject(session, entry, CommandErrors.NoAuth);
        }

        if ((session.Flags & SessionFlags.Restricted) != 0 &&
            _clients.Users.Check(session, entry, args) is { IsNone: false } denial)
        {
            return Reject(session, entry, denial.Refusal(session.User, entry, args));
        }

        if (!_clients.Refusal.IsEmpty && !entry.Spec.Has(CommandFlags.Loading | CommandFlags.Stale))
        {
            return Reject(session, entry, _clients.Refusal);
        }

        if (session is { IsSubscribed: true, ProtocolVersion: 2 } && !entry.Spec.Has(CommandFlags.AllowedWhenSubscribed))
        {
            return Reject(session, entry, CommandErrors.WhileSubscribed(entry.DisplayName));
        }

        if (_clients.Pause.Holds(entry.Spec) || _transactions.IsHeld(session, entry))
        {
            return Step.Held;
        }

        if ((session.Flags & SessionFlags.Queues) == 0 ||
            _transactions.RunsNow(session, entry, args, out ReadOnlySpan<byte> error))
        {
            return null;
        }

        return error.IsEmpty ? Finish(session, entry, session.Writer.Length) : Reject(session, entry, error);
    }

    /// <summary>Applies CLIENT REPLY to the command that ended, lets what it pushed to its own connection follow the reply,
    /// and sees whether the session ends.</summary>
    private static Step Finish(Session session, CommandEntry? entry, int mark)
    {
        SessionFlags flags = session.Flags;
        if (flags == SessionFlags.None)
        {
            return Step.Next;
        }

        bool isLate = (flags & SessionFlags.LateReply) != 0;
        if ((flags & (SessionFlags.ReplyOff | SessionFlags.ReplySkip)) != 0 && !IsAnsweredByPush(session, entry, mark))
        {
            session.Writer.RollBackTo(mark);
            session.TakeLateReply();
            session.Ticket.EndStream();
            isLate = false;
        }

        flags &= ~(SessionFlags.ReplySkip | SessionFlags.LateReply);
        if ((flags & SessionFlags.ReplySkipNext) != 0)
        {
            flags = (flags & ~SessionFlags.ReplySkipNext) | SessionFlags.ReplySkip;
        }

        session.Flags = flags;
        if ((flags & (SessionFlags.Tracks | SessionFlags.Queues)) == SessionFlags.Tracks && !IsAboutClient(entry))
        {
            // CLIENT CACHING was about this command, or about the transaction it ended.
            session.Tracking.IsCachingGiven = false;
        }

        if (!isLate)
        {
            session.TakePushes();
        }

        return (flags & SessionFlags.CloseAfterReply) != 0 ? Step.Close : isLate ? Step.Send : Step.Next;
    }

    private static bool IsAboutClient(CommandEntry? entry) =>
        entry?.Spec.Name.StartsWith("CLIENT|", StringComparison.Ordinal) == true;

    /// <summary>Pushes are sent whatever CLIENT REPLY says, but not the error where there was one.</summary>
    private static bool IsAnsweredByPush(Session session, CommandEntry? entry, int mark) =>
        entry is { Spec.AnswersByPush: true } && (session.Flags & SessionFlags.Queues) == 0 &&
        session.Writer.Length > mark && session.Writer.Written[mark] != (byte)'-';

    private Step RejectUnknown(Session session, CommandArgs args, CommandEntry? container)
    {
        if (container is null && CommandErrors.IsHttp(args[0]))
        {
            // A web page that makes a browser talk to this port must not get a second line in.
            _logger.LogWarning(
                "Client addr={Address} closed: it speaks HTTP, which may be an attack on a local server through a "
                + "browser", session.RemoteAddress);
            return Step.Close;
        }

        return Reject(session, null, container is null
            ? CommandErrors.UnknownCommand(args)
            : CommandErrors.UnknownSubcommand(args));
    }

    private Step Reject(Session session, CommandEntry? entry, ReadOnlySpan<byte> error)
    {
        int mark = session.Writer.Length;
        entry?.CountRejected();
        if (entry?.Spec.Name == TransactionQueue.Exec && !error.StartsWith("EXECABORT"u8))
        {
            error = TransactionQueue.Abort(session, error);
        }

        _statistics.Errors.Count(error);
        session.Writer.Error(error);
        session.Transaction.HasFailed |= (session.Flags & SessionFlags.Queues) != 0;
        return Finish(session, entry, mark);
    }

    private void OnStorageFailure(Session session, CommandEntry entry, int mark, StorageException failure)
    {
        _logger.LogError(failure, "{Command} failed: the storage provider failed", entry.Spec.Name);
        _statistics.CountStorageFailure();
        session.Writer.RollBackTo(mark);
        session.Writer.Error(RespErrors.StorageFailed);
    }

    private Step OnHandlerFailure(Session session, CommandEntry entry, int mark, Exception failure)
    {
        _logger.LogError(failure, "{Command} of module {Module} broke a promise; closing client id={Id} addr={Address}",
            entry.Spec.Name, entry.Module, session.Id, session.RemoteAddress);
        _statistics.CountHandlerFailure();
        session.Writer.RollBackTo(mark);
        return Step.Close;
    }
}
