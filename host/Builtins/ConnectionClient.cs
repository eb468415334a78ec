using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Host.Connections;

namespace Marekvs.Host.Builtins;

/// <summary>The subcommands of CLIENT that name and describe connections.</summary>
internal static class ConnectionClient
{
    /// <summary>A name has characters that would break a line of CLIENT LIST.</summary>
    public static ReadOnlySpan<byte> BadName =>
        "ERR Client names cannot contain spaces, newlines or special characters."u8;

    public static Reply Id(in CommandCall call) => Reply.Integer(call.Session.Id);

    public static Reply GetName(in CommandCall call)
    {
        string name = ((Session)call.Session).Name;
        return name.Length == 0 ? Reply.Nil : Reply.Bulk(Encoding.ASCII.GetBytes(name));
    }

    public static Reply SetName(in CommandCall call) =>
        TrySetName((Session)call.Session, call.Args[2]) ? Reply.Ok : Reply.Error(BadName);

    public static Reply SetInfo(in CommandCall call)
    {
        var session = (Session)call.Session;
        ReadOnlySpan<byte> attribute = call.Args[2];
        bool isName = Ascii.EqualsIgnoreCase(attribute, "LIB-NAME"u8);
        if (!isName && !Ascii.EqualsIgnoreCase(attribute, "LIB-VER"u8))
        {
            return Reply.Error($"ERR Unrecognized option '{Encoding.UTF8.GetString(attribute)}'");
        }

        if (!IsPrintable(call.Args[3]))
        {
            string shown = Encoding.UTF8.GetString(attribute);
            return Reply.Error($"ERR {shown} cannot contain spaces, newlines or special characters.");
        }

        string value = Encoding.ASCII.GetString(call.Args[3]);
        if (isName)
        {
            session.LibraryName = value;
        }
        else
        {
            session.LibraryVersion = value;
        }

        return Reply.Ok;
    }

    public static Reply Info(in CommandCall call)
    {
        StringBuilder text = new();
        ConnectionLine.Append(text, (Session)call.Session);
        call.Writer.Verbatim(Encoding.UTF8.GetBytes(text.ToString()), "txt"u8);
        return Reply.Written;
    }

    public static Reply List(in CommandCall call)
    {
        ClientRegistry clients = ((Session)call.Session).Clients;
        CommandArgs args = call.Args;
        IEnumerable<Session> sessions;
        if (args.Count == 2)
        {
            sessions = clients.Sessions;
        }
        else if (args.Count == 4 && Ascii.EqualsIgnoreCase(args[2], "TYPE"u8))
        {
            if (!ConnectionFilter.TryParseType(args[3], out ClientType type))
            {
                return Reply.Error(ConnectionFilter.UnknownType(args[3]));
            }

            sessions = clients.Sessions.Where(session => ConnectionFilter.TypeOf(session) == type);
        }
        else if (args.Count > 3 && Ascii.EqualsIgnoreCase(args[2], "ID"u8))
        {
            List<Session> found = [];
            for (int i = 3; i < args.Count; i++)
            {
                if (!RedisNumber.TryParseInt64(args[i], out long id))
                {
                    return Reply.Error("ERR Invalid client ID"u8);
                }

                if (clients.Find(id) is Session session)
                {
                    found.Add(session);
                }
            }

            sessions = found;
        }
        else
        {
            return Reply.SyntaxError;
        }

        StringBuilder text = new();
        foreach (Session session in sessions)
        {
            ConnectionLine.Append(text, session);
        }

        call.Writer.Verbatim(Encoding.UTF8.GetBytes(text.ToString()), "txt"u8);
        return Reply.Written;
    }

    /// <summary>Names a connection.</summary>
    /// <param name="session">The connection.</param>
    /// <param name="name">The name; empty takes it away.</param>
    /// <returns>False when it has characters a name may not have.</returns>
    public static bool TrySetName(Session session, ReadOnlySpan<byte> name)
    {
        if (!IsPrintable(name))
        {
            return false;
        }

        session.Name = Encoding.ASCII.GetString(name);
        return true;
    }

    private static bool IsPrintable(ReadOnlySpan<byte> text) => !text.ContainsAnyExceptInRange((byte)'!', (byte)'~');
}
