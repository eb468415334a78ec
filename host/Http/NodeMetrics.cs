using System.Globalization;
using Marekvs.Abstractions.Cluster;
using Marekvs.Host.Builtins;
using Marekvs.Host.Cluster;
using Marekvs.Host.Commands;
using Marekvs.Host.Connections;
using Marekvs.Host.Diagnostics;
using Marekvs.Storage.Engine;
using Prometheus;

namespace Marekvs.Host.Http;

/// <summary>
/// Shows the node's figures to Prometheus. The node counts for itself; figures are read when somebody asks, so that
/// counting costs nothing more on the path of a command.
/// </summary>
internal sealed class NodeMetrics
{
    private readonly ServerContext _server;
    private readonly MetricFactory _factory;
    private readonly List<Action<KeyspaceStatistics>> _refresh = [];
    private readonly Dictionary<(Counter Counter, string Label), double> _seen = [];
    private readonly Lock _lock = new();

    private NodeMetrics(ServerContext server, CollectorRegistry registry)
    {
        _server = server;
        _factory = Metrics.WithCustomRegistry(registry);
    }

    /// <summary>Adds the figures to a registry.</summary>
    public static void Register(ServerContext server, CollectorRegistry registry)
    {
        var metrics = new NodeMetrics(server, registry);
        metrics.AddKeyspace();
        metrics.AddConnections();
        metrics.AddCommands();
        metrics.AddProcess(registry);
        metrics.AddCluster();
        registry.AddBeforeCollectCallback(metrics.Refresh);
    }

    private void Refresh()
    {
        KeyspaceStatistics keyspace = _server.Keyspace.Statistics;
        lock (_lock)
        {
            foreach (Action<KeyspaceStatistics> refresh in _refresh)
            {
                refresh(keyspace);
            }
        }
    }

    private void AddKeyspace()
    {
        Gauge("marekvs_keys", "Existing keys.", k => k.Keys);
        Gauge("marekvs_keys_with_deadline", "Keys with a time to live.", k => k.KeysWithDeadline);
        Gauge("marekvs_resident_keys", "Keys held in memory.", k => k.ResidentKeys);
        Gauge("marekvs_resident_bytes", "Memory that data takes, about.", k => k.ResidentBytes);
        Gauge("marekvs_memory_max_bytes", "Memory that data may take.", k => k.MemoryMax);
        Counter("marekvs_keyspace_hits_total", "Reads that found their key.", k => k.Hits);
        Counter("marekvs_keyspace_misses_total", "Reads that did not find their key.", k => k.Misses);
        Counter("marekvs_expired_keys_total", "Keys removed at their deadline.", k => k.ExpiredKeys);
        Counter("marekvs_dropped_entries_total", "Entries dropped from memory; the store has them.",
            k => k.DroppedEntries);
        Counter("marekvs_cold_calls_total", "Calls that waited for data from the store.", k => k.ColdCalls);
        Gauge("marekvs_parked_calls", "Calls waiting for data from the store.", k => k.ParkedCalls);
        Gauge("marekvs_waiting_calls", "Calls waiting for a key to change.", k => k.WaitingCalls);
        Counter("marekvs_journal_entries_total", "Entries appended to the journal.", k => k.JournalEntries);
        Counter("marekvs_journal_bytes_total", "Bytes appended to the journal.", k => k.JournalBytes);
        Gauge("marekvs_journal_segments", "Journal files on disk.", k => k.JournalSegments);
        Gauge("marekvs_journal_unsynced_bytes", "Bytes that a power loss could take.", k => k.UnsyncedBytes);
        Gauge("marekvs_journal_writable", "1 while the journal takes writes.", k => k.IsWritable ? 1 : 0);
        Gauge("marekvs_dirty_keys", "Changed keys the store does not have yet.", k => k.DirtyKeys);
        Counter("marekvs_checkpoints_total", "Checkpoints that ended well.", k => k.Checkpoints);
        Counter("marekvs_checkpoint_failures_total", "Checkpoints that failed.", k => k.CheckpointFailures);
        Gauge("marekvs_last_checkpoint_timestamp_seconds", "When the last checkpoint ended.",
            k => k.LastCheckpointAt / 1000.0);
        Gauge("marekvs_last_checkpoint_seconds", "How long the last checkpoint took.",
            k => k.LastCheckpointMilliseconds / 1000.0);
        Gauge("marekvs_store_bytes", "Bytes the store takes on disk, about.", k => k.StoreBytes);
        Counter("marekvs_store_read_failures_total", "Reads of the store that failed.", k => k.StorageFailures);
        Counter("marekvs_digest_scrub_rounds_total", "Times that all records were read again to check the digests.",
            k => k.ScrubRounds);
        Counter("marekvs_digest_scrub_records_total", "Records read again to check the digests.", k => k.ScrubbedRecords);
        Counter("marekvs_digest_scrub_skipped_total",
            "Partitions and collections not checked in their turn, for they changed all the time.", k => k.ScrubSkipped);
        Counter("marekvs_digest_mismatches_total", "Digests that were not those of their records.", k => k.DigestMismatches);
        Gauge("marekvs_known_origins", "Lives of nodes that this node has heard of.", k => k.KnownOrigins);
    }

    private void AddConnections()
    {
        ServerStatistics statistics = _server.Statistics;
        Gauge("marekvs_clients", "Connections.", _ => _server.Clients.Count);
        Gauge("marekvs_clients_max", "Connections that may be open at one time.", _ => _server.Live.MaxClients);
        Gauge("marekvs_blocked_clients", "Connections waiting for a key.", _ => _server.Clients.BlockedCount);
        Gauge("marekvs_ready", "1 while clients should be sent here.", _ => _server.Lifetime.IsReady ? 1 : 0);
        Counter("marekvs_connections_total", "Connections accepted.", _ => statistics.ConnectionsReceived);
        Counter("marekvs_connections_rejected_total", "Connections turned away.",
            _ => statistics.ConnectionsRejected);
        Counter("marekvs_received_bytes_total", "Bytes received from clients.", _ => statistics.InputBytes);
        Counter("marekvs_sent_bytes_total", "Bytes sent to clients.", _ => statistics.OutputBytes);
        Counter("marekvs_protocol_errors_total", "Connections closed because what they sent was no RESP.",
            _ => statistics.ProtocolErrors);
        Counter("marekvs_query_limit_disconnections_total", "Connections closed for a command that grew too large.",
            _ => statistics.QueryLimitDisconnections);
        Counter("marekvs_output_limit_disconnections_total", "Connections closed because they did not read.",
            _ => statistics.OutputLimitDisconnections);
        Counter("marekvs_handler_failures_total", "Connections closed for a mistake of our own code.",
            _ => statistics.HandlerFailures);
    }

    private void AddCommands()
    {
        string[] command = ["command"];
        CallTimes times = _server.Clients.CallTimes;
        Counter("marekvs_slow_calls_total", "Calls that took longer than slowlog-log-slower-than.", _ => times.Slow.Total);
        Counter("marekvs_storage_failures_total", "Commands refused because the store failed.",
            _ => _server.Statistics.StorageFailures);
        Gauge latency = _factory.CreateGauge("marekvs_command_latency_seconds",
            "Time within which a share of the calls ended, since the start or CONFIG RESETSTAT.", ["command", "quantile"]);
        Counter processed = _factory.CreateCounter("marekvs_commands_total", "Commands run.", command);
        Counter seconds = _factory.CreateCounter("marekvs_command_seconds_total", "Time commands ran.", command);
        Counter failed = _factory.CreateCounter("marekvs_commands_failed_total", "Commands that answered an error.",
            command);
        Counter rejected = _factory.CreateCounter("marekvs_commands_rejected_total",
            "Commands refused before they ran.", command);
        Counter errors = _factory.CreateCounter("marekvs_error_replies_total", "Error answers by code.", ["code"]);
        _refresh.Add(_ =>
        {
            foreach (CommandEntry entry in _server.Table.All)
            {
                CommandFigures figures = entry.Figures;
                Raise(processed, entry.DisplayName, figures.Calls);
                Raise(seconds, entry.DisplayName, (double)figures.Ticks / _server.Time.TimestampFrequency);
                Raise(failed, entry.DisplayName, figures.Failed);
                Raise(rejected, entry.DisplayName, figures.Rejected);
                ShowLatency(latency, entry, times.Percentiles);
            }

            foreach ((string code, long count) in _server.Statistics.Errors.Snapshot())
            {
                Raise(errors, code, count);
            }
        });
    }

    private void AddCluster()
    {
        Gauge("marekvs_underreplicated_partitions", "Partitions with fewer copies than there should be.",
            _ => ReplicationState.UnderreplicatedPartitions(_server.Cluster));
        Gauge("marekvs_effective_replicas_min", "Copies of the partition that has the fewest.",
            _ => ReplicationState.EffectiveReplicasMin(_server.Cluster));
        _refresh.Add(_ =>
        {
            // What a provider counts is known when it is asked.
            foreach (ClusterFigure figure in _server.Cluster.ReadFigures())
            {
                Show(figure);
            }
        });
    }

    private void Show(ClusterFigure figure)
    {
        string name = "marekvs_cluster_" + figure.Name;
        string[] labels = figure.Peer is null ? [] : ["peer"];
        string peer = figure.Peer?.ToString(CultureInfo.InvariantCulture) ?? "";
        if (figure.IsCounter)
        {
            Raise(_factory.CreateCounter(name, figure.Meaning, labels), peer, figure.Value);
            return;
        }

        Gauge gauge = _factory.CreateGauge(name, figure.Meaning, labels);
        (peer.Length == 0 ? (IGauge)gauge : gauge.WithLabels(peer)).Set(figure.Value);
    }

    private void ShowLatency(Gauge latency, CommandEntry entry, IReadOnlyList<double> percentiles)
    {
        LatencyProfile profile = entry.Durations.Read(_server.Time.TimestampFrequency);
        if (profile.Calls > 0)
        {
            foreach (double percentile in percentiles)
            {
                latency.WithLabels(entry.DisplayName, LatencyProfile.NameOf(Math.Round(percentile / 100, 6)))
                    .Set(profile.Microseconds(percentile) / 1e6);
            }
        }
    }

    private void AddProcess(CollectorRegistry registry)
    {
        DotNetStats.Register(registry);
        Gauge("marekvs_gc_heap_bytes", "Memory of the managed heap.", _ => GC.GetGCMemoryInfo().HeapSizeBytes);
        Counter("marekvs_gc_pause_seconds_total", "Time the collector stopped the node.",
            _ => GC.GetTotalPauseDuration().TotalSeconds);
        Gauge info = _factory.CreateGauge("marekvs_info", "What runs here; always 1.",
            ["version", "storage", "cluster"]);
        info.WithLabels(NodeVersion.Marekvs, _server.Settings.Storage.Name, _server.Settings.Cluster.Name).Set(1);
    }

    private void Gauge(string name, string help, Func<KeyspaceStatistics, double> read)
    {
        Gauge gauge = _factory.CreateGauge(name, help);
        _refresh.Add(keyspace => gauge.Set(read(keyspace)));
    }

    private void Counter(string name, string help, Func<KeyspaceStatistics, double> read)
    {
        Counter counter = _factory.CreateCounter(name, help);
        _refresh.Add(keyspace => Raise(counter, "", read(keyspace)));
    }

    /// <summary>Follows a figure that CONFIG RESETSTAT may set back to zero; a counter only rises.</summary>
    private void Raise(Counter counter, string label, double now)
    {
        double before = _seen.GetValueOrDefault((counter, label));
        double rise = now >= before ? now - before : now;
        _seen[(counter, label)] = now;
        if (rise > 0)
        {
            (label.Length == 0 ? (ICounter)counter : counter.WithLabels(label)).Inc(rise);
        }
    }
}
