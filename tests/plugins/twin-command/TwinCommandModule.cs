using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Modules;
using Marekvs.TestPlugin.TwinCommand;

[assembly: MarekvsPlugin(typeof(TwinCommandModule))]

namespace Marekvs.TestPlugin.TwinCommand;

/// <summary>Claims a command that the tally module and one that the host has.</summary>
public sealed class TwinCommandModule : IModule
{
    public string Name => "twin-command";

    public void Register(IModuleRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddCommands(
            new CommandSpec("TALLY.ADD", 1, CommandFlags.None, KeySpec.None, Answer),
            new CommandSpec("PING", 1, CommandFlags.None, KeySpec.None, Answer));
    }

    private static Reply Answer(in CommandCall call) => Reply.Ok;
}
