using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Marekvs.Host.Settings;

namespace Marekvs.Host.Startup;

/// <summary>What the command line says; settings live in the file and the environment.</summary>
/// <param name="ConfigFile">The configuration file.</param>
/// <param name="CheckOnly">Check the configuration and stop.</param>
/// <param name="RepairJournal">Cut the journal where it is damaged.</param>
internal sealed record LaunchOptions(string ConfigFile, bool CheckOnly, bool RepairJournal);

/// <summary>Reads the command line.</summary>
internal static class CommandLine
{
    /// <summary>Runs the program.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="environment">The environment variables.</param>
    /// <param name="launch">Runs a node.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(
        string[] args, IReadOnlyDictionary<string, string> environment, Func<LaunchOptions, Task<int>> launch)
    {
        var config = new Option<string?>("--config")
        {
            Description = $"The configuration file; wins over {SettingTable.ConfigVariable}.",
        };
        var check = new Option<bool>("--check-config") { Description = "Check configuration and plugins, then stop." };
        var repair = new Option<bool>("--repair-journal")
        {
            Description = "Cut a damaged journal at the damage; what follows is set aside and lost to this node.",
        };
        var root = new RootCommand("Marekvs: a distributed key-value database that speaks Redis's protocol.")
        {
            config, check, repair,
        };
        root.SetAction(parsed => launch(new LaunchOptions(
            Path.GetFullPath(parsed.GetValue(config) ?? FileFrom(environment)),
            parsed.GetValue(check),
            parsed.GetValue(repair))));
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithSettings((HelpAction)help.Action!);

        // Signals are the node's own business: it stops in order and takes the time it needs.
        return root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }

    private static string FileFrom(IReadOnlyDictionary<string, string> environment) =>
        environment.GetValueOrDefault(SettingTable.ConfigVariable) ??
        Path.Combine(AppContext.BaseDirectory, "modules.json");

    private sealed class HelpWithSettings(HelpAction standard) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            int code = standard.Invoke(parseResult);
            parseResult.InvocationConfiguration.Output.Write(SettingsHelp.Describe());
            return code;
        }
    }
}
