using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Modules;
using Marekvs.Modules.HyperLogLogs;
using static Marekvs.Abstractions.Commands.CommandFlags;
using static Marekvs.Abstractions.Commands.CommandRows;
using static Marekvs.Abstractions.Commands.KeyUse;

[assembly: MarekvsPlugin(typeof(HyperLogLogModule))]

namespace Marekvs.Modules.HyperLogLogs;

/// <summary>The HyperLogLog commands, which work on strings.</summary>
public sealed class HyperLogLogModule : IModule
{
    /// <inheritdoc/>
    public string Name => "hyperloglog";

    /// <inheritdoc/>
    public void Register(IModuleRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.AddCommands(
            "hyperloglog",
            Row("PFADD", -2, Write | DenyOom | Fast, KeySpec.One.Used(RW | Insert), SketchCommands.Add, "2.8.9",
                "O(1) for each element.",
                "Adds elements to a HyperLogLog; creates it when absent."),
            Row("PFCOUNT", -2, ReadOnly, KeySpec.All.Used(RW | Access), SketchCommands.Count, "2.8.9",
                "O(1) for one key; O(N) for N keys, each of which costs much more.",
                "Estimates how many different elements HyperLogLogs have together."),
            Row("PFMERGE", -2, Write | DenyOom, KeySpec.All.Used(RW | Access | Insert, RO | Access),
                SketchCommands.Merge, "2.8.9", "O(N) for N keys, each of which costs much.",
                "Merges HyperLogLogs into one."),
            Row("PFDEBUG", 3, Write | DenyOom | Admin, KeySpec.Range(2, 2).Used(RW | Access), SketchDebug.Answer,
                "2.8.9", "N/A",
                "Shows the inside of a HyperLogLog."),
            Row("PFSELFTEST", 1, Admin, SketchSelfTest.Answer, "2.8.9", "N/A",
                "Tests the arithmetic of HyperLogLogs."));
    }
}
