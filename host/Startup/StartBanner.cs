using Marekvs.Host.Settings;
using Microsoft.Extensions.Logging;

namespace Marekvs.Host.Startup;

/// <summary>Says what started, where, and with what; programs read the two addresses from it.</summary>
internal static class StartBanner
{
    public static void Show(ILogger logger, NodeBlueprint blueprint, Listeners listeners)
    {
        NodeSettings settings = blueprint.Settings;
        logger.LogInformation(
            "Marekvs {Version}, process {Process}, node {Node}", NodeVersion.Marekvs, Environment.ProcessId,
            settings.Get(SettingTable.NodeId));
        logger.LogInformation(
            "Modules {Modules}", string.Join(", ", blueprint.Plugins.Modules.Select(m => m.Name)));
        logger.LogInformation(
            "Storage {Storage}, cluster {Cluster}, {Shards} shards, {Memory} MiB for data, sync {Sync}",
            settings.Storage.Name, settings.Cluster.Name, settings.Shards, settings.MemoryMax >> 20,
            settings.Get(SettingTable.Sync).ToString().ToLowerInvariant());
        logger.LogInformation("Data in {Directory}", settings.DataDirectory);
        WarnOfProtectedMode(logger, settings);
        logger.LogInformation("HTTP on {Address}", listeners.Http);
        logger.LogInformation("RESP on {Address}", listeners.Resp);
        logger.LogInformation(
            "Ready with {Keys} keys after {Milliseconds} ms", blueprint.Server.Keyspace.KeyCount,
            (long)blueprint.Server.Uptime.TotalMilliseconds);
    }

    private static void WarnOfProtectedMode(ILogger logger, NodeSettings settings)
    {
        bool isOpen = !settings.Get(SettingTable.RespAddress).IsLoopback &&
            settings.Get(SettingTable.Password).Length == 0;
        if (isOpen && settings.Get(SettingTable.ProtectedMode))
        {
            logger.LogWarning(
                "Clients of other machines will be refused, for there is no password: set MAREKVS_REQUIREPASS");
        }
        else if (isOpen)
        {
            logger.LogWarning(
                "Everybody who reaches this machine can read and change all data: set MAREKVS_REQUIREPASS");
        }
    }
}
