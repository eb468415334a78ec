using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Resp;
using Marekvs.Host.Commands;
using Marekvs.Host.Connections;

namespace Marekvs.Host.Builtins;

/// <summary>MONITOR and the subcommands of CLIENT that act on connections.</summary>
internal static class ConnectionControl
{
    // A pause of a century is for ever, and fits every clock.
    private const long PauseMillisecondsMax = 100L * 365 * 24 * 3600 * 1000;

    public static Reply Monitor(in CommandCall call)
    {
        var session = (Session)call.Session;
        if (session.IsMonitor)
        {
            return Reply.None;
        }

        session.IsMonitor = true;
        session.Clients.AddMonitor(session);
        return Reply.Ok;
    }

    public static Reply Kill(in CommandCall call)
    {
        var caller = (Session)call.Session;
        if (call.Args.Count == 3)
        {
            return KillAddress(caller, Encoding.UTF8.GetString(call.Args[2]));
        }

        if (!ConnectionFilter.TryParse(call.Args, caller, out ConnectionFilter filter, out string error))
        {
            return Reply.Error(error);
        }

        IReadOnlyList<Session> chosen = filter.Choose(caller);
        foreach (Session session in chosen)
        {
            Kill(caller, session);
        }

        return Reply.Integer(chosen.Count);
    }

    public static Reply Pause(in CommandCall call)
    {
        PauseKind kind = PauseKind.All;
        if (call.Args.Count > 4)
        {
            return Reply.Error(CommandErrors.SubcommandSyntax(call.Args));
        }

        if (call.Args.Count == 4 && !Ascii.EqualsIgnoreCase(call.Args[3], "ALL"u8))
        {
            kind = PauseKind.Write;
            if (!Ascii.EqualsIgnoreCase(call.Args[3], "WRITE"u8))
            {
                return Reply.Error("ERR CLIENT PAUSE mode must be WRITE or ALL"u8);
            }
        }

        if (!RedisNumber.TryParseInt64(call.Args[2], out long milliseconds))
        {
            return Reply.Error("ERR timeout is not an integer or out of range"u8);
        }

        if (milliseconds < 0)
        {
            return Reply.Error("ERR timeout is negative"u8);
        }

        TimeSpan length = TimeSpan.FromMilliseconds(Math.Min(milliseconds, PauseMillisecondsMax));
        ((Session)call.Session).Clients.BeginPause(length, kind);
        return Reply.Ok;
    }

    public static Reply Unpause(in CommandCall call)
    {
        ((Session)call.Session).Clients.Pause.End();
        return Reply.Ok;
    }

    public static Reply Replies(in CommandCall call)
    {
        const SessionFlags Silent = SessionFlags.ReplyOff | SessionFlags.ReplySkip | SessionFlags.ReplySkipNext;
        var session = (Session)call.Session;
        if (Ascii.EqualsIgnoreCase(call.Args[2], "ON"u8))
        {
            session.Flags &= ~Silent;
            return Reply.Ok;
        }

        if (Ascii.EqualsIgnoreCase(call.Args[2], "OFF"u8))
        {
            session.Flags |= SessionFlags.ReplyOff;
            return Reply.None;
        }

        if (Ascii.EqualsIgnoreCase(call.Args[2], "SKIP"u8))
        {
            session.Flags |= (session.Flags & SessionFlags.ReplyOff) == 0 ? SessionFlags.ReplySkipNext : 0;
            return Reply.None;
        }

        return Reply.SyntaxError;
    }

    public static Reply Unblock(in CommandCall call)
    {
        bool withError = false;
        if (call.Args.Count > 4)
        {
            return Reply.Error(CommandErrors.SubcommandSyntax(call.Args));
        }

        if (call.Args.Count == 4 && !Ascii.EqualsIgnoreCase(call.Args[3], "TIMEOUT"u8))
        {
            withError = true;
            if (!Ascii.EqualsIgnoreCase(call.Args[3], "ERROR"u8))
            {
                return Reply.Error("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR"u8);
            }
        }

        if (!RedisNumber.TryParseInt64(call.Args[2], out long id))
        {
            return Reply.Error(RespErrors.NotInteger);
        }

        Session? session = ((Session)call.Session).Clients.Find(id);
        return Reply.Boolean(session is { Wait: SessionWait.Keys } &&
            (withError ? session.TryUnblockWithError() : session.TryTimeOut()));
    }

    public static Reply NoEvict(in CommandCall call)
    {
        if (!TryParseSwitch(call.Args[2], out bool isOn))
        {
            return Reply.SyntaxError;
        }

        ((Session)call.Session).NoEvict = isOn;
        return Reply.Ok;
    }

    public static Reply NoTouch(in CommandCall call)
    {
        if (!TryParseSwitch(call.Args[2], out bool isOn))
        {
            return Reply.SyntaxError;
        }

        ((Session)call.Session).NoTouch = isOn;
        return Reply.Ok;
    }

    /// <summary>The form of Redis 2: one address, which must be there.</summary>
    private static Reply KillAddress(Session caller, string address)
    {
        foreach (Session session in caller.Clients.Sessions)
        {
            if (session.RemoteAddress == address)
            {
                Kill(caller, session);
                return Reply.Ok;
            }
        }

        return Reply.Error("ERR No such client"u8);
    }

    private static void Kill(Session caller, Session session)
    {
        if (session == caller)
        {
            session.CloseAfterReply();
        }
        else
        {
            session.Kill();
        }
    }

    private static bool TryParseSwitch(ReadOnlySpan<byte> word, out bool isOn)
    {
        isOn = Ascii.EqualsIgnoreCase(word, "ON"u8);
        return isOn || Ascii.EqualsIgnoreCase(word, "OFF"u8);
    }
}
