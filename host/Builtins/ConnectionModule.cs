using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Modules;
using static Marekvs.Abstractions.Commands.CommandFlags;

namespace Marekvs.Host.Builtins;

/// <summary>The commands that concern a connection itself.</summary>
internal sealed class ConnectionModule : IModule
{
    private const CommandFlags Common = Connection | NoScript | Loading | Stale;

    /// <inheritdoc/>
    public string Name => "connection";

    /// <inheritdoc/>
    public void Register(IModuleRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddCommands(
            Row("PING", -1, Connection | Fast | AllowedWhenSubscribed, ConnectionBasics.Ping,
                "Answers PONG, or the message given.", "1.0.0"),
            Row("ECHO", 2, Connection | Fast | Loading | Stale, ConnectionBasics.Echo,
                "Answers the message given.", "1.0.0"),
            Row("SELECT", 2, Connection | Fast | Loading | Stale, ConnectionBasics.Select,
                "Chooses the database; there is one, number 0.", "1.0.0"),
            Row("QUIT", -1, Common | Fast | NoAuth | NoQueue | AllowedWhenSubscribed, ConnectionBasics.Quit,
                "Closes the connection.", "1.0.0"),
            Row("RESET", 1, Common | Fast | NoAuth | NoQueue | AllowedWhenSubscribed, ConnectionBasics.Reset,
                "Brings the connection back to the state it began in.", "6.2.0"),
            Row("AUTH", -2, Common | Fast | NoAuth, ConnectionAccess.Auth,
                "Authenticates the connection.", "1.0.0"),
            Row("HELLO", -1, Common | Fast | NoAuth, ConnectionAccess.Hello,
                "Agrees on the protocol version, authenticates and names the connection.", "6.0.0"),
            Row("MONITOR", 1, Common | Admin | NoMulti, ConnectionControl.Monitor,
                "Shows every command the node runs.", "1.0.0", "server"));
        RegisterClient(registry);
    }

    private static void RegisterClient(IModuleRegistry registry) => registry.AddCommands(
        Row("CLIENT|ID", 2, Common, ConnectionClient.Id,
            "Answers the number of the connection.", "5.0.0"),
        Row("CLIENT|GETNAME", 2, Common, ConnectionClient.GetName,
            "Answers the name of the connection.", "2.6.9"),
        Row("CLIENT|SETNAME", 3, Common, ConnectionClient.SetName,
            "Names the connection.", "2.6.9"),
        Row("CLIENT|SETINFO", 4, Common, ConnectionClient.SetInfo,
            "Says which client library the connection uses.", "7.2.0"),
        Row("CLIENT|INFO", 2, Common, ConnectionClient.Info,
            "Describes the connection.", "6.2.0"),
        Row("CLIENT|LIST", -2, Common | Admin | Dangerous, ConnectionClient.List,
            "Describes all connections, or those asked for.", "2.4.0"),
        Row("CLIENT|KILL", -3, Common | Admin | Dangerous, ConnectionControl.Kill,
            "Closes connections.", "2.4.0"),
        Row("CLIENT|PAUSE", -3, Common | Admin | Dangerous, ConnectionControl.Pause,
            "Holds commands back for a while.", "3.0.0"),
        Row("CLIENT|UNPAUSE", 2, Common | Admin | Dangerous, ConnectionControl.Unpause,
            "Lets commands go on.", "6.2.0"),
        Row("CLIENT|REPLY", 3, Common, ConnectionControl.Replies,
            "Switches replies to the connection off and on.", "3.2.0"),
        Row("CLIENT|UNBLOCK", -3, Common | Admin | Dangerous, ConnectionControl.Unblock,
            "Ends the wait of a blocked connection.", "5.0.0"),
        Row("CLIENT|NO-EVICT", 3, Common | Admin | Dangerous, ConnectionControl.NoEvict,
            "Keeps the connection from being closed for memory.", "7.0.0"),
        Row("CLIENT|NO-TOUCH", 3, Common, ConnectionControl.NoTouch,
            "Lets the connection read without changing how recently keys were used.", "7.2.0"),
        Row("CLIENT|TRACKING", -3, Common, ConnectionTracking.Tracking,
            "Tells the connection when what it has read changes.", "6.0.0"),
        Row("CLIENT|CACHING", 3, Common, ConnectionTracking.Caching,
            "Says whether what the next command reads is tracked.", "6.0.0"),
        Row("CLIENT|GETREDIR", 2, Common, ConnectionTracking.GetRedirect,
            "Answers the number of the connection that gets the invalidations.", "6.0.0"),
        Row("CLIENT|TRACKINGINFO", 2, Common, ConnectionTracking.Info,
            "Describes how the connection tracks.", "6.2.0"),
        Row("CLIENT|HELP", 2, Connection | Loading | Stale, ConnectionHelp.Client,
            "Describes the subcommands.", "5.0.0"));

    private static CommandSpec Row(
        string name,
        int arity,
        CommandFlags flags,
        CommandHandler handler,
        string summary,
        string since,
        string group = "connection") =>
        new(name, arity, flags, KeySpec.None, handler)
        {
            Summary = summary,
            Since = since,
            Group = group,
            Complexity = name is "CLIENT|LIST" or "CLIENT|KILL" ? "O(N) where N is the number of connections" : "O(1)",
        };
}
