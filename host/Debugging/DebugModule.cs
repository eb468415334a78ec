using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Modules;
using Marekvs.Host.Builtins;
using Marekvs.Host.Connections;
using Marekvs.Host.Settings;
using Microsoft.Extensions.Logging;
using static Marekvs.Abstractions.Commands.CommandFlags;

namespace Marekvs.Host.Debugging;

/// <summary>
/// The rows of DEBUG: what tests of servers and client libraries need, closed to everybody unless a setting opens it.
/// Rows that look at keys are neither reads nor writes by their flags, so that no ACL category but that of operators
/// opens them.
/// </summary>
internal sealed class DebugModule(ServerContext server, ILogger logger) : IModule
{
    private static readonly KeySpec OneKey = KeySpec.Range(2, 2).Used(KeyUse.RO | KeyUse.Access);
    private static readonly KeySpec Keys = KeySpec.Range(2, -1).Used(KeyUse.RO | KeyUse.Access);

    private readonly DebugData _data = new(server);
    private readonly DebugSwitches _switches = new(server, logger);

    /// <inheritdoc/>
    public string Name => "debug";

    /// <inheritdoc/>
    public void Register(IModuleRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddCommands(
            Row("DEBUG", -2, None, KeySpec.None, static (in CommandCall call) => Reply.SyntaxError),
            Row("DEBUG|CHANGE-REPL-ID", 2, None, KeySpec.None, _switches.ChangeReplicationId),
            Row("DEBUG|DIGEST", 2, NoMulti, KeySpec.None, _data.Digest),
            Row("DEBUG|DIGEST-VALUE", -2, NoTouch, Keys, DebugData.DigestOfValues),
            Row("DEBUG|ERROR", 3, None, KeySpec.None, DebugSwitches.Fail),
            Row("DEBUG|HTSTATS", -3, None, KeySpec.None, _switches.Tables),
            Row("DEBUG|HTSTATS-KEY", -3, NoTouch, OneKey, DebugData.TableOfKey),
            Row("DEBUG|LISTPACK", 3, NoTouch, OneKey, DebugData.Listpack),
            Row("DEBUG|LOADAOF", 2, NoMulti, KeySpec.None, _data.Reload),
            Row("DEBUG|LOG", 3, None, KeySpec.None, _switches.Log),
            Row("DEBUG|OBJECT", -3, NoTouch, OneKey, DebugData.Describe),
            Row("DEBUG|POPULATE", -3, NoMulti, KeySpec.None, _data.Populate),
            Row("DEBUG|PROTOCOL", 3, None, KeySpec.None, DebugProtocol.Show),
            Row("DEBUG|QUICKLIST-PACKED-THRESHOLD", 3, None, KeySpec.None, DebugSwitches.PackedThreshold),
            Row("DEBUG|RELOAD", -2, NoMulti, KeySpec.None, _data.Reload),
            Row("DEBUG|REPLYBUFFER", 4, None, KeySpec.None, DebugSwitches.ReplyBuffer),
            Row("DEBUG|SET-ACTIVE-EXPIRE", 3, None, KeySpec.None, _switches.SetActiveExpiry),
            Row("DEBUG|SLEEP", 3, WholeKeyspace, KeySpec.None, _switches.Sleep),
            Row("DEBUG|STRINGMATCH-LEN", 4, None, KeySpec.None, DebugSwitches.MatchPattern),
            Row("DEBUG|HELP", 2, None, KeySpec.None, Help));
        foreach (string crash in new[] { "ASSERT", "CRASH-AND-RECOVER", "OOM", "PANIC", "RESTART", "SEGFAULT" })
        {
            registry.AddCommands(Row("DEBUG|" + crash, -2, None, KeySpec.None, DebugSwitches.Refuse));
        }
    }

    private static CommandHandler Help { get; } = HelpText.For("DEBUG",
        ("CHANGE-REPL-ID", "Change the replication id that INFO shows."),
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

    private CommandSpec Row(string name, int arity, CommandFlags flags, KeySpec keys, CommandHandler handler) =>
        new(name, arity, Admin | NoScript | Loading | Stale | flags, keys, Guard(handler))
        {
            Group = "server",
            Since = "1.0.0",
            Complexity = "Depends on subcommand.",
            Summary = "Serves tests of servers and client libraries.",
        };

    private CommandHandler Guard(CommandHandler handler) =>
        (in CommandCall call) => IsOpenTo(call.Session) ? handler(call) : Reply.Error(Closed);

    private bool IsOpenTo(ISession session) => server.Settings.Get(SettingTable.DebugCommand) switch
    {
        DebugAccess.Yes => true,
        DebugAccess.Local => session is Session { IsOnThisMachine: true },
        _ => false,
    };

    private static ReadOnlySpan<byte> Closed =>
        "ERR DEBUG command not allowed. If the enable-debug-command option is set to \"local\", you can run it from a "u8
        + "local connection, otherwise you need to set this option in the configuration file, and then restart the "u8
        + "server."u8;
}
