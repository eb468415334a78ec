using Marekvs.Abstractions;
using Marekvs.Abstractions.Commands;

namespace Marekvs.Host.Commands;

/// <summary>Every command of the node; does not change once the node serves.</summary>
internal sealed class CommandTable
{
    private readonly NameIndex<CommandEntry> _index;
    private readonly List<CommandEntry> _commands;

    /// <summary>Builds the table.</summary>
    /// <param name="rows">The rows with the modules that brought them, each name once.</param>
    public CommandTable(IEnumerable<ModuleRow> rows)
    {
        Dictionary<string, CommandEntry> commands = new(StringComparer.Ordinal);
        List<CommandEntry> subcommands = [];
        foreach (ModuleRow row in rows)
        {
            CommandEntry entry = new(row.Spec, row.Module);
            if (row.Spec.Name.Contains('|', StringComparison.Ordinal))
            {
                subcommands.Add(entry);
            }
            else
            {
                commands.Add(row.Spec.Name, entry);
            }
        }

        foreach (CommandEntry subcommand in subcommands)
        {
            string name = subcommand.Spec.Name;
            string container = name[..name.IndexOf('|', StringComparison.Ordinal)];
            if (!commands.TryGetValue(container, out CommandEntry? entry))
            {
                entry = new CommandEntry(ContainerOf(container, subcommand.Spec), subcommand.Module, isImplied: true);
                commands.Add(container, entry);
            }

            entry.AddSubcommand(subcommand);
        }

        _commands = [.. commands.Values.OrderBy(entry => entry.Spec.Name, StringComparer.Ordinal)];
        _commands.ForEach(entry => entry.IndexSubcommands());
        _index = new NameIndex<CommandEntry>(commands);
        foreach (CommandEntry entry in All)
        {
            entry.Index = Count++;
        }
    }

    /// <summary>How many commands and subcommands there are.</summary>
    public int Count { get; }

    /// <summary>The commands by name; subcommands are found in their containers.</summary>
    public IReadOnlyList<CommandEntry> Commands => _commands;

    /// <summary>The commands and all subcommands.</summary>
    public IEnumerable<CommandEntry> All =>
        _commands.SelectMany(entry => entry.Subcommands.Prepend(entry));

    /// <summary>Finds a command or a container by its name alone.</summary>
    /// <param name="name">The name in any case, without a subcommand.</param>
    public CommandEntry? Find(ReadOnlySpan<byte> name) => _index.Find(name);

    /// <summary>Finds <c>get</c> or <c>config|get</c>.</summary>
    /// <param name="name">The name in any case.</param>
    public CommandEntry? FindByName(string name)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(name);
        int bar = name.IndexOf('|', StringComparison.Ordinal);
        return bar < 0 ? Find(bytes) : Find(bytes.AsSpan(0, bar))?.SubcommandIndex?.Find(bytes.AsSpan(bar + 1));
    }

    /// <summary>Finds what a client asked for, the subcommand included.</summary>
    /// <param name="args">At least a name.</param>
    /// <param name="container">The container when its subcommand is unknown, else null.</param>
    /// <returns>The row, or null.</returns>
    public CommandEntry? Find(CommandArgs args, out CommandEntry? container)
    {
        container = null;
        CommandEntry? entry = _index.Find(args[0]);
        if (entry?.SubcommandIndex is null || args.Count == 1)
        {
            return entry;
        }

        container = entry;
        return entry.SubcommandIndex.Find(args[1]);
    }

    private static CommandSpec ContainerOf(string name, CommandSpec first) =>
        new(name, -2, CommandFlags.None, KeySpec.None, NeverRuns)
        {
            Summary = $"A container for {name.ToLowerInvariant()} commands.",
            Since = first.Since,
            Group = first.Group,
            Complexity = "Depends on subcommand.",
        };

    private static Reply NeverRuns(in CommandCall call) =>
        throw new InvariantException("a container without a handler of its own is never run");
}

/// <summary>A command row and where it came from.</summary>
/// <param name="Module">The module.</param>
/// <param name="Spec">The row.</param>
internal readonly record struct ModuleRow(string Module, CommandSpec Spec);
