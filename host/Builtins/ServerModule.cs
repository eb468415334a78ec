using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Modules;
using static Marekvs.Abstractions.Commands.CommandFlags;

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
            Row("INFO", -1, Anywhere | Dangerous, "1.0.0", "Shows figures of the node.", _info.Run,
                "O(1)", Varying, "request_policy:all_shards", "response_policy:special"),
            Row("DBSIZE", 1, ReadOnly | Fast, "1.0.0", "Counts the keys.", ServerCommands.KeyCount, "O(1)",
                "request_policy:all_shards", "response_policy:agg_sum"),
            Row("FLUSHALL", -1, Write | WholeKeyspace | Dangerous, "1.0.0", "Removes every key.", ServerCommands.Flush,
                "O(N) where N is the number of keys.", "request_policy:all_shards", "response_policy:all_succeeded"),
            Row("FLUSHDB", -1, Write | WholeKeyspace | Dangerous, "1.0.0", "Removes every key.", ServerCommands.Flush,
                "O(N) where N is the number of keys.", "request_policy:all_shards", "response_policy:all_succeeded"),
            Row("TIME", 1, Anywhere | Fast, "2.6.0", "Tells the node's clock.", _server.Now, "O(1)", Varying),
            Row("ROLE", 1, Anywhere | Fast | NoScript | Dangerous, "2.8.12", "Tells the node's part in replication.",
                ServerCommands.Role, "O(1)"),
            Row("SAVE", 1, Operator | NoMulti | NoAsyncLoading, "1.0.0", "Brings the store up to date.", _save.Save),
            Row("BGSAVE", -1, Operator | NoAsyncLoading, "1.0.0", "Starts a checkpoint.", _save.SaveInBackground,
                "O(1)"),
            Row("LASTSAVE", 1, Anywhere | Fast | Dangerous, "1.0.0", "Tells when the last checkpoint ended.",
                _save.LastSave, "O(1)", Varying),
            Row("BGREWRITEAOF", 1, Operator | NoAsyncLoading, "1.0.0",
                "Starts a checkpoint, after which the journal drops what is in the store.", _save.RewriteLog, "O(1)"),
            Row("SHUTDOWN", -1, Operator | Anywhere | NoMulti, "1.0.0", "Stops the node in order.", _server.Shutdown),
            Row("SWAPDB", 3, Write | Fast | Dangerous, "4.0.0", "Would swap two databases; there is only one.",
                ServerCommands.SwapDatabases, "O(1)"),
            Row("LOLWUT", -1, ReadOnly | Fast, "5.0.0", "Draws a picture.", Rumour.Show, "O(1)"),
            Row("WAIT", 3, NoScript, "3.0.0", "Waits until replicas have what the connection wrote.",
                _wait.ForReplicas, "O(1)", "request_policy:all_shards", "response_policy:agg_min"),
            Row("WAITAOF", 4, NoScript, "7.2.0", "Waits until what the connection wrote is safe on disk.",
                _wait.ForDisks, "O(1)", "request_policy:all_shards", "response_policy:agg_min"));
        RegisterModule(registry);
    }

    private void RegisterModule(IModuleRegistry registry) => registry.AddCommands(
        Row("MODULE|LIST", 2, Operator, "4.0.0", "Lists the modules.", _server.ListModules,
            "O(N) where N is the number of modules.", "nondeterministic_output_order"),
        Row("MODULE|LOAD", -3, Operator | NoAsyncLoading, "4.0.0", "Says where modules are chosen.",
            ServerCommands.RefuseModule, "O(1)"),
        Row("MODULE|LOADEX", -3, Operator | NoAsyncLoading, "7.0.0", "Says where modules are chosen.",
            ServerCommands.RefuseModule, "O(1)"),
        Row("MODULE|UNLOAD", 3, Operator | NoAsyncLoading, "4.0.0", "Says where modules are chosen.",
            ServerCommands.RefuseModule, "O(1)"),
        Row("MODULE|HELP", 2, Anywhere, "5.0.0", "Explains the subcommands.", HelpText.For("MODULE",
            ("LIST", "Return a list of loaded modules."),
            ("LOAD | LOADEX | UNLOAD", "Say that modules are chosen in modules.json."))));

    private void RegisterCommand(IModuleRegistry registry) => registry.AddCommands(
        Row("COMMAND", -1, Anywhere, "2.8.13", "Describes all commands.", _queries.All,
            "O(N) where N is the number of commands."),
        Row("COMMAND|COUNT", 2, Anywhere, "2.8.13", "Counts the commands.", _queries.Count, "O(1)"),
        Row("COMMAND|INFO", -2, Anywhere, "2.8.13", "Describes some commands.", _queries.Info,
            "O(N) where N is the number of commands to look up."),
        Row("COMMAND|DOCS", -2, Anywhere, "7.0.0", "Tells what commands do.", _queries.Docs,
            "O(N) where N is the number of commands to look up."),
        Row("COMMAND|LIST", -2, Anywhere, "7.0.0", "Lists command names.", _queries.List,
            "O(N) where N is the number of commands."),
        Row("COMMAND|GETKEYS", -3, Anywhere, "2.8.13", "Finds the keys in a command.", _queries.GetKeys,
            "O(N) where N is the number of arguments."),
        Row("COMMAND|GETKEYSANDFLAGS", -3, Anywhere, "7.0.0", "Finds the keys in a command and how it uses them.",
            _queries.GetKeysAndFlags, "O(N) where N is the number of arguments."),
        Row("COMMAND|HELP", 2, Anywhere, "5.0.0", "Explains the subcommands.", HelpText.For("COMMAND",
            ("(no subcommand)", "Return details about all commands."),
            ("COUNT", "Return the number of commands."),
            ("LIST [FILTERBY (MODULE|ACLCAT|PATTERN) <value>]", "Return the names of commands."),
            ("INFO [<command-name> ...]", "Return details about commands, all of them when none is named."),
            ("DOCS [<command-name> ...]", "Return documentation of commands, all of them when none is named."),
            ("GETKEYS <full-command>", "Return the keys of a full command."),
            ("GETKEYSANDFLAGS <full-command>", "Return the keys of a full command with their access flags."))));

    private void RegisterConfig(IModuleRegistry registry) => registry.AddCommands(
        Row("CONFIG|GET", -3, Operator | Anywhere, "2.0.0", "Tells parameters.", _config.Get,
            "O(N) where N is the number of parameters."),
        Row("CONFIG|SET", -4, Operator | Anywhere, "2.0.0", "Changes parameters, all of those given or none.",
            _config.Set, "O(N) where N is the number of parameters given."),
        Row("CONFIG|RESETSTAT", 2, Operator | Anywhere, "2.0.0", "Sets the figures of INFO to zero.",
            _config.ResetStatistics, "O(1)"),
        Row("CONFIG|REWRITE", 2, Operator | Anywhere, "2.8.0", "Writes changed settings into modules.json.",
            _rewrite.WriteChanged, "O(1)"),
        Row("CONFIG|HELP", 2, Anywhere, "5.0.0", "Explains the subcommands.", HelpText.For("CONFIG",
            ("GET <pattern> [<pattern> ...]", "Return parameters matching the glob-like patterns and their values."),
            ("SET <directive> <value> [<directive> <value> ...]", "Set parameters, all of them or none."),
            ("RESETSTAT", "Reset statistics reported by the INFO command."),
            ("REWRITE", "Write what CONFIG SET and ACL changed into modules.json."))));

    private static CommandSpec Row(
        string name, int arity, CommandFlags flags, string since, string summary, CommandHandler handler,
        string complexity = "", params IReadOnlyList<string> tips) => new(name, arity, flags, KeySpec.None, handler)
        {
            Group = name is "WAIT" or "WAITAOF" ? "generic" : "server",
            Since = since,
            Summary = summary,
            Complexity = complexity,
            Tips = tips,
            Categories = name switch
            {
                "DBSIZE" or "FLUSHALL" or "FLUSHDB" or "SWAPDB" => ["keyspace"],
                "WAIT" or "WAITAOF" => ["connection"],
                "LASTSAVE" or "ROLE" => ["admin", "dangerous"],
                _ when name.StartsWith("COMMAND", StringComparison.Ordinal) => ["connection"],
                _ => null,
            },
        };
}
