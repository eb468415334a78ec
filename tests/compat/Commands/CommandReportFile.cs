using System.Reflection;
using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.Compat.Commands;

/// <summary>COMMANDS.md at the root of the repository.</summary>
internal static class CommandReportFile
{
    public static string FilePath { get; } = Assembly.GetExecutingAssembly()
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "CommandReport").Value!;

    /// <summary>Asks a node with all the modules of the distribution.</summary>
    public static async Task<CommandReport> CreateAsync()
    {
        using var data = new TemporaryDirectory();
        using NodeProcess node = await NodeProcess.StartAsync(new NodeSettings { DataDirectory = data.Path });
        using RespClient client = node.Connect();
        return new CommandReport(client, RedisCommand.ReadAll(), CommandReport.ReadReasons());
    }

    public static async Task<int> WriteAsync()
    {
        Console.SetOut(TextWriter.Null);
        CommandReport report = await CreateAsync();
        await File.WriteAllTextAsync(FilePath, report.ToString());
        return 0;
    }
}
