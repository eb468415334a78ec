using Marekvs.Host.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Marekvs.Host.Startup;

/// <summary>The log: one line a message on the console.</summary>
internal static class NodeLogging
{
    public static void Configure(ILoggingBuilder logging, NodeSettings settings, TimeProvider time)
    {
        logging.Services.AddSingleton(time);
        logging.SetMinimumLevel(settings.Get(SettingTable.LogFrom));
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddConsole(console => console.FormatterName = LineFormatter.FormatterName);
        logging.AddConsoleFormatter<LineFormatter, Microsoft.Extensions.Logging.Console.ConsoleFormatterOptions>();
    }
}
