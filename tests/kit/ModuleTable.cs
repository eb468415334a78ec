using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Modules;
using Marekvs.Abstractions.Records;
using Marekvs.Storage.Engine;

namespace Marekvs.Testing;

/// <summary>What some modules registered, found by name as the host finds it.</summary>
public sealed class ModuleTable : IModuleRegistry
{
    private readonly Dictionary<string, CommandSpec> _commands = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Registers modules.</summary>
    /// <param name="modules">The modules.</param>
    /// <exception cref="InvalidOperationException">Two of them claim the same thing.</exception>
    public ModuleTable(params ReadOnlySpan<IModule> modules)
    {
        foreach (IModule module in modules)
        {
            module.Register(this);
        }
    }

    /// <summary>The key types.</summary>
    public KeyTypeCatalog Types { get; } = new();

    /// <summary>All rows, subcommands included.</summary>
    public IReadOnlyCollection<CommandSpec> Commands => _commands.Values;

    /// <inheritdoc/>
    public void AddCommands(params ReadOnlySpan<CommandSpec> commands)
    {
        foreach (CommandSpec command in commands)
        {
            _commands.Add(command.Name, command);
        }
    }

    /// <inheritdoc/>
    public void AddKeyType(KeyType type)
    {
        if (Types.TryAdd(type) is string collision)
        {
            throw new InvalidOperationException(collision);
        }
    }

    /// <summary>Whether a name only stands before subcommands.</summary>
    /// <param name="name">The name in any case.</param>
    public bool IsContainer(string name) => !_commands.ContainsKey(name) &&
        _commands.Keys.Any(row => row.StartsWith($"{name}|", StringComparison.OrdinalIgnoreCase));

    /// <summary>Finds the row of a command, the subcommand's where there is one.</summary>
    /// <param name="args">The command.</param>
    /// <returns>The row, or null.</returns>
    public CommandSpec? Find(IReadOnlyList<string> args)
    {
        ArgumentNullException.ThrowIfNull(args);
        return args.Count > 1 && _commands.TryGetValue($"{args[0]}|{args[1]}", out CommandSpec? subcommand)
            ? subcommand
            : _commands.GetValueOrDefault(args[0]);
    }
}
