using Marekvs.Abstractions.Commands;
using Marekvs.Host.Connections;
using Marekvs.Host.Diagnostics;
using Marekvs.Storage.Engine;

namespace Marekvs.Host.Commands;

/// <summary>What happens to commands between MULTI and EXEC, and to all of them at EXEC.</summary>
internal sealed class TransactionQueue(Keyspace keyspace, ClientRegistry clients)
{
    /// <summary>The command that ends a transaction.</summary>
    public const string Exec = "EXEC";

    /// <summary>Queues a command, or says why it cannot be. EXEC itself, and what ends or describes a transaction, is
    /// not queued.</summary>
    /// <param name="session">Who sent it.</param>
    /// <param name="entry">The command; arity and access rules have let it pass.</param>
    /// <param name="args">Its arguments.</param>
    /// <param name="error">Why it is refused; empty when it is not.</param>
    /// <returns>True when it is to run now.</returns>
    public bool RunsNow(Session session, CommandEntry entry, CommandArgs args, out ReadOnlySpan<byte> error)
    {
        error = default;
        SessionTransaction transaction = session.Transaction;
        if (entry.Spec.Has(CommandFlags.NoQueue))
        {
            if (entry.Spec.Name == Exec && !transaction.HasFailed)
            {
                Begin(session);
            }

            return true;
        }

        if (entry.Spec.Has(CommandFlags.NoMulti))
        {
            error = "ERR Command not allowed inside a transaction"u8;
        }
        else if (entry.Spec.Has(CommandFlags.Write) && keyspace.WriteRefusal is { IsEmpty: false } refusal)
        {
            error = refusal;
        }
        else if (!transaction.TryQueue(entry, args))
        {
            error = "ERR the transaction is too large"u8;
        }
        else
        {
            session.Writer.Simple("QUEUED"u8);
        }

        return false;
    }

    /// <summary>An EXEC that is refused itself ends its transaction.</summary>
    /// <param name="session">Who sent it.</param>
    /// <param name="error">Code and message of the refusal.</param>
    /// <returns>The answer.</returns>
    public static byte[] Abort(Session session, ReadOnlySpan<byte> error)
    {
        session.Transaction.End();
        ReadOnlySpan<byte> plain = error.StartsWith("ERR "u8) ? error[4..] : error;
        return [.. "EXECABORT Transaction discarded because of: "u8, .. plain];
    }

    /// <summary>Whether CLIENT PAUSE holds the commands that EXEC would run.</summary>
    public bool IsHeld(Session session, CommandEntry entry) =>
        entry.Spec.Name == Exec && session.Transaction.Entries.Any(queued => clients.Pause.Holds(queued.Spec));

    /// <summary>Counts and shows what EXEC ran, and ends the transaction.</summary>
    public void End(Session session)
    {
        SessionTransaction transaction = session.Transaction;
        if (!transaction.Commands.IsAborted)
        {
            for (int i = 0; i < transaction.Entries.Count; i++)
            {
                Count(session, i);
                if (clients.NeedsAttention && !transaction.Entries[i].Spec.Has(CommandFlags.SkipMonitor | CommandFlags.Admin))
                {
                    clients.Monitors.Show(session, transaction.Commands.ArgsAt(i));
                }
            }
        }

        transaction.End();
    }

    /// <summary>Rules may have changed since a command was queued.</summary>
    private void Begin(Session session)
    {
        SessionTransaction transaction = session.Transaction;
        if ((session.Flags & SessionFlags.Restricted) != 0)
        {
            for (int i = 0; i < transaction.Entries.Count; i++)
            {
                CommandArgs args = transaction.Commands.ArgsAt(i);
                if (clients.Users.Check(session, transaction.Entries[i], args) is { IsNone: false } denial)
                {
                    transaction.HasRefused = true;
                    transaction.Commands.Refuse(i, denial.Refusal(session.User, transaction.Entries[i], args));
                }
            }
        }

        transaction.Run();
    }

    private void Count(Session session, int index)
    {
        CommandEntry entry = session.Transaction.Entries[index];
        StepResult result = session.Transaction.Commands.ResultAt(index);
        entry.CountCalls(1, result.Ticks);
        if (clients.CallTimes.CountsDurations)
        {
            entry.Durations.Add([LatencyHistogram.BucketOf(result.Ticks)]);
        }

        if (clients.CallTimes.AreNoticed(result.Ticks))
        {
            clients.CallTimes.Notice(session, entry, session.Transaction.Commands.ArgsAt(index), result.Ticks);
        }

        if (result.Error is not null)
        {
            entry.CountFailed();
            clients.Statistics.Errors.Count(result.Error);
        }
    }
}
