using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Modules;
using Marekvs.Host.Builtins;
using static Marekvs.Abstractions.Commands.CommandFlags;
using static Marekvs.Abstractions.Commands.CommandRows;

namespace Marekvs.Host.Diagnostics;

/// <summary>The rows of MEMORY.</summary>
internal sealed class MemoryModule(ServerContext server, RateSampler sampler) : IModule
{
    private static readonly string[] OneFromEachShard =
        ["nondeterministic_output", "request_policy:all_shards", "response_policy:special"];

    private readonly MemoryCommands _commands = new(server, sampler);

    /// <inheritdoc/>
    public string Name => "memory";

    /// <inheritdoc/>
    public void Register(IModuleRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddCommands(
            "server",
            Row("MEMORY|DOCTOR", 2, None, _commands.Doctor, "4.0.0", "O(1)",
                "Says what is noticeable about memory.", OneFromEachShard),
            Row("MEMORY|MALLOC-STATS", 2, None, MemoryCommands.Collector, "4.0.0", "Depends on the heap.",
                "Shows figures of the memory manager.", OneFromEachShard),
            Row("MEMORY|PURGE", 2, None, MemoryCommands.Purge, "4.0.0", "Depends on the heap.",
                "Gives memory that is not needed back.", "request_policy:all_shards", "response_policy:all_succeeded"),
            Row("MEMORY|STATS", 2, None, _commands.Statistics, "4.0.0", "O(1)",
                "Shows what takes memory.", OneFromEachShard),
            Row("MEMORY|USAGE", -3, ReadOnly, KeySpec.Range(2, 2).Used(KeyUse.RO), MemoryCommands.Usage, "4.0.0",
                "O(1)",
                "Tells how much memory a key takes."),
            Row("MEMORY|HELP", 2, Loading | Stale, Help, "4.0.0", "O(1)",
                "Explains the subcommands."));
    }

    private static CommandHandler Help { get; } = HelpText.For("MEMORY",
        ("DOCTOR", "Return what is noticeable about memory, for people."),
        ("MALLOC-STATS", "Return figures of the memory manager."),
        ("PURGE", "Collect garbage and give memory back to the system."),
        ("STATS", "Return what takes memory."),
        ("USAGE <key> [SAMPLES <count>]", "Return the bytes of memory that a key takes now. Every element is counted, " +
            "so that there is nothing to sample."));
}
