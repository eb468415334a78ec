using Marekvs.Abstractions.Modules;

namespace Marekvs.Abstractions.Commands;

/// <summary>How the table of a command family is written: a row is one expression, and what all rows share is said once.
/// </summary>
public static class CommandRows
{
    /// <summary>A row.</summary>
    /// <param name="name">Redis's name in capitals.</param>
    /// <param name="arity">Number of arguments with the name; negative: at least that many.</param>
    /// <param name="flags">What the host must know.</param>
    /// <param name="keys">Which arguments are keys.</param>
    /// <param name="handler">Runs it.</param>
    /// <param name="since">The Redis version that introduced it.</param>
    /// <param name="complexity">Time complexity in words.</param>
    /// <param name="summary">One line of what it does.</param>
    /// <param name="tips">Redis's command tips.</param>
    public static CommandSpec Row(
        string name,
        int arity,
        CommandFlags flags,
        KeySpec keys,
        CommandHandler handler,
        string since,
        string complexity,
        string summary,
        params string[] tips) =>
        new(name, arity, flags, keys, handler)
        {
            Since = since,
            Complexity = complexity,
            Summary = summary,
            Tips = tips,
        };

    /// <summary>A row of a command that has no keys.</summary>
    /// <inheritdoc cref="Row(string, int, CommandFlags, KeySpec, CommandHandler, string, string, string, string[])"/>
    public static CommandSpec Row(
        string name,
        int arity,
        CommandFlags flags,
        CommandHandler handler,
        string since,
        string complexity,
        string summary,
        params string[] tips) =>
        Row(name, arity, flags, KeySpec.None, handler, since, complexity, summary, tips);

    /// <summary>Adds the rows of one group.</summary>
    /// <param name="registry">Takes them.</param>
    /// <param name="group">Redis's name of the group.</param>
    /// <param name="rows">The rows.</param>
    public static void AddCommands(
        this IModuleRegistry registry, string group, params ReadOnlySpan<CommandSpec> rows)
    {
        ArgumentNullException.ThrowIfNull(registry);
        foreach (CommandSpec row in rows)
        {
            registry.AddCommands(row.In(group));
        }
    }
}
