using BenchmarkDotNet.Attributes;
using Marekvs.Host.Commands;
using Marekvs.Modules.Strings;
using Marekvs.Testing;

namespace Marekvs.Benchmarks.Micro;

/// <summary>Finding a command's row by the bytes of its name.</summary>
public class CommandTableBenchmarks
{
    private readonly CommandTable _table =
        new(new ModuleTable([new StringsModule()]).Commands.Select(spec => new ModuleRow("strings", spec)));

    [Benchmark]
    public object? Known() => _table.Find("get"u8);

    [Benchmark]
    public object? Unknown() => _table.Find("nosuchcommand"u8);
}
