using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Modules;

namespace Marekvs.Testing;

/// <summary>FLUSHALL and DBSIZE, which the host brings, for tests without a host.</summary>
public sealed class FlushModule : IModule
{
    public string Name => "flush";

    public void Register(IModuleRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddCommands(
            new CommandSpec("FLUSHALL", 1, CommandFlags.Write | CommandFlags.WholeKeyspace, KeySpec.None, Flush),
            new CommandSpec("DBSIZE", 1, CommandFlags.ReadOnly, KeySpec.None, Size));
    }

    private static Reply Flush(in CommandCall call)
    {
        call.Keyspace.FlushAll();
        return Reply.Ok;
    }

    private static Reply Size(in CommandCall call) => Reply.Integer(call.Keyspace.KeyCount);
}
