using System.Collections;
using Marekvs.Host.Settings;
using Marekvs.Host.Startup;
using Microsoft.Extensions.Logging;

Dictionary<string, string> environment = Environment.GetEnvironmentVariables()
    .Cast<DictionaryEntry>()
    .ToDictionary(v => (string)v.Key, v => (string?)v.Value ?? "", StringComparer.Ordinal);
return await CommandLine.RunAsync(args, environment, LaunchAsync);

async Task<int> LaunchAsync(LaunchOptions options)
{
    const int Fine = 0;
    const int StartFailed = 1;
    const int ConfigurationMistakes = 2;

    TimeProvider time = TimeProvider.System;
    List<string> mistakes = [];
    NodeSettings settings = SettingsReader.Read(options.ConfigFile, environment, mistakes);
    using ILoggerFactory logs = LoggerFactory.Create(logging => NodeLogging.Configure(logging, settings, time));
    await using NodeBlueprint blueprint = NodeBlueprint.Draw(settings, logs, time, mistakes);
    if (mistakes.Count > 0)
    {
        await Console.Error.WriteLineAsync(
            $"marekvs cannot start, for the configuration has mistakes: {mistakes.Count}");
        mistakes.ForEach(mistake => Console.Error.WriteLine($"  - {mistake}"));
        return ConfigurationMistakes;
    }

    if (options.CheckOnly)
    {
        Console.WriteLine($"{options.ConfigFile} is fine");
        return Fine;
    }

    try
    {
        SocketEngine.Tune(environment, settings.SocketThreads);
        blueprint.Server.Lifetime.ListenForSignals(time);
        await using Node node = await Node.StartAsync(blueprint, options.RepairJournal);
        await node.RunAsync();
        return Fine;
    }
    catch (StartException e)
    {
        await Console.Error.WriteLineAsync($"marekvs cannot start: {e.Message}");
        return StartFailed;
    }
}
