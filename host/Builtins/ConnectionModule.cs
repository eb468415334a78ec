using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Modules;
using static Marekvs.Abstractions.Commands.CommandFlags;
using static Marekvs.Abstractions.Commands.CommandRows;

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
            "connection",
            Row("PING", -1, Connection | Fast | AllowedWhenSubscribed, ConnectionBasics.Ping, "1.0.0", "O(1)",
                "Answers PONG, or the message given."),
            Row("ECHO", 2, Connection | Fast | Loading | Stale, ConnectionBasics.Echo, "1.0.0", "O(1)",
                "Answers the message given."),
            Row("SELECT", 2, Connection | Fast | Loading | Stale, ConnectionBasics.Select, "1.0.0", "O(1)",
                "Chooses the database; there is one, number 0."),
            Row("QUIT", -1, Common | Fast | NoAuth | NoQueue | AllowedWhenSubscribed, ConnectionBasics.Quit, "1.0.0",
                "O(1)",
                "Closes the connection."),
            Row("RESET", 1, Common | Fast | NoAuth | NoQueue | AllowedWhenSubscribed, ConnectionBasics.Reset, "6.2.0",
                "O(1)",
                "Brings the connection back to the state it began in."),
            Row("AUTH", -2, Common | Fast | NoAuth, ConnectionAccess.Auth, "1.0.0", "O(1)",
                "Authenticates the connection."),
            Row("HELLO", -1, Common | Fast | NoAuth, ConnectionAccess.Hello, "6.0.0", "O(1)",
                "Agrees on the protocol version, authenticates and names the connection."));
        registry.AddCommands(
            "server",
            Row("MONITOR", 1, Common | Admin | NoMulti, ConnectionControl.Monitor, "1.0.0", "O(1)",
                "Shows every command the node runs."));
        RegisterClient(registry);
    }

    private static void RegisterClient(IModuleRegistry registry) => registry.AddCommands(
        "connection",
        Row("CLIENT|ID", 2, Common, ConnectionClient.Id, "5.0.0", "O(1)",
            "Answers the number of the connection."),
        Row("CLIENT|GETNAME", 2, Common, ConnectionClient.GetName, "2.6.9", "O(1)",
            "Answers the name of the connection."),
        Row("CLIENT|SETNAME", 3, Common, ConnectionClient.SetName, "2.6.9", "O(1)",
            "Names the connection."),
        Row("CLIENT|SETINFO", 4, Common, ConnectionClient.SetInfo, "7.2.0", "O(1)",
            "Says which client library the connection uses."),
        Row("CLIENT|INFO", 2, Common, ConnectionClient.Info, "6.2.0", "O(1)",
            "Describes the connection."),
        Row("CLIENT|LIST", -2, Common | Admin | Dangerous, ConnectionClient.List, "2.4.0",
            "O(N) where N is the number of connections.",
            "Describes all connections, or those asked for."),
        Row("CLIENT|KILL", -3, Common | Admin | Dangerous, ConnectionControl.Kill, "2.4.0",
            "O(N) where N is the number of connections.",
            "Closes connections."),
        Row("CLIENT|PAUSE", -3, Common | Admin | Dangerous, ConnectionControl.Pause, "3.0.0", "O(1)",
            "Holds commands back for a while."),
        Row("CLIENT|UNPAUSE", 2, Common | Admin | Dangerous, ConnectionControl.Unpause, "6.2.0", "O(1)",
            "Lets commands go on."),
        Row("CLIENT|REPLY", 3, Common, ConnectionControl.Replies, "3.2.0", "O(1)",
            "Switches replies to the connection off and on."),
        Row("CLIENT|UNBLOCK", -3, Common | Admin | Dangerous, ConnectionControl.Unblock, "5.0.0", "O(1)",
            "Ends the wait of a blocked connection."),
        Row("CLIENT|NO-EVICT", 3, Common | Admin | Dangerous, ConnectionControl.NoEvict, "7.0.0", "O(1)",
            "Keeps the connection from being closed for memory."),
        Row("CLIENT|NO-TOUCH", 3, Common, ConnectionControl.NoTouch, "7.2.0", "O(1)",
            "Lets the connection read without changing how recently keys were used."),
        Row("CLIENT|TRACKING", -3, Common, ConnectionTracking.Tracking, "6.0.0", "O(1)",
            "Tells the connection when what it has read changes."),
        Row("CLIENT|CACHING", 3, Common, ConnectionTracking.Caching, "6.0.0", "O(1)",
            "Says whether what the next command reads is tracked."),
        Row("CLIENT|GETREDIR", 2, Common, ConnectionTracking.GetRedirect, "6.0.0", "O(1)",
            "Answers the number of the connection that gets the invalidations."),
        Row("CLIENT|TRACKINGINFO", 2, Common, ConnectionTracking.Info, "6.2.0", "O(1)",
            "Describes how the connection tracks."),
        Row("CLIENT|HELP", 2, Connection | Loading | Stale, ConnectionHelp.Client, "5.0.0", "O(1)",
            "Describes the subcommands."));
}
