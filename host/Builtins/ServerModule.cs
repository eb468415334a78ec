using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Modules;
using static Marekvs.Abstractions.Commands.CommandFlags;
using static Marekvs.Abstractions.Commands.CommandRows;

namespace Marekvs.Host.Builtins;

/// <summary>The commands about the node itself, registered like those of any module.</summary>
internal sealed class ServerModule : IModule
{
    private const CommandFlags Anywhere = Loading | Stale;
    private const CommandFlags Operator = Admin | NoScript;

    private const string Varying = "nondeterministic_output";

    private readonly CommandQueries _queries;
    private readonly ConfigCommands _config;
    private readonly ConfigRewrite _rewrite;
    private readonly InfoCommand _info;
    private readonly ServerCommands _server;
    private readonly SaveCommands _save;
    private readonly WaitCommands _wait;

    public ServerModule(
        ServerContext server, RateSampler sampler, IReadOnlyList<ConfigParameter> parameters, ConfigRewrite rewrite)
    {
        _queries = new CommandQueries(server);
        _config = new ConfigCommands(server, parameters, rewrite);
        _rewrite = rewrite;
        _info = new InfoCommand(new InfoSections(server, sampler));
        _server = new ServerCommands(server);
        _save = new SaveCommands(server);
        _wait = new WaitCommands(server);
    }

    public string Name => "server";

    public void Register(IModuleRegistry registry)
    {
        RegisterCommand(registry);
        RegisterConfig(registry);
        registry.AddCommands(
            "server",
            Row("INFO", -1, Anywhere | Dangerous, _info.Run, "1.0.0", "O(1)",
                "Shows figures of the node.", Varying, "request_policy:all_shards", "response_policy:special"),
            Row("DBSIZE", 1, ReadOnly | Fast, ServerCommands.KeyCount, "1.0.0", "O(1)",
                "Counts the keys.", "request_policy:all_shards", "response_policy:agg_sum").InCategories("keyspace"),
            Row("FLUSHALL", -1, Write | WholeKeyspace | Dangerous, ServerCommands.Flush, "1.0.0",
                "O(N) where N is the number of keys.",
                "Removes every key.", "request_policy:all_shards", "response_policy:all_succeeded")
                .InCategories("keyspace"),
            Row("FLUSHDB", -1, Write | WholeKeyspace | Dangerous, ServerCommands.Flush, "1.0.0",
                "O(N) where N is the number of keys.",
                "Removes every key.", "request_policy:all_shards", "response_policy:all_succeeded")
                .InCategories("keyspace"),
            Row("TIME", 1, Anywhere | Fast, _server.Now, "2.6.0", "O(1)",
                "Tells the node's clock.", Varying),
            Row("ROLE", 1, Anywhere | Fast | NoScript | Dangerous, ServerCommands.Role, "2.8.12", "O(1)",
                "Tells the node's part in replication.").InCategories("admin", "dangerous"),
            Row("SAVE", 1, Operator | NoMulti | NoAsyncLoading, _save.Save, "1.0.0", "",
                "Brings the store up to date."),
            Row("BGSAVE", -1, Operator | NoAsyncLoading, _save.SaveInBackground, "1.0.0", "O(1)",
                "Starts a checkpoint."),
            Row("LASTSAVE", 1, Anywhere | Fast | Dangerous, _save.LastSave, "1.0.0", "O(1)",
                "Tells when the last checkpoint ended.", Varying).InCategories("admin", "dangerous"),
            Row("BGREWRITEAOF", 1, Operator | NoAsyncLoading, _save.RewriteLog, "1.0.0", "O(1)",
                "Starts a checkpoint, after which the journal drops what is in the store."),
            Row("SHUTDOWN", -1, Operator | Anywhere | NoMulti, _server.Shutdown, "1.0.0", "",
                "Stops the node in order."),
            Row("SWAPDB", 3, Write | Fast | Dangerous, ServerCommands.SwapDatabases, "4.0.0", "O(1)",
                "Would swap two databases; there is only one.").InCategories("keyspace"),
            Row("LOLWUT", -1, ReadOnly | Fast, Rumour.Show, "5.0.0", "O(1)",
                "Draws a picture."));
        registry.AddCommands(
            "generic",
            Row("WAIT", 3, NoScript, _wait.ForReplicas, "3.0.0", "O(1)",
                "Waits until replicas have what the connection wrote.", "request_policy:all_shards",
                "response_policy:agg_min").InCategories("connection"),
            Row("WAITAOF", 4, NoScript, _wait.ForDisks, "7.2.0", "O(1)",
                "Waits until what the connection wrote is safe on disk.", "request_policy:all_shards",
                "response_policy:agg_min").InCategories("connection"));
        RegisterModule(registry);
    }

    private void RegisterModule(IModuleRegistry registry) => registry.AddCommands(
        "server",
        Row("MODULE|LIST", 2, Operator, _server.ListModules, "4.0.0", "O(N) where N is the number of modules.",
            "Lists the modules.", "nondeterministic_output_order"),
        Row("MODULE|LOAD", -3, Operator | NoAsyncLoading, ServerCommands.RefuseModule, "4.0.0", "O(1)",
            "Says where modules are chosen."),
        Row("MODULE|LOADEX", -3, Operator | NoAsyncLoading, ServerCommands.RefuseModule, "7.0.0", "O(1)",
            "Says where modules are chosen."),
        Row("MODULE|UNLOAD", 3, Operator | NoAsyncLoading, ServerCommands.RefuseModule, "4.0.0", "O(1)",
            "Says where modules are chosen."),
        Row("MODULE|HELP", 2, Anywhere, HelpText.For("MODULE",
            ("LIST", "Return a list of loaded modules."),
            ("LOAD | LOADEX | UNLOAD", "Say that modules are chosen in modules.json.")),
            "5.0.0", "",
            "Explains the subcommands."));

    private void RegisterCommand(IModuleRegistry registry) => registry.AddCommands(
        "server",
        Row("COMMAND", -1, Anywhere, _queries.All, "2.8.13", "O(N) where N is the number of commands.",
            "Describes all commands.").InCategories("connection"),
        Row("COMMAND|COUNT", 2, Anywhere, _queries.Count, "2.8.13", "O(1)",
            "Counts the commands.").InCategories("connection"),
        Row("COMMAND|INFO", -2, Anywhere, _queries.Info, "2.8.13",
            "O(N) where N is the number of commands to look up.",
            "Describes some commands.").InCategories("connection"),
        Row("COMMAND|DOCS", -2, Anywhere, _queries.Docs, "7.0.0", "O(N) where N is the number of commands to look up.",
            "Tells what commands do.").InCategories("connection"),
        Row("COMMAND|LIST", -2, Anywhere, _queries.List, "7.0.0", "O(N) where N is the number of commands.",
            "Lists command names.").InCategories("connection"),
        Row("COMMAND|GETKEYS", -3, Anywhere, _queries.GetKeys, "2.8.13", "O(N) where N is the number of arguments.",
            "Finds the keys in a command.").InCategories("connection"),
        Row("COMMAND|GETKEYSANDFLAGS", -3, Anywhere, _queries.GetKeysAndFlags, "7.0.0",
            "O(N) where N is the number of arguments.",
            "Finds the keys in a command and how it uses them.").InCategories("connection"),
        Row("COMMAND|HELP", 2, Anywhere, HelpText.For("COMMAND",
            ("(no subcommand)", "Return details about all commands."),
            ("COUNT", "Return the number of commands."),
            ("LIST [FILTERBY (MODULE|ACLCAT|PATTERN) <value>]", "Return the names of commands."),
            ("INFO [<command-name> ...]", "Return details about commands, all of them when none is named."),
            ("DOCS [<command-name> ...]", "Return documentation of commands, all of them when none is named."),
            ("GETKEYS <full-command>", "Return the keys of a full command."),
            ("GETKEYSANDFLAGS <full-command>", "Return the keys of a full command with their access flags.")),
            "5.0.0", "",
            "Explains the subcommands.").InCategories("connection"));

    private void RegisterConfig(IModuleRegistry registry) => registry.AddCommands(
        "server",
        Row("CONFIG|GET", -3, Operator | Anywhere, _config.Get, "2.0.0", "O(N) where N is the number of parameters.",
            "Tells parameters."),
        Row("CONFIG|SET", -4, Operator | Anywhere, _config.Set, "2.0.0",
            "O(N) where N is the number of parameters given.",
            "Changes parameters, all of those given or none."),
        Row("CONFIG|RESETSTAT", 2, Operator | Anywhere, _config.ResetStatistics, "2.0.0", "O(1)",
            "Sets the figures of INFO to zero."),
        Row("CONFIG|REWRITE", 2, Operator | Anywhere, _rewrite.WriteChanged, "2.8.0", "O(1)",
            "Writes changed settings into modules.json."),
        Row("CONFIG|HELP", 2, Anywhere, HelpText.For("CONFIG",
            ("GET <pattern> [<pattern> ...]", "Return parameters matching the glob-like patterns and their values."),
            ("SET <directive> <value> [<directive> <value> ...]", "Set parameters, all of them or none."),
            ("RESETSTAT", "Reset statistics reported by the INFO command."),
            ("REWRITE", "Write what CONFIG SET and ACL changed into modules.json.")),
            "5.0.0", "",
            "Explains the subcommands."));
}
