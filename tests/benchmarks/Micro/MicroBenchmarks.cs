using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Marekvs.Benchmarks.Micro;

/// <summary>Runs the micro-benchmarks: what each step on the way of a command costs by itself.</summary>
internal static class MicroBenchmarks
{
    private static readonly Type[] All =
    [
        typeof(ReaderBenchmarks), typeof(CommandTableBenchmarks), typeof(CodecBenchmarks),
        typeof(JournalBenchmarks), typeof(KeyspaceBenchmarks), typeof(TreeBenchmarks),
    ];

    public static void Run(Options options)
    {
        string filter = options.Text("filter", "");
        options.RejectUnknown();
        Type[] chosen = [.. All.Where(type => type.Name.Contains(filter, StringComparison.OrdinalIgnoreCase))];
        if (chosen.Length == 0)
        {
            throw new OptionException($"--filter {filter} fits none of {string.Join(", ", All.Select(t => t.Name))}");
        }

        // In this process: the project that BenchmarkDotNet would generate does not see internal types.
        IConfig config = ManualConfig.CreateEmpty()
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(ConsoleLogger.Default)
            .AddExporter(MarkdownExporter.GitHub)
            .WithArtifactsPath(Path.Combine(AppContext.BaseDirectory, "results"));
        foreach (Type type in chosen)
        {
            BenchmarkRunner.Run(type, config);
        }
    }
}
