using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Modules;
using Marekvs.Abstractions.Records;
using Marekvs.Host.Connections;
using Marekvs.Storage.Engine;
using static Marekvs.Abstractions.Commands.CommandFlags;
using static Marekvs.Abstractions.Commands.CommandRows;

namespace Marekvs.Host.Builtins;

/// <summary>
/// MULTI, EXEC, DISCARD, WATCH and UNWATCH. The dispatcher queues commands and runs them; what gets here is what begins
/// and ends a transaction, and what comes where none is.
/// </summary>
internal sealed class TransactionModule : IModule
{
    private const CommandFlags Common = NoScript | Loading | Stale | NoQueue;

    /// <inheritdoc/>
    public string Name => "transactions";

    /// <inheritdoc/>
    public void Register(IModuleRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddCommands(
            "transactions",
            Row("MULTI", 1, Common | Connection | Fast, Multi, "1.2.0", "O(1)",
                "Begins a transaction: commands are queued until EXEC."),
            Row("EXEC", 1, Common | SkipSlowlog, Exec, "1.2.0", "Depends on the commands queued.",
                "Runs the queued commands as one."),
            Row("DISCARD", 1, Common | Connection | Fast, Discard, "2.0.0",
                "O(N) where N is the number of commands queued.",
                "Forgets the queued commands."),
            Row("WATCH", -2, Common | Fast, KeySpec.All.Used(KeyUse.RO), Watch, "2.2.0", "O(1) for every key.",
                "Lets the next transaction run only if keys stay as they are."),
            Row("UNWATCH", 1, NoScript | Loading | Stale | Connection | Fast, Unwatch, "2.2.0", "O(1)",
                "Forgets all watched keys."));
    }

    private static Reply Multi(in CommandCall call)
    {
        var session = (Session)call.Session;
        if ((session.Flags & SessionFlags.Queues) != 0)
        {
            return Reply.Error("ERR MULTI calls can not be nested"u8);
        }

        session.Transaction.Begin();
        return Reply.Ok;
    }

    /// <summary>An EXEC that has nothing to run.</summary>
    private static Reply Exec(in CommandCall call)
    {
        SessionTransaction transaction = ((Session)call.Session).Transaction;
        if (!transaction.HasFailed)
        {
            return Reply.Error("ERR EXEC without MULTI"u8);
        }

        transaction.End();
        return Reply.Error("EXECABORT Transaction discarded because of previous errors."u8);
    }

    private static Reply Discard(in CommandCall call)
    {
        var session = (Session)call.Session;
        if ((session.Flags & SessionFlags.Queues) == 0)
        {
            return Reply.Error("ERR DISCARD without MULTI"u8);
        }

        session.Transaction.End();
        return Reply.Ok;
    }

    private static Reply Watch(in CommandCall call)
    {
        var session = (Session)call.Session;
        if ((session.Flags & SessionFlags.Queues) != 0)
        {
            return Reply.Error("ERR WATCH inside MULTI is not allowed"u8);
        }

        for (int i = 1; i < call.Args.Count; i++)
        {
            call.Open(call.Args[i]);
        }

        Transaction transaction = session.Transaction.Commands;
        var watches = new List<KeyWatch>();
        for (int i = 1; i < call.Args.Count; i++)
        {
            byte[] name = call.Args[i].ToArray();
            bool isWatched = transaction.Watches.Concat(watches).Any(watch => watch.Name.AsSpan().SequenceEqual(name));
            if (!isWatched && call.Keyspace.Watch(call.Open(name)) is { } watch)
            {
                watches.Add(watch);
            }
        }

        session.Transaction.Watch(watches);
        return Reply.Ok;
    }

    private static Reply Unwatch(in CommandCall call)
    {
        var session = (Session)call.Session;
        if (!session.Transaction.IsRunning)
        {
            session.Transaction.Commands.Unwatch();
        }

        return Reply.Ok;
    }
}
