using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Resp;
using Marekvs.Host.Connections;
using Marekvs.Storage.Engine;

namespace Marekvs.Host.Builtins;

/// <summary>
/// WAIT and WAITAOF: wait until what this connection wrote is safe in more places. Other nodes that own the data count as
/// replicas. What the connection wrote through other nodes these have counted before; the smallest number holds.
/// </summary>
internal sealed class WaitCommands(ServerContext server)
{
    private IJournalWitnesses? Witnesses => server.Cluster as IJournalWitnesses;

    public Reply ForReplicas(in CommandCall call)
    {
        if (!RedisNumber.TryParseInt64(call.Args[1], out long wanted))
        {
            return Reply.Error(RespErrors.NotInteger);
        }

        if (!TryReadTimeout(call.Args[2], out long milliseconds, out Reply error))
        {
            return error;
        }

        Task? growth = Witnesses?.WhenGrown();
        Safety safety = Count(call);
        if (safety.Having >= wanted || MustNotWait(call))
        {
            return Reply.Integer(safety.Having);
        }

        RunAgainAfter(call, growth);
        return Reply.WaitForKeys(milliseconds);
    }

    public Reply ForDisks(in CommandCall call)
    {
        if (!RedisNumber.TryParseInt64(call.Args[1], out long local))
        {
            return Reply.Error(RespErrors.NotInteger);
        }

        if (local is < 0 or > 1)
        {
            return Reply.Error("ERR value is out of range, value must between 0 and 1"u8);
        }

        if (!RedisNumber.TryParseInt64(call.Args[2], out long wanted) || wanted < 0)
        {
            return Reply.Error("ERR value is out of range, must be positive"u8);
        }

        if (!TryReadTimeout(call.Args[3], out long milliseconds, out Reply error))
        {
            return error;
        }

        Task? growth = Witnesses?.WhenGrown();
        Safety safety = Count(call);
        if (MustNotWait(call) || (safety.Synced >= wanted && safety.Local >= local))
        {
            call.Writer.Array(2);
            call.Writer.Integer(safety.Local);
            call.Writer.Integer(safety.Synced);
            return Reply.Written;
        }

        RunAgainAfter(call, growth);
        if (safety.Local == 0 && TicketOf(call) is { } ticket)
        {
            RunAgainAfter(call, server.Keyspace.WhenSynced(ticket.JournalPosition).AsTask());
        }

        return Reply.WaitForKeys(milliseconds);
    }

    private static CallTicket? TicketOf(in CommandCall call) => (call.Session as ITicketHolder)?.Ticket;

    private static bool MustNotWait(in CommandCall call) =>
        call.Retry == CallRetry.TimedOut || call.Session.InTransaction;

    private static bool TryReadTimeout(ReadOnlySpan<byte> text, out long milliseconds, out Reply error)
    {
        bool isNumber = RedisNumber.TryParseInt64(text, out milliseconds);
        error = !isNumber ? Reply.Error("ERR timeout is not an integer or out of range"u8)
            : milliseconds < 0 ? Reply.Error("ERR timeout is negative"u8)
            : Reply.None;
        return isNumber && milliseconds >= 0;
    }

    private static void RunAgainAfter(in CommandCall call, Task? happening)
    {
        if (happening is not null && TicketOf(call) is { } ticket)
        {
            happening.GetAwaiter().UnsafeOnCompleted(ticket.RunAgain);
        }
    }

    private Safety Count(in CommandCall call)
    {
        CallTicket? ticket = TicketOf(call);
        long position = ticket?.JournalPosition ?? 0;
        (long having, long synced) = Witnesses?.Count(position, ticket?.LastPartition) ?? (0, 0);
        long local = server.Keyspace.IsSynced(position) ? 1 : 0;
        if (call.Session is not Session { InTransaction: false, Routing.Witnesses: { } elsewhere })
        {
            return new Safety(having, synced, local);
        }

        return position == 0
            ? new Safety(elsewhere.Having, elsewhere.Having, elsewhere.Local)
            : new Safety(
                Math.Min(having, elsewhere.Having), Math.Min(synced, elsewhere.Having),
                Math.Min(local, elsewhere.Local));
    }

    /// <summary>In how many places a write is.</summary>
    /// <param name="Having">Other nodes that have it.</param>
    /// <param name="Synced">Other nodes that have it on disk.</param>
    /// <param name="Local">Whether the node that wrote it has it on disk, 1 or 0.</param>
    private readonly record struct Safety(long Having, long Synced, long Local);
}
