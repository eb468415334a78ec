using Marekvs.Host.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Marekvs.Host.Startup;

/// <summary>The log: one line a message on the console.</summary>
internal sealed class NodeLogging
{
    private volatile LogLevel _from;

    private NodeLogging(NodeSettings settings, TimeProvider time)
    {
        _from = settings.Get(SettingTable.LogFrom);
        Factory = LoggerFactory.Create(logging =>
        {
            logging.Services.AddSingleton(time);
            logging.SetMinimumLevel(LogLevel.Trace);
            logging.AddFilter(level => level >= _from);
            logging.AddFilter("Microsoft", LogLevel.Warning);
            logging.AddConsole(console => console.FormatterName = LineFormatter.FormatterName);
            logging.AddConsoleFormatter<LineFormatter, Microsoft.Extensions.Logging.Console.ConsoleFormatterOptions>();
        });
    }

    public ILoggerFactory Factory { get; }

    /// <summary>Opens the log.</summary>
    public static NodeLogging Open(NodeSettings settings, TimeProvider time) => new(settings, time);

    /// <summary>Lets the log follow a setting that changes while the node runs.</summary>
    public void Follow(LiveSettings live) => live.LogFromChanged = from => _from = from;
}
