using Marekvs.Compat.Commands;
using Marekvs.Compat.Suite;
using Microsoft.Testing.Platform.Builder;

namespace Marekvs.Compat;

/// <summary>The tests of this folder, or one of its tools: <c>suite</c> runs units of Redis's test suite,
/// <c>commands</c> writes COMMANDS.md.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args) => args switch
    {
        ["suite", .. string[] rest] => await SuiteTool.RunAsync(rest),
        ["commands"] => await CommandReportFile.WriteAsync(),
        _ => await RunTestsAsync(args),
    };

    private static async Task<int> RunTestsAsync(string[] args)
    {
        ITestApplicationBuilder builder = await TestApplication.CreateBuilderAsync(args);
        SelfRegisteredExtensions.AddSelfRegisteredExtensions(builder, args);
        using ITestApplication application = await builder.BuildAsync();
        return await application.RunAsync();
    }
}
