using Marekvs.Abstractions.Records;
using Marekvs.Storage.Engine;
using Microsoft.Extensions.Logging;
using static Marekvs.Host.Settings.SettingShapes;

namespace Marekvs.Host.Settings;

/// <summary>Every setting of a node, once. Providers declare theirs themselves.</summary>
internal static class SettingTable
{
    public static readonly Setting<IReadOnlyList<string>> Modules = new(
        "modules", "MAREKVS_MODULES", "", Names,
        "Command families to load, each a folder under plugins/modules.");

    public static readonly Setting<string> Storage = new(
        "storage.provider", "MAREKVS_STORAGE", "rocksdb", Text,
        "The store that keeps the data; its own settings are MAREKVS_STORAGE_<NAME>.");

    public static readonly Setting<string> Cluster = new(
        "cluster.provider", "MAREKVS_CLUSTER", "standalone", Text,
        "How nodes find each other; its own settings are MAREKVS_CLUSTER_<NAME>.");

    public static readonly Setting<int> NodeId = new(
        "node.id", "MAREKVS_NODE_ID", "1", Number(1, 65535),
        "This node's number, unique in its cluster and never given to another node.");

    public static readonly Setting<string> DataDirectory = new(
        "node.data", "MAREKVS_DATA_DIR", "data", Text,
        "Directory of journal and store; one process at a time may use it.");

    public static readonly Setting<string> PluginsDirectory = new(
        "node.plugins", "MAREKVS_PLUGINS", "plugins", Text,
        "Where plugins lie; a relative path is relative to the program.");

    public static readonly Setting<int> Shards = new(
        "node.shards", "MAREKVS_SHARDS", "auto", NumberOrAuto(1, 64),
        "Parts of the keyspace that can be written at the same time; auto: one per processor.");

    public static readonly Setting<LogLevel> LogFrom = new(
        "node.logLevel", "MAREKVS_LOGLEVEL", "info",
        OneOf(
            ("debug", LogLevel.Debug), ("info", LogLevel.Information), ("warning", LogLevel.Warning),
            ("error", LogLevel.Error)),
        "The least severe messages that are printed: debug, info, warning or error.");

    public static readonly Setting<ListenAddress> RespAddress = new(
        "listen.resp", "MAREKVS_RESP_ADDR", "127.0.0.1:6379", Address,
        "Where Redis clients connect; port 0 lets the system choose.");

    public static readonly Setting<ListenAddress> HttpAddress = new(
        "listen.http", "MAREKVS_HTTP_ADDR", "127.0.0.1:9121", Address,
        "Where /metrics, /alive, /ready and /drain are served.");

    public static readonly Setting<string> Password = new(
        "listen.password", "MAREKVS_REQUIREPASS", "", Text,
        "The password clients must give; empty for none.");

    public static readonly Setting<IReadOnlyList<string>> Users = new(
        "access.users", "MAREKVS_USERS", "", Lines,
        "Users with their ACL rules, such as \"alice on >secret ~cache:* +@read\"; in the environment one a line.");

    public static readonly Setting<string> AclFile = new(
        "access.file", "MAREKVS_ACLFILE", "", Text,
        "File of users for ACL LOAD and ACL SAVE, read at the start; instead of access.users.");

    public static readonly Setting<long> AclLogLength = new(
        "access.logLength", "MAREKVS_ACLLOG_MAX_LEN", "128", LongNumber(0),
        "Refusals that ACL LOG remembers.");

    public static readonly Setting<bool> AllowsChannelsAtFirst = new(
        "access.pubsubDefault", "MAREKVS_ACL_PUBSUB_DEFAULT", "resetchannels",
        OneOf(("resetchannels", false), ("allchannels", true)),
        "Whether a new user may use every channel: resetchannels (none) or allchannels.");

    public static readonly Setting<bool> ProtectedMode = new(
        "listen.protectedMode", "MAREKVS_PROTECTED_MODE", "true", TrueOrFalse,
        "Refuse clients of other machines while there is no password.");

    public static readonly Setting<int> Backlog = new(
        "listen.backlog", "MAREKVS_BACKLOG", "511", Number(1, 65535),
        "Connections the system holds until they are accepted.");

    public static readonly Setting<int> SocketThreads = new(
        "listen.socketThreads", "MAREKVS_SOCKET_THREADS", "auto", NumberOrAuto(1, 256),
        "Threads that read sockets and run commands; auto: half the processors, at least one.");

    public static readonly Setting<int> ClientsMax = new(
        "limits.clients", "MAREKVS_MAXCLIENTS", "10000", Number(1, int.MaxValue),
        "Connections at one time.");

    public static readonly Setting<int> IdleSeconds = new(
        "limits.idleSeconds", "MAREKVS_TIMEOUT", "0", Number(0, int.MaxValue),
        "Close a client that was silent for so long; 0: never.");

    public static readonly Setting<long> BulkBytesMax = new(
        "limits.bulk", "MAREKVS_PROTO_MAX_BULK_LEN", "512mb", Bytes,
        "The longest argument a client may send.");

    public static readonly Setting<long> QueryBufferMax = new(
        "limits.queryBuffer", "MAREKVS_QUERY_BUFFER", "1gb", Bytes,
        "The longest command a client may send.");

    public static readonly Setting<OutputLimits> OutputBytesMax = new(
        "limits.output", "MAREKVS_OUTPUT_LIMITS", OutputLimitText.Format(OutputLimits.Default), OutputLimitText.Shape,
        "Output that may wait for a client of a class: hard bytes, soft bytes, seconds beyond the soft bytes.");

    public static readonly Setting<KeyspaceEvents> Events = new(
        "keyspace.events", "MAREKVS_NOTIFY_KEYSPACE_EVENTS", "", EventLetters.Shape,
        "Keyspace notifications that are published, in the letters of Redis's notify-keyspace-events.");

    public static readonly Setting<bool> RemoteEvents = new(
        "keyspace.remoteEvents", "MAREKVS_NOTIFY_REMOTE_EVENTS", "false", TrueOrFalse,
        "Publish notifications for what other nodes wrote as well: \"replicated\", and \"del\" when the key is gone.");

    public static readonly Setting<bool> RoutesDestructive = new(
        "routing.destructive", "MAREKVS_ROUTING_DESTRUCTIVE", "owner", OneOf(("owner", true), ("local", false)),
        "Where commands run that take something away or look before they write: at the first owner that can be reached, " +
        "so that all nodes answer as one, or on the local node.");

    public static readonly Setting<IReadOnlyList<string>> RoutedCounters = new(
        "routing.counters", "MAREKVS_ROUTING_COUNTERS", "", Names,
        "Prefixes of keys whose INCR and its like run at the owner too, so that no two clients get the same number.");

    public static readonly Setting<SyncMode> Sync = new(
        "journal.sync", "MAREKVS_SYNC", "interval",
        OneOf(("interval", SyncMode.Interval), ("always", SyncMode.Always), ("no", SyncMode.No)),
        "When writes are safe against power loss: always (before the reply), interval, or no.");

    public static readonly Setting<int> SyncIntervalMs = new(
        "journal.syncIntervalMs", "MAREKVS_SYNC_INTERVAL_MS", "128", Number(1, 60_000),
        "The longest time between syncs with journal.sync interval.");

    public static readonly Setting<long> SegmentBytes = new(
        "journal.segment", "MAREKVS_SEGMENT", "64mb", Bytes,
        "Bytes of one journal file, 1mb to 1gb.");

    public static readonly Setting<int> CheckpointSeconds = new(
        "journal.checkpointSeconds", "MAREKVS_CHECKPOINT_SECONDS", "5", Number(1, 86_400),
        "The longest time until a change is in the store.");

    public static readonly Setting<long> CheckpointBytes = new(
        "journal.checkpoint", "MAREKVS_CHECKPOINT_BYTES", "256mb", Bytes,
        "Write to the store sooner when the journal grew by this much.");

    public static readonly Setting<MemorySize> MemoryMax = new(
        "memory.max", "MAREKVS_MEMORY_MAX", "25%", Memory,
        "Memory for data; what does not fit stays on disk.");

    public static readonly Setting<int> ResidentElements = new(
        "memory.residentElements", "MAREKVS_RESIDENT_ELEMENTS", "4096", Number(16, 10_000_000),
        "Collections up to this many elements are held in memory as a whole.");

    public static readonly Setting<int> ReaderThreads = new(
        "memory.readerThreads", "MAREKVS_READER_THREADS", "4", Number(1, 256),
        "Threads that bring data in from the store.");

    public static readonly Setting<int> ScrubRecords = new(
        "keyspace.scrubRecords", "MAREKVS_SCRUB_RECORDS", "1000", Number(0, 1_000_000),
        "Records read again in a second, in the background, to see that digests are those of the data; 0: none.");

    public static readonly Setting<long> SlowMicroseconds = new(
        "diagnostics.slowlogMicroseconds", "MAREKVS_SLOWLOG_SLOWER_THAN", "10000", LongNumber(-1),
        "SLOWLOG remembers calls that take longer; -1: none.");

    public static readonly Setting<long> SlowLogLength = new(
        "diagnostics.slowlogLength", "MAREKVS_SLOWLOG_MAX_LEN", "128", LongNumber(0),
        "Calls that SLOWLOG remembers.");

    public static readonly Setting<long> LongMilliseconds = new(
        "diagnostics.latencyThresholdMs", "MAREKVS_LATENCY_MONITOR_THRESHOLD", "0", LongNumber(0),
        "LATENCY remembers what takes longer; 0: nothing.");

    public static readonly Setting<bool> CountsDurations = new(
        "diagnostics.latencyTracking", "MAREKVS_LATENCY_TRACKING", "true", TrueOrFalse,
        "Count calls by how long they take, for LATENCY HISTOGRAM and INFO latencystats.");

    public static readonly Setting<IReadOnlyList<double>> Percentiles = new(
        "diagnostics.latencyPercentiles", "MAREKVS_LATENCY_PERCENTILES", "50 99 99.9", Percentages,
        "The percentiles that INFO latencystats shows.");

    public static readonly Setting<DebugAccess> DebugCommand = new(
        "access.debugCommand", "MAREKVS_ENABLE_DEBUG_COMMAND", "no",
        OneOf(("no", DebugAccess.No), ("yes", DebugAccess.Yes), ("local", DebugAccess.Local)),
        "Who may use DEBUG: no (nobody), local (clients of this machine) or yes (everybody).");

    /// <summary>The variable that names the configuration file; the one setting the file cannot hold.</summary>
    public const string ConfigVariable = "MAREKVS_CONFIG";

    /// <summary>All rows, in the order of <c>--help</c>.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        Modules, Storage, Cluster, NodeId, DataDirectory, PluginsDirectory, Shards, LogFrom,
        RespAddress, HttpAddress, Password, ProtectedMode, Backlog, SocketThreads,
        Users, AclFile, AclLogLength, AllowsChannelsAtFirst, DebugCommand,
        RoutesDestructive, RoutedCounters,
        ClientsMax, IdleSeconds, BulkBytesMax, QueryBufferMax, OutputBytesMax, Events, RemoteEvents,
        Sync, SyncIntervalMs, SegmentBytes, CheckpointSeconds, CheckpointBytes,
        MemoryMax, ResidentElements, ReaderThreads, ScrubRecords,
        SlowMicroseconds, SlowLogLength, LongMilliseconds, CountsDurations, Percentiles,
    ];
}
