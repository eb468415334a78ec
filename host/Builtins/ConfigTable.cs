using System.Globalization;
using Marekvs.Host.Diagnostics;
using Marekvs.Host.Settings;
using Marekvs.Storage.Engine;
using Microsoft.Extensions.Logging;
using static Marekvs.Host.Builtins.ConfigParameter;

namespace Marekvs.Host.Builtins;

/// <summary>
/// The parameters of CONFIG GET and CONFIG SET. What this node has is answered under Redis's name by the setting that
/// means the same here, and can be changed while it runs; what it has in one way only is in <see cref="FixedParameters"/>.
/// </summary>
internal static class ConfigTable
{
    public static IReadOnlyList<ConfigParameter> Build(ServerContext server)
    {
        NodeSettings settings = server.Settings;
        LiveSettings live = server.Live;
        CallTimes times = server.Clients.CallTimes;
        ListenAddress listen = settings.Get(SettingTable.RespAddress);
        List<ConfigParameter> parameters =
        [
            Number("maxclients", () => live.MaxClients, v => live.MaxClients = (int)v, 1, int.MaxValue)
                with { Kept = SettingTable.ClientsMax },
            Number("timeout", () => live.TimeoutSeconds, v => live.TimeoutSeconds = (int)v, 0, int.MaxValue)
                with { Kept = SettingTable.IdleSeconds },
            Bytes("proto-max-bulk-len", () => live.ProtoMaxBulkLength, v => live.ProtoMaxBulkLength = v, 1 << 20)
                with { Kept = SettingTable.BulkBytesMax },
            Bytes("client-query-buffer-limit", () => live.QueryBufferLimit, v => live.QueryBufferLimit = v, 1 << 20)
                with { Kept = SettingTable.QueryBufferMax },
            Number("tracking-table-max-keys", () => live.TrackedKeysMax,
                v =>
                {
                    live.TrackedKeysMax = v;
                    server.Clients.Tracking.ForgetSome();
                },
                0, long.MaxValue),
            new("client-output-buffer-limit",
                () => OutputLimitText.Format(live.OutputLimits),
                (string value, out Action change) => SetOutputLimits(live, value, out change))
            { Kept = SettingTable.OutputBytesMax },
            YesNo("protected-mode", () => live.ProtectedMode, v => live.ProtectedMode = v)
                with { Kept = SettingTable.ProtectedMode },
            new("requirepass",
                () => live.RequirePass,
                (string value, out Action change) =>
                {
                    change = () => live.RequirePass = value;
                    return null;
                })
            { Kept = SettingTable.Password, IsSecret = true },
            new("aclfile", () => settings.AclFile),
            Number("acllog-max-len", () => live.AclLogLength, v => live.AclLogLength = v, 0, long.MaxValue)
                with { Kept = SettingTable.AclLogLength },
            Choice("acl-pubsub-default", ["allchannels", "resetchannels"],
                () => server.Clients.Users.AllowsChannelsAtFirst ? "allchannels" : "resetchannels",
                v => server.Clients.Users.AllowsChannelsAtFirst = v == "allchannels")
                with { Kept = SettingTable.AllowsChannelsAtFirst },
            new("maxmemory",
                () => Text(server.Keyspace.MemoryMax),
                (string value, out Action change) => SetMemory(server, value, out change))
            { Kept = SettingTable.MemoryMax },
            new("notify-keyspace-events",
                () => EventLetters.Format(server.Keyspace.EnabledEvents),
                (string value, out Action change) => SetEvents(server, value, out change))
            { Kept = SettingTable.Events },
            Number("slowlog-log-slower-than",
                () => times.SlowMicroseconds, v => times.SlowMicroseconds = v, -1, long.MaxValue)
                with { Kept = SettingTable.SlowMicroseconds },
            Number("slowlog-max-len", () => times.Slow.LengthMax, v => times.Slow.LengthMax = v, 0, long.MaxValue)
                with { Kept = SettingTable.SlowLogLength },
            Number("latency-monitor-threshold",
                () => times.LongMilliseconds, v => times.LongMilliseconds = v, 0, long.MaxValue)
                with { Kept = SettingTable.LongMilliseconds },
            YesNo("latency-tracking", () => times.CountsDurations, v => times.CountsDurations = v)
                with { Kept = SettingTable.CountsDurations },
            new("latency-tracking-info-percentiles",
                () => string.Join(' ', times.Percentiles.Select(LatencyProfile.NameOf)),
                (string value, out Action change) => SetPercentiles(times, value, out change))
            { Kept = SettingTable.Percentiles },
            Choice("loglevel", ["debug", "verbose", "notice", "warning"],
                () => RedisWordOf(live.LogFrom), v => live.LogFrom = LevelOf(v))
                with { Kept = SettingTable.LogFrom, Spelling = () => WordOf(live.LogFrom) },
            new("enable-debug-command",
                () => settings.Get(SettingTable.DebugCommand).ToString().ToLowerInvariant()),
            Fixed("appendfsync", settings.Get(SettingTable.Sync) switch
            {
                SyncMode.Always => "always",
                SyncMode.No => "no",
                _ => "everysec",
            }),
            UntilTheEnd("dir", () => settings.DataDirectory, "can't set protected config"),
            new("maxmemory-clients",
                static () => "0",
                (string value, out Action change) => SetClientMemory(value, out change)),
            UntilTheEnd("port", () => Text(server.RespEndPoint?.Port ?? listen.Port)),
            UntilTheEnd("bind", () => listen.Address?.ToString() ?? "*"),
            new("tcp-backlog", () => Text(settings.Get(SettingTable.Backlog))),
            new("io-threads", () => Text(settings.SocketThreads)),
            new("cluster-enabled", () => server.Cluster.IsDistributed ? "yes" : "no"),
        ];
        parameters.AddRange(FixedParameters.All);
        return parameters;
    }

    /// <summary>0 means "no limit" in Redis; here memory holds what is hot only, so it means the node's default.
    /// </summary>
    private static string? SetMemory(ServerContext server, string value, out Action change)
    {
        bool isSize = Abstractions.ProviderSettings.TryParseBytes(value, out long bytes);
        change = () => server.Keyspace.MemoryMax = bytes == 0 ? server.Settings.MemoryMax : bytes;
        return isSize ? null : "argument must be a memory value";
    }

    /// <summary>Clients are not evicted for memory: client-output-buffer-limit bounds each of them.</summary>
    private static string? SetClientMemory(string value, out Action change)
    {
        change = static () => { };
        return value == "0" ? null
            : value.EndsWith('%') && int.TryParse(value[..^1], CultureInfo.InvariantCulture, out int share) && share > 100
                ? "percentage argument must be less or equal to 100"
                : "this server has it as '0' and in no other way";
    }

    private static string? SetEvents(ServerContext server, string value, out Action change)
    {
        bool areLetters = EventLetters.TryParse(value, out Abstractions.Records.KeyspaceEvents events);
        change = () => server.Keyspace.EnabledEvents = events;
        return areLetters ? null : "Invalid event class character. Use 'Ag$lshzxeKEtmdn'.";
    }

    private static string RedisWordOf(LogLevel level) => level switch
    {
        LogLevel.Debug => "debug",
        LogLevel.Information => "notice",
        _ => "warning",
    };

    private static LogLevel LevelOf(string redisWord) => redisWord switch
    {
        "debug" or "verbose" => LogLevel.Debug,
        "notice" => LogLevel.Information,
        _ => LogLevel.Warning,
    };

    private static string WordOf(LogLevel level) =>
        level == LogLevel.Information ? "info" : level.ToString().ToLowerInvariant();

    private static string? SetPercentiles(CallTimes times, string value, out Action change)
    {
        bool areRight = SettingTable.Percentiles.TryRead(value, out object? percentiles);
        bool areNumbers = value.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .All(word => double.TryParse(word, CultureInfo.InvariantCulture, out _));
        change = () => times.Percentiles = (IReadOnlyList<double>)percentiles!;
        return areRight ? null
            : areNumbers ? "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]"
            : "Invalid latency-tracking-info-percentiles parameters";
    }

    private static string? SetOutputLimits(LiveSettings live, string value, out Action change)
    {
        string? mistake = OutputLimitText.TryParse(value, live.OutputLimits, out OutputLimits limits);
        change = () => live.OutputLimits = limits;
        return mistake;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
