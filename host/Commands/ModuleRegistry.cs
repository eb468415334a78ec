using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Modules;
using Marekvs.Abstractions.Records;
using Marekvs.Storage.Engine;

namespace Marekvs.Host.Commands;

/// <summary>
/// Takes what modules register and remembers which module brought what. Names that collide are collected, so that a
/// start which has to stop can name them all.
/// </summary>
internal sealed class ModuleRegistry
{
    private readonly Dictionary<string, ModuleRow> _rows = new(StringComparer.Ordinal);
    private readonly List<ModuleRow> _ordered = [];
    private readonly List<string> _collisions = [];

    /// <summary>The key types of all modules.</summary>
    public KeyTypeCatalog Types { get; } = new();

    /// <summary>What modules claim twice, in words.</summary>
    public IReadOnlyList<string> Collisions => _collisions;

    /// <summary>The rows in the order of registration.</summary>
    public IReadOnlyList<ModuleRow> Rows => _ordered;

    /// <summary>Lets a module register.</summary>
    /// <param name="module">The module.</param>
    public void Register(IModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        module.Register(new Registration(this, module.Name));
    }

    /// <summary>Builds the table of all commands.</summary>
    public CommandTable ToTable() => new(_ordered);

    private void Add(ModuleRow row)
    {
        if (_rows.TryAdd(row.Spec.Name, row))
        {
            _ordered.Add(row);
            return;
        }

        string first = _rows[row.Spec.Name].Module;
        _collisions.Add(first == row.Module
            ? $"module '{first}' registers the command {row.Spec.Name} twice"
            : $"modules '{first}' and '{row.Module}' both claim the command {row.Spec.Name}");
    }

    /// <summary>The face one module sees.</summary>
    private sealed class Registration(ModuleRegistry owner, string module) : IModuleRegistry
    {
        public void AddCommands(params ReadOnlySpan<CommandSpec> commands)
        {
            foreach (CommandSpec spec in commands)
            {
                owner.Add(new ModuleRow(module, spec));
            }
        }

        public void AddKeyType(KeyType type)
        {
            if (owner.Types.TryAdd(type) is string collision)
            {
                owner._collisions.Add($"module '{module}', key type '{type.Name}': {collision}");
            }
        }
    }
}
