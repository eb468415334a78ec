using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Modules;
using Marekvs.Host.Builtins;
using Marekvs.Host.Commands;
using Marekvs.Host.Connections;
using Marekvs.Host.Settings;
using Microsoft.Extensions.Logging;
using static Marekvs.Abstractions.Commands.CommandFlags;

namespace Marekvs.Host.Debugging;

/// <summary>
/// DEBUG: what tests of servers and client libraries need, closed to everybody unless a setting opens it. As in Redis it
/// is one command, which enters the whole keyspace: it may look at any key, and while it sleeps nothing else runs.
/// </summary>
internal sealed class DebugModule : IModule
{
    private readonly ServerContext _server;
    private readonly Dictionary<string, Subcommand> _subcommands;

    public DebugModule(ServerContext server, ConfigRewrite rewrite, ILogger logger)
    {
        _server = server;
        var data = new DebugData(server);
        var switches = new DebugSwitches(server, logger);
        _subcommands = new Dictionary<string, Subcommand>(StringComparer.OrdinalIgnoreCase)
        {
            ["ASSERT"] = new(-2, DebugSwitches.Refuse),
            ["CHANGE-REPL-ID"] = new(2, switches.ChangeReplicationId),
            ["CONFIG-REWRITE-FORCE-ALL"] = new(2, rewrite.WriteAll),
            ["CRASH-AND-RECOVER"] = new(-2, DebugSwitches.Refuse),
            ["DIGEST"] = new(2, data.Digest),
            ["DIGEST-VALUE"] = new(-2, DebugData.DigestOfValues),
            ["ERROR"] = new(3, DebugSwitches.Fail),
            ["HELP"] = new(2, Help),
            ["HTSTATS"] = new(-3, switches.Tables),
            ["HTSTATS-KEY"] = new(-3, DebugData.TableOfKey),
            ["LISTPACK"] = new(3, DebugData.Listpack),
            ["LOADAOF"] = new(2, data.Reload),
            ["LOG"] = new(3, switches.Log),
            ["OBJECT"] = new(-3, DebugData.Describe),
            ["OOM"] = new(-2, DebugSwitches.Refuse),
            ["PANIC"] = new(-2, DebugSwitches.Refuse),
            ["POPULATE"] = new(-3, data.Populate),
            ["PROTOCOL"] = new(3, DebugProtocol.Show),
            ["QUICKLIST-PACKED-THRESHOLD"] = new(3, DebugSwitches.PackedThreshold),
            ["RELOAD"] = new(-2, data.Reload),
            ["REPLYBUFFER"] = new(4, DebugSwitches.ReplyBuffer),
            ["RESTART"] = new(-2, DebugSwitches.Refuse),
            ["SEGFAULT"] = new(-2, DebugSwitches.Refuse),
            ["SET-ACTIVE-EXPIRE"] = new(3, switches.SetActiveExpiry),
            ["SLEEP"] = new(3, switches.Sleep),
            ["STRINGMATCH-LEN"] = new(4, DebugSwitches.MatchPattern),
        };
    }

    /// <inheritdoc/>
    public string Name => "debug";

    /// <inheritdoc/>
    public void Register(IModuleRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        CommandFlags flags = Admin | NoScript | Loading | Stale | WholeKeyspace | NoTouch;
        registry.AddCommands(new CommandSpec("DEBUG", -2, flags, KeySpec.None, Run)
        {
            Group = "server",
            Since = "1.0.0",
            Complexity = "Depends on subcommand.",
            Summary = "Serves tests of servers and client libraries.",
        });
    }

    private static CommandHandler Help { get; } = HelpText.For("DEBUG",
        ("CHANGE-REPL-ID", "Change the replication id that INFO shows."),
        ("CONFIG-REWRITE-FORCE-ALL", "Write every setting that can be changed into modules.json."),
        ("DIGEST", "Return a digest of all keys and values."),
        ("DIGEST-VALUE <key> [<key> ...]", "Return a digest of each value."),
        ("ERROR <message>", "Return <message> as an error."),
        ("HTSTATS <dbid>", "Return figures of the tables of keys."),
        ("HTSTATS-KEY <key>", "Return figures of a collection."),
        ("LISTPACK <key>", "Say that there are no listpacks."),
        ("LOADAOF", "Same as RELOAD."),
        ("LOG <message>", "Write <message> to the log."),
        ("OBJECT <key>", "Return facts about a value."),
        ("POPULATE <count> [<prefix>] [<size>]", "Create <count> strings named <prefix>:<number>."),
        ("PROTOCOL <type>", "Return a reply of a type: string, integer, double, bignum, null, array, set, map, attrib, "
            + "push, verbatim, true or false."),
        ("QUICKLIST-PACKED-THRESHOLD <size>", "Checked and without effect: lists have no packed nodes."),
        ("RELOAD", "Write everything to the store and let go of it in memory, so that it is read anew."),
        ("REPLYBUFFER <option> <value>", "Checked and without effect: reply buffers do not shrink by the clock."),
        ("SET-ACTIVE-EXPIRE <0|1>", "Stop or resume looking for expired keys; reading one always removes it."),
        ("SLEEP <seconds>", "Stop the node for a while."),
        ("STRINGMATCH-LEN <pattern> <string>", "Match a string against a glob-style pattern."));

    private static ReadOnlySpan<byte> Closed =>
        "ERR DEBUG command not allowed. If the enable-debug-command option is set to \"local\", you can run it from a "u8
        + "local connection, otherwise you need to set this option in the configuration file, and then restart the "u8
        + "server."u8;

    private Reply Run(in CommandCall call)
    {
        if (!IsOpenTo(call.Session))
        {
            return Reply.Error(Closed);
        }

        return _subcommands.TryGetValue(Encoding.ASCII.GetString(call.Args[1]), out Subcommand? subcommand) &&
            subcommand.Accepts(call.Args.Count)
            ? subcommand.Handler(call)
            : Reply.Error(CommandErrors.SubcommandSyntax(call.Args));
    }

    private bool IsOpenTo(ISession session) => _server.Settings.Get(SettingTable.DebugCommand) switch
    {
        DebugAccess.Yes => true,
        DebugAccess.Local => session is Session { IsOnThisMachine: true },
        _ => false,
    };

    private sealed record Subcommand(int Arity, CommandHandler Handler)
    {
        public bool Accepts(int count) => Arity >= 0 ? count == Arity : count >= -Arity;
    }
}
