using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Host.Connections;

namespace Marekvs.Host.Builtins;

/// <summary>Redis's classes of clients.</summary>
internal enum ClientType
{
    Normal,
    Master,
    Replica,
    PubSub,
}

/// <summary>Chooses connections, as CLIENT KILL describes them.</summary>
internal sealed class ConnectionFilter
{
    private const string SyntaxError = "ERR syntax error";

    private readonly List<Func<Session, bool>> _conditions = [];
    private bool _skipsCaller = true;

    /// <summary>Reads the options of CLIENT KILL.</summary>
    /// <param name="args">The command; options begin at argument 2.</param>
    /// <param name="caller">The connection that asks.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="error">What is wrong with the options.</param>
    /// <returns>False with an error.</returns>
    public static bool TryParse(CommandArgs args, Session caller, out ConnectionFilter filter, out string error)
    {
        filter = new ConnectionFilter();
        error = "";
        for (int i = 2; i < args.Count; i += 2)
        {
            error = SyntaxError;
            if (i + 1 == args.Count || !filter.TryAdd(args[i], args[i + 1], caller, ref error))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The class of a connection.</summary>
    /// <param name="session">The connection.</param>
    public static ClientType TypeOf(Session session) =>
        session.IsSubscribed ? ClientType.PubSub : ClientType.Normal;

    /// <summary>Reads the name of a class.</summary>
    /// <param name="name">The name.</param>
    /// <param name="type">The class.</param>
    public static bool TryParseType(ReadOnlySpan<byte> name, out ClientType type)
    {
        type = ClientType.Normal;
        if (Ascii.EqualsIgnoreCase(name, "master"u8))
        {
            type = ClientType.Master;
        }
        else if (Ascii.EqualsIgnoreCase(name, "replica"u8) || Ascii.EqualsIgnoreCase(name, "slave"u8))
        {
            type = ClientType.Replica;
        }
        else if (Ascii.EqualsIgnoreCase(name, "pubsub"u8))
        {
            type = ClientType.PubSub;
        }
        else
        {
            return Ascii.EqualsIgnoreCase(name, "normal"u8);
        }

        return true;
    }

    /// <summary>The answer to a class there is none of.</summary>
    /// <param name="name">What was sent.</param>
    public static string UnknownType(ReadOnlySpan<byte> name) =>
        $"ERR Unknown client type '{Encoding.UTF8.GetString(name)}'";

    /// <summary>The connections the filter chooses.</summary>
    /// <param name="caller">The connection that asks.</param>
    public IReadOnlyList<Session> Choose(Session caller) =>
        [.. caller.Clients.Sessions.Where(session =>
            !(_skipsCaller && session == caller) && _conditions.TrueForAll(condition => condition(session)))];

    private bool TryAdd(
        ReadOnlySpan<byte> option, ReadOnlySpan<byte> value, Session caller, ref string error)
    {
        string text = Encoding.UTF8.GetString(value);
        if (Ascii.EqualsIgnoreCase(option, "ID"u8))
        {
            error = "ERR client-id should be greater than 0";
            return RedisNumber.TryParseInt64(value, out long id) && id > 0 && Require(session => session.Id == id);
        }

        if (Ascii.EqualsIgnoreCase(option, "MAXAGE"u8))
        {
            error = "ERR maxage is not an integer or out of range";
            return RedisNumber.TryParseInt64(value, out long seconds) && TryRequireAge(seconds, ref error);
        }

        if (Ascii.EqualsIgnoreCase(option, "TYPE"u8))
        {
            error = UnknownType(value);
            return TryParseType(value, out ClientType type) && Require(session => TypeOf(session) == type);
        }

        if (Ascii.EqualsIgnoreCase(option, "ADDR"u8))
        {
            return Require(session => session.RemoteAddress == text);
        }

        if (Ascii.EqualsIgnoreCase(option, "LADDR"u8))
        {
            return Require(session => session.LocalAddress == text);
        }

        if (Ascii.EqualsIgnoreCase(option, "USER"u8))
        {
            error = $"ERR No such user '{text}'";
            return caller.Clients.Users.Find(value) is { } user && Require(session => session.User == user);
        }

        if (!Ascii.EqualsIgnoreCase(option, "SKIPME"u8))
        {
            return false;
        }

        _skipsCaller = Ascii.EqualsIgnoreCase(value, "yes"u8);
        return _skipsCaller || Ascii.EqualsIgnoreCase(value, "no"u8);
    }

    private bool TryRequireAge(long seconds, ref string error)
    {
        if (seconds <= 0)
        {
            error = "ERR maxage should be greater than 0";
            return false;
        }

        return Require(session =>
            session.Clients.Time.GetElapsedTime(session.CreatedAt).TotalSeconds >= seconds);
    }

    private bool Require(Func<Session, bool> condition)
    {
        _conditions.Add(condition);
        return true;
    }
}
