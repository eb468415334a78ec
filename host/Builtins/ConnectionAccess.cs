using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Resp;
using Marekvs.Host.Connections;

namespace Marekvs.Host.Builtins;

/// <summary>AUTH and HELLO.</summary>
internal static class ConnectionAccess
{
    /// <summary>The Redis version whose behaviour the node shows; clients choose their features by it.</summary>
    public const string RedisVersion = "7.4.0";

    private static ReadOnlySpan<byte> WrongPassword =>
        "WRONGPASS invalid username-password pair or user is disabled."u8;

    public static Reply Auth(in CommandCall call)
    {
        var session = (Session)call.Session;
        CommandArgs args = call.Args;
        if (args.Count > 3)
        {
            return Reply.SyntaxError;
        }

        session.RedactedArguments = 0b110;
        if (args.Count == 2 && session.Clients.Users.Default.Rules.NeedsNoPassword)
        {
            return Reply.Error(
                "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?"u8);
        }

        ReadOnlySpan<byte> user = args.Count == 2 ? "default"u8 : args[1];
        return session.Clients.Users.TryAuthenticate(session, user, args[args.Count - 1], args[0])
            ? Reply.Ok
            : Reply.Error(WrongPassword);
    }

    public static Reply Hello(in CommandCall call)
    {
        var session = (Session)call.Session;
        CommandArgs args = call.Args;
        long version = 0;
        if (args.Count > 1)
        {
            if (!RedisNumber.TryParseInt64(args[1], out version))
            {
                return Reply.Error("ERR Protocol version is not an integer or out of range"u8);
            }

            if (version is < 2 or > 3)
            {
                return Reply.Error("NOPROTO unsupported protocol version"u8);
            }
        }

        int user = 0;
        int name = 0;
        for (int i = 2; i < args.Count; i++)
        {
            if (Ascii.EqualsIgnoreCase(args[i], "AUTH"u8) && i + 2 < args.Count)
            {
                user = i + 1;
                i += 2;
                session.RedactedArguments |= i < 64 ? 3UL << (i - 1) : 0;
            }
            else if (Ascii.EqualsIgnoreCase(args[i], "SETNAME"u8) && i + 1 < args.Count)
            {
                name = ++i;
            }
            else
            {
                return Reply.Error($"ERR Syntax error in HELLO option '{Encoding.UTF8.GetString(args[i])}'");
            }
        }

        if (user > 0 && !session.Clients.Users.TryAuthenticate(session, args[user], args[user + 1], args[0]))
        {
            return Reply.Error(WrongPassword);
        }

        if (!session.IsAuthenticated && session.Clients.Users.NeedsPassword)
        {
            return Reply.Error(
                "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time"u8);
        }

        if (name > 0 && !ConnectionClient.TrySetName(session, args[name]))
        {
            return Reply.Error(ConnectionClient.BadName);
        }

        call.Writer.ProtocolVersion = version == 0 ? call.Writer.ProtocolVersion : (int)version;
        Describe(session, call.Writer);
        return Reply.Written;
    }

    private static void Describe(Session session, RespWriter writer)
    {
        writer.Map(7);
        writer.Bulk("server"u8);
        writer.Bulk("redis"u8);
        writer.Bulk("version"u8);
        writer.Bulk(RedisVersion);
        writer.Bulk("proto"u8);
        writer.Integer(writer.ProtocolVersion);
        writer.Bulk("id"u8);
        writer.Integer(session.Id);
        writer.Bulk("mode"u8);
        writer.Bulk(session.Clients.Mode);
        writer.Bulk("role"u8);
        writer.Bulk("master"u8);
        writer.Bulk("modules"u8);
        writer.Array(0);
    }
}
