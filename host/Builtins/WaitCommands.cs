using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Resp;
using Marekvs.Host.Connections;
using Marekvs.Storage.Engine;

namespace Marekvs.Host.Builtins;

/// <summary>WAIT and WAITAOF: wait until what this connection wrote is safe in more places.</summary>
internal sealed class WaitCommands(ServerContext server)
{
    // To a Redis client a node has no replicas, whatever the cluster does.
    private const long Replicas = 0;

    public static Reply ForReplicas(in CommandCall call)
    {
        if (!RedisNumber.TryParseInt64(call.Args[1], out long wanted))
        {
            return Reply.Error(RespErrors.NotInteger);
        }

        if (!TryReadTimeout(call.Args[2], out long milliseconds, out Reply error))
        {
            return error;
        }

        return wanted <= Replicas || MustNotWait(call) ? Reply.Integer(Replicas) : Reply.WaitForKeys(milliseconds);
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

        CallTicket? ticket = (call.Session as Session)?.Ticket;
        bool isSynced = ticket is null || server.Keyspace.IsSynced(ticket.JournalPosition);
        if (MustNotWait(call) || (wanted <= Replicas && (local == 0 || isSynced)))
        {
            call.Writer.Array(2);
            call.Writer.Integer(isSynced ? 1 : 0);
            call.Writer.Integer(Replicas);
            return Reply.Written;
        }

        if (!isSynced)
        {
            _ = RunAgainWhenSyncedAsync(ticket!);
        }

        return Reply.WaitForKeys(milliseconds);
    }

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

    private async Task RunAgainWhenSyncedAsync(CallTicket ticket)
    {
        await server.Keyspace.WhenSynced(ticket.JournalPosition);
        ticket.RunAgain();
    }
}
