using System.Globalization;
using System.Runtime.InteropServices;
using Marekvs.Abstractions.Messaging;
using Marekvs.Abstractions.Modules;
using Marekvs.Host.Access;
using Marekvs.Host.Cluster;
using Marekvs.Host.Commands;
using Marekvs.Host.Connections;
using Marekvs.Host.Diagnostics;
using Marekvs.Host.Settings;
using Marekvs.Host.Tracking;
using Marekvs.Storage.Engine;

namespace Marekvs.Host.Builtins;

/// <summary>
/// The sections of INFO. A field has Redis's name where it means the same; what only this node has is named in our own
/// words.
/// </summary>
internal sealed class InfoSections
{
    private readonly ServerContext _server;
    private readonly RateSampler _sampler;

    public InfoSections(ServerContext server, RateSampler sampler)
    {
        (_server, _sampler) = (server, sampler);
        All =
        [
            new("server", true, WriteServer),
            new("clients", true, WriteClients),
            new("memory", true, WriteMemory),
            new("persistence", true, WritePersistence),
            new("stats", true, WriteStatistics),
            new("replication", true, WriteReplication),
            new("cpu", true, WriteProcessor),
            new("modules", true, WriteModules),
            new("commandstats", false, WriteCommands),
            new("errorstats", true, WriteErrors),
            new("latencystats", false, WriteLatencies),
            new("cluster", true, WriteCluster),
            new("keyspace", true, WriteKeyspace),
        ];
    }

    /// <summary>The sections in Redis's order.</summary>
    public IReadOnlyList<InfoSection> All { get; }

    private KeyspaceStatistics Keyspace => _server.Keyspace.Statistics;

    private void WriteServer(InfoText text)
    {
        TimeSpan uptime = _server.Uptime;
        text.Add("redis_version", ConnectionAccess.RedisVersion);
        text.Add("redis_mode", _server.Clients.Mode);
        text.Add("marekvs_version", NodeVersion.Marekvs);
        text.Add("os", RuntimeInformation.OSDescription);
        text.Add("arch_bits", IntPtr.Size * 8);
        text.Add("runtime", RuntimeInformation.FrameworkDescription);
        text.Add("multiplexing_api", "epoll");
        text.Add("process_id", Environment.ProcessId);
        text.Add("process_supervised", "no");
        text.Add("run_id", _server.RunId);
        text.Add("tcp_port", _server.RespEndPoint?.Port ?? 0);
        text.Add("server_time_usec", _server.Time.GetUtcNow().Ticks / 10 - (DateTimeOffset.UnixEpoch.Ticks / 10));
        text.Add("uptime_in_seconds", (long)uptime.TotalSeconds);
        text.Add("uptime_in_days", (long)uptime.TotalDays);
        text.Add("hz", 10);
        text.Add("configured_hz", 10);
        text.Add("executable", Environment.ProcessPath ?? "");
        text.Add("config_file", _server.Settings.File);
        text.Add("io_threads_active", _server.Settings.SocketThreads > 1);
        text.Add("node_id", _server.Settings.Get(SettingTable.NodeId));
        text.Add("shards", _server.Settings.Shards);
        text.Add("storage_provider", _server.Settings.Storage.Name);
        text.Add("cluster_provider", _server.Settings.Cluster.Name);
    }

    private void WriteClients(InfoText text)
    {
        text.Add("connected_clients", _server.Clients.Count);
        text.Add("maxclients", _server.Live.MaxClients);
        text.Add("client_recent_max_input_buffer", _server.Clients.Sessions.Select(session => session.QueryBytes)
            .DefaultIfEmpty().Max());
        text.Add("client_recent_max_output_buffer", _server.Clients.Sessions.Select(session => session.OutputBytes)
            .DefaultIfEmpty().Max());
        text.Add("blocked_clients", _server.Clients.BlockedCount);
        text.Add("tracking_clients", _server.Clients.Tracking.Count);
        text.Add("pubsub_clients", _server.Clients.Sessions.Count(session => session.IsSubscribed));
    }

    private void WriteMemory(InfoText text)
    {
        KeyspaceStatistics keyspace = Keyspace;
        long used = GC.GetTotalMemory(forceFullCollection: false);
        long peak = _sampler.MemoryPeak;
        GCMemoryInfo collector = GC.GetGCMemoryInfo();
        text.AddBytes("used_memory", used);
        text.AddBytes("used_memory_rss", Environment.WorkingSet);
        text.AddBytes("used_memory_peak", peak);
        text.Add("used_memory_peak_perc", Percent(used, peak));
        text.Add("used_memory_overhead", Math.Max(0, used - keyspace.ResidentBytes));
        text.Add("used_memory_dataset", keyspace.ResidentBytes);
        text.Add("used_memory_dataset_perc", Percent(keyspace.ResidentBytes, used));
        text.Add("allocator_allocated", collector.HeapSizeBytes);
        text.Add("allocator_active", collector.TotalCommittedBytes);
        text.Add("allocator_resident", Environment.WorkingSet);
        text.AddBytes("total_system_memory", collector.TotalAvailableMemoryBytes);
        text.AddBytes("maxmemory", keyspace.MemoryMax);
        text.Add("maxmemory_policy", "noeviction");
        text.Add("mem_fragmentation_ratio", (double)Environment.WorkingSet / Math.Max(1, used), 2);
        text.Add("mem_fragmentation_bytes", Environment.WorkingSet - used);
        text.Add("mem_clients_normal", _server.Clients.Sessions.Sum(session => session.MemoryBytes));
        text.Add("mem_clients_slaves", 0);
        text.Add("mem_replication_backlog", 0);
        text.Add("mem_allocator", "dotnet");
        text.Add("active_defrag_running", 0);
        text.Add("resident_keys", keyspace.ResidentKeys);
        text.Add("dropped_entries", keyspace.DroppedEntries);
        text.Add("gc_heap_bytes", collector.HeapSizeBytes);
        text.Add("gc_pause_seconds", GC.GetTotalPauseDuration().TotalSeconds, 3);
    }

    private void WritePersistence(InfoText text)
    {
        KeyspaceStatistics keyspace = Keyspace;
        text.Add("loading", 0);
        text.Add("async_loading", 0);
        text.Add("rdb_changes_since_last_save", keyspace.DirtyKeys);
        text.Add("rdb_bgsave_in_progress", keyspace.CheckpointRunning);
        text.Add("rdb_last_save_time", keyspace.LastCheckpointAt / 1000);
        text.Add("rdb_last_bgsave_status", _sampler.LastCheckpointFailed ? "err" : "ok");
        text.Add("rdb_last_bgsave_time_sec", keyspace.LastCheckpointMilliseconds / 1000);
        text.Add("rdb_saves", keyspace.Checkpoints);
        text.Add("aof_enabled", 1);
        text.Add("aof_rewrite_in_progress", keyspace.CheckpointRunning);
        text.Add("aof_rewrite_scheduled", 0);
        text.Add("aof_last_bgrewrite_status", "ok");
        text.Add("aof_last_write_status", keyspace.IsWritable ? "ok" : "err");
        text.Add("journal_entries", keyspace.JournalEntries);
        text.Add("journal_bytes", keyspace.JournalBytes);
        text.Add("journal_segments", keyspace.JournalSegments);
        text.Add("journal_unsynced_bytes", keyspace.UnsyncedBytes);
        text.Add("checkpoint_failures", keyspace.CheckpointFailures);
        text.Add("last_checkpoint_ms", keyspace.LastCheckpointMilliseconds);
        text.Add("store_bytes", keyspace.StoreBytes);
        text.Add("store_failures", keyspace.StorageFailures);
        text.Add("digest_scrub_rounds", keyspace.ScrubRounds);
        text.Add("digest_scrub_records", keyspace.ScrubbedRecords);
        text.Add("digest_scrub_skipped", keyspace.ScrubSkipped);
        text.Add("digest_mismatches", keyspace.DigestMismatches);
    }

    private void WriteStatistics(InfoText text)
    {
        KeyspaceStatistics keyspace = Keyspace;
        ServerStatistics statistics = _server.Statistics;
        Rates rates = _sampler.Rates;
        text.Add("total_connections_received", statistics.ConnectionsReceived);
        text.Add("total_commands_processed", statistics.CommandsProcessed);
        text.Add("instantaneous_ops_per_sec", (long)rates.Commands);
        text.Add("total_net_input_bytes", statistics.InputBytes);
        text.Add("total_net_output_bytes", statistics.OutputBytes);
        text.Add("instantaneous_input_kbps", rates.InputBytes / 1024, 2);
        text.Add("instantaneous_output_kbps", rates.OutputBytes / 1024, 2);
        text.Add("rejected_connections", statistics.ConnectionsRejected);
        text.Add("expired_keys", keyspace.ExpiredKeys);
        text.Add("evicted_keys", 0);
        text.Add("evicted_clients", 0);
        text.Add("keyspace_hits", keyspace.Hits);
        text.Add("keyspace_misses", keyspace.Misses);
        MessageHub messages = _server.Clients.Messages;
        text.Add("pubsub_channels", messages.Count(SubscriptionKind.Channel));
        text.Add("pubsub_patterns", messages.Count(SubscriptionKind.Pattern));
        text.Add("pubsubshard_channels", messages.Count(SubscriptionKind.Shard));
        ClientTracking tracking = _server.Clients.Tracking;
        text.Add("tracking_total_keys", tracking.Keys);
        text.Add("tracking_total_items", tracking.Items);
        text.Add("tracking_total_prefixes", tracking.Prefixes);
        text.Add("latest_fork_usec", 0);
        text.Add("total_forks", 0);
        text.Add("sync_full", 0);
        text.Add("sync_partial_ok", 0);
        text.Add("sync_partial_err", 0);
        text.Add("slow_calls", _server.Clients.CallTimes.Slow.Total);
        text.Add("total_error_replies", statistics.Errors.Total);
        text.Add("client_query_buffer_limit_disconnections", statistics.QueryLimitDisconnections);
        text.Add("client_output_buffer_limit_disconnections", statistics.OutputLimitDisconnections);
        text.Add("protocol_errors", statistics.ProtocolErrors);
        AclLog refusals = _server.Clients.Users.Log;
        text.Add("acl_access_denied_auth", refusals.CountOf(AclReason.Password));
        text.Add("acl_access_denied_cmd", refusals.CountOf(AclReason.Command));
        text.Add("acl_access_denied_key", refusals.CountOf(AclReason.Key));
        text.Add("acl_access_denied_channel", refusals.CountOf(AclReason.Channel));
        text.Add("handler_failures", statistics.HandlerFailures);
        text.Add("cold_calls", keyspace.ColdCalls);
        text.Add("parked_calls", keyspace.ParkedCalls);
    }

    /// <summary>Every node takes writes, so to a Redis client each is a master without replicas.</summary>
    private void WriteReplication(InfoText text)
    {
        text.Add("role", "master");
        text.Add("connected_slaves", 0);
        text.Add("master_failover_state", "no-failover");
        text.Add("master_replid", _server.ReplicationId);
        text.Add("master_replid2", new string('0', 40));
        text.Add("master_repl_offset", 0);
        text.Add("second_repl_offset", -1);
        text.Add("repl_backlog_active", 0);
        text.Add("repl_backlog_size", 0);
        ClusterInfo.WriteReplication(_server.Cluster, text);
    }

    private static void WriteProcessor(InfoText text)
    {
        Environment.ProcessCpuUsage usage = Environment.CpuUsage;
        text.Add("used_cpu_sys", usage.PrivilegedTime.TotalSeconds, 6);
        text.Add("used_cpu_user", usage.UserTime.TotalSeconds, 6);
        text.Add("used_cpu_sys_children", 0, 6);
        text.Add("used_cpu_user_children", 0, 6);
    }

    private void WriteModules(InfoText text)
    {
        foreach (IModule module in _server.Modules)
        {
            text.Add("module", $"name={module.Name},ver={ModuleVersion.Of(module)},api=1");
        }
    }

    private void WriteCommands(InfoText text)
    {
        foreach (CommandEntry entry in _server.Table.All)
        {
            CommandFigures figures = entry.Figures;
            if (figures.Calls + figures.Rejected > 0)
            {
                double microseconds = 1e6 * figures.Ticks / _server.Time.TimestampFrequency;
                double each = microseconds / Math.Max(1, figures.Calls);
                text.Add(
                    $"cmdstat_{entry.DisplayName}",
                    string.Create(CultureInfo.InvariantCulture,
                        $"calls={figures.Calls},usec={microseconds:F0},usec_per_call={each:F2},") +
                    $"rejected_calls={figures.Rejected},failed_calls={figures.Failed}");
            }
        }
    }

    private void WriteErrors(InfoText text)
    {
        foreach ((string code, long count) in _server.Statistics.Errors.Snapshot())
        {
            text.Add($"errorstat_{code}", $"count={count}");
        }
    }

    private void WriteLatencies(InfoText text)
    {
        IReadOnlyList<double> percentiles = _server.Clients.CallTimes.Percentiles;
        foreach (CommandEntry entry in _server.Table.All)
        {
            LatencyProfile profile = entry.Durations.Read(_server.Time.TimestampFrequency);
            if (profile.Calls > 0)
            {
                text.Add(
                    $"latency_percentiles_usec_{entry.DisplayName}",
                    string.Join(',', percentiles.Select(percentile => string.Create(
                        CultureInfo.InvariantCulture,
                        $"p{LatencyProfile.NameOf(percentile)}={profile.Microseconds(percentile):F3}"))));
            }
        }
    }

    private void WriteCluster(InfoText text)
    {
        ClusterInfo.WriteCluster(_server.Cluster, text);
    }

    private void WriteKeyspace(InfoText text)
    {
        KeyspaceStatistics keyspace = Keyspace;
        if (keyspace.Keys > 0)
        {
            text.Add("db0", $"keys={keyspace.Keys},expires={keyspace.KeysWithDeadline},avg_ttl=0");
        }
    }

    private static string Percent(long part, long whole) =>
        $"{(100.0 * part / Math.Max(1, whole)).ToString("F2", CultureInfo.InvariantCulture)}%";
}

/// <summary>The version of a module as Redis writes one: a whole number.</summary>
internal static class ModuleVersion
{
    public static int Of(IModule module)
    {
        Version version = module.GetType().Assembly.GetName().Version ?? new Version(0, 0, 0);
        return (version.Major * 10_000) + (version.Minor * 100) + version.Build;
    }
}
