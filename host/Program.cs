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
    var logging = NodeLogging.Open(settings, time);
    using ILoggerFactory logs = logging.Factory;
    await using NodeBlueprint blueprint = NodeBlueprint.Draw(settings, logs, time, mistakes);
    logging.Follow(blueprint.Server.Live);
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
