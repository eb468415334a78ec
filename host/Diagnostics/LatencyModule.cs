using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Modules;
using Marekvs.Host.Builtins;
using static Marekvs.Abstractions.Commands.CommandFlags;
using static Marekvs.Abstractions.Commands.CommandRows;

namespace Marekvs.Host.Diagnostics;

/// <summary>The rows of LATENCY.</summary>
internal sealed class LatencyModule(ServerContext server) : IModule
{
    private const CommandFlags Operator = Admin | NoScript | Loading | Stale;

    private static readonly string[] OneFromEachNode =
        ["nondeterministic_output", "request_policy:all_nodes", "response_policy:special"];

    private readonly LatencyCommands _commands = new(server);

    /// <inheritdoc/>
    public string Name => "latency";

    /// <inheritdoc/>
    public void Register(IModuleRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddCommands(
            "server",
            Row("LATENCY|DOCTOR", 2, Operator, _commands.Doctor, "2.8.13", "O(1)",
                "Says what the long events were and what may help.", OneFromEachNode),
            Row("LATENCY|GRAPH", 3, Operator, _commands.Graph, "2.8.13", "O(1)",
                "Draws the newest samples of an event.", OneFromEachNode),
            Row("LATENCY|HISTOGRAM", -2, Operator, _commands.Histogram, "7.0.0",
                "O(N) where N is the number of commands with a histogram.",
                "Tells how often commands took how long.", OneFromEachNode),
            Row("LATENCY|HISTORY", 3, Operator, _commands.History, "2.8.13", "O(1)",
                "Tells the newest samples of an event.", OneFromEachNode),
            Row("LATENCY|LATEST", 2, Operator, _commands.Latest, "2.8.13", "O(1)",
                "Tells the newest sample of every event.", OneFromEachNode),
            Row("LATENCY|RESET", -2, Operator, _commands.Reset, "2.8.13", "O(1)",
                "Forgets the samples of events.", "request_policy:all_nodes", "response_policy:all_succeeded"),
            Row("LATENCY|HELP", 2, Loading | Stale, Help, "2.8.13", "O(1)",
                "Explains the subcommands."));
    }

    private static CommandHandler Help { get; } = HelpText.For("LATENCY",
        ("DOCTOR", "Return a report of long events for people."),
        ("GRAPH <event>", "Return a drawing of the newest samples of an event."),
        ("HISTORY <event>", "Return the newest samples of an event: time and milliseconds."),
        ("LATEST", "Return the newest sample and the longest of every event."),
        ("RESET [<event> ...]", "Forget the samples of events, of all when none is named."),
        ("HISTOGRAM [<command> ...]", "Return how many calls ended within 1, 2, 4 ... microseconds, of all commands " +
            "when none is named."));
}
