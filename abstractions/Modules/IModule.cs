using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;

namespace Marekvs.Abstractions.Modules;

/// <summary>
/// A command family: a name, key types and command rows. A module is data plus functions; it has no lifecycle. The
/// host finds it by the assembly attribute, makes one instance through dependency injection and registers it once.
/// </summary>
public interface IModule
{
    /// <summary>The name <c>modules.json</c> uses.</summary>
    string Name { get; }

    /// <summary>Registers what the module brings.</summary>
    /// <param name="registry">Takes the rows.</param>
    void Register(IModuleRegistry registry);
}

/// <summary>The verbs a module has; what is missing here cannot be misused.</summary>
public interface IModuleRegistry
{
    /// <summary>Adds command rows. A name that another module has claimed stops the start.</summary>
    /// <param name="commands">The rows.</param>
    void AddCommands(params ReadOnlySpan<CommandSpec> commands);

    /// <summary>Adds a key type with its record kinds. A tag, name or order in use stops the start.</summary>
    /// <param name="type">The type.</param>
    void AddKeyType(KeyType type);
}

/// <summary>Names the types a plugin assembly exports: modules, storage providers, cluster providers.</summary>
/// <param name="types">Public classes that implement <see cref="IModule"/>, <c>IStorageProvider</c> or
/// <c>IClusterProvider</c>.</param>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class MarekvsPluginAttribute(params Type[] types) : Attribute
{
    /// <summary>The exported types.</summary>
    public IReadOnlyList<Type> Types { get; } = types;
}
