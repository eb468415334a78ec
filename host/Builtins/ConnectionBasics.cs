using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Resp;
using Marekvs.Host.Connections;

namespace Marekvs.Host.Builtins;

/// <summary>PING, ECHO, SELECT, QUIT and RESET.</summary>
internal static class ConnectionBasics
{
    public static Reply Ping(in CommandCall call)
    {
        if (call.Args.Count > 2)
        {
            return Reply.Error("ERR wrong number of arguments for 'ping' command"u8);
        }

        if (call.Writer.ProtocolVersion == 2 && ((Session)call.Session).IsSubscribed)
        {
            // Among messages, the answer looks like one.
            call.Writer.Array(2);
            call.Writer.Bulk("pong"u8);
            call.Writer.Bulk(call.Args.Count == 2 ? call.Args[1] : default);
            return Reply.Written;
        }

        return call.Args.Count == 2 ? Reply.Bulk(call.Args[1]) : Reply.Simple("PONG"u8);
    }

    public static Reply Echo(in CommandCall call) => Reply.Bulk(call.Args[1]);

    public static Reply Select(in CommandCall call)
    {
        if (!RedisNumber.TryParseInt64(call.Args[1], out long number) || number is > int.MaxValue or < int.MinValue)
        {
            return Reply.Error(RespErrors.NotInteger);
        }

        return number == 0
            ? Reply.Ok
            : Reply.Error("ERR DB index is out of range: this server has one database, number 0"u8);
    }

    public static Reply Quit(in CommandCall call)
    {
        ((Session)call.Session).CloseAfterReply();
        return Reply.Ok;
    }

    public static Reply Reset(in CommandCall call)
    {
        var session = (Session)call.Session;
        session.Clients.RemoveMonitor(session);
        session.IsMonitor = false;
        session.Name = "";
        session.NoTouch = false;
        session.NoEvict = false;
        session.Transaction.End();
        session.Clients.Messages.Leave(session);
        session.Clients.Tracking.Stop(session);
        session.Flags &= SessionFlags.CloseAfterReply;
        session.Clients.Users.Reset(session);
        call.Writer.ProtocolVersion = 2;

        // What was pushed before comes before, so that after the answer the client sees replies alone.
        session.TakePushes();
        call.Writer.Simple("RESET"u8);
        return Reply.Written;
    }
}
