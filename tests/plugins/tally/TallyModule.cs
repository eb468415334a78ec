using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Modules;
using Marekvs.Abstractions.Records;
using Marekvs.TestPlugin.Tally;

[assembly: MarekvsPlugin(typeof(TallyModule), typeof(KeepsakeProvider))]

namespace Marekvs.TestPlugin.Tally;

/// <summary>
/// A command family a third party could bring: a tally counts things by name. It is told from every other type, counts
/// exactly on all nodes, and one of its commands waits.
/// </summary>
public sealed class TallyModule(TimeProvider time) : IModule
{
    public static readonly RecordKind Kind = new(130, "tally entry");

    public static readonly KeyType Type = new("tally", order: 130, isSingle: false, _ => "tree", Kind);

    public string Name => "tally";

    public void Register(IModuleRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);

        // Given by the host's container, as any service of a plugin would be.
        ArgumentNullException.ThrowIfNull(time);
        registry.AddKeyType(Type);
        registry.AddCommands(
            Row("TALLY.ADD", 4, CommandFlags.Write | CommandFlags.DenyOom, TallyCommands.Add),
            Row("TALLY.GET", 3, CommandFlags.ReadOnly | CommandFlags.Fast, TallyCommands.Get),
            Row("TALLY.LEN", 2, CommandFlags.ReadOnly | CommandFlags.Fast, TallyCommands.Length),
            Row("TALLY.POP", 2, CommandFlags.Write | CommandFlags.Fast, TallyCommands.Pop),
            Row("TALLY.BPOP", 3, CommandFlags.Write | CommandFlags.Blocking, TallyCommands.BlockingPop));
    }

    private static CommandSpec Row(string name, int arity, CommandFlags flags, CommandHandler handler) =>
        new(name, arity, flags, KeySpec.One, handler) { Group = "tally", Summary = "Works on a tally." };
}
