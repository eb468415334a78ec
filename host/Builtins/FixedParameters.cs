using static Marekvs.Host.Builtins.ConfigParameter;

namespace Marekvs.Host.Builtins;

/// <summary>
/// Parameters of Redis that tell something about this node although they change nothing: tools ask for them. Each value is
/// what is the case here, under every name it has in Redis.
/// </summary>
internal static class FixedParameters
{
    public static IReadOnlyList<ConfigParameter> All { get; } = [.. Facts(), .. AtStart()];

    private static IEnumerable<ConfigParameter> Facts() =>
    [
        // Everything is in the journal, and there is no file of a snapshot.
        Fixed("appendonly", "yes"),
        Fixed("save", ""),
        Fact("aof-load-truncated", "yes"),
        Fact("aof-timestamp-enabled", "no"),
        Fact("aof-use-rdb-preamble", "no"),
        Fact("auto-aof-rewrite-percentage", "0"),
        Fact("no-appendfsync-on-rewrite", "no"),
        UntilTheEnd("dbfilename", () => "", "can't set protected config"),
        Fact("rdbcompression", "no"),
        Fact("sanitize-dump-payload", "yes"),
        Fact("stop-writes-on-bgsave-error", "no"),

        // Nothing is evicted, and what is deleted is freed in the background.
        Fixed("maxmemory-policy", "noeviction"),
        Fact("maxmemory-eviction-tenacity", "0"),
        Fact("maxmemory-samples", "0"),
        Fact("lazyfree-lazy-eviction", "yes"),
        Fact("lazyfree-lazy-expire", "yes"),
        Fact("lazyfree-lazy-server-del", "yes"),
        Fact("lazyfree-lazy-user-del", "yes"),
        Fact("lazyfree-lazy-user-flush", "yes"),
        Fact("activedefrag", "no"),
        Fact("activerehashing", "no"),
        Fact("active-expire-effort", "1"),
        Fact("hz", "10"),
        Fact("dynamic-hz", "no"),

        // A node is nobody's replica and has none.
        Fact("masteruser", ""),
        Fact("masterauth", "") with { IsSecret = true },
        .. Named("0", "min-replicas-to-write", "min-slaves-to-write"),
        .. Named("no", "replica-read-only", "slave-read-only"),
        .. Named("yes", "replica-serve-stale-data", "slave-serve-stale-data"),
        Fact("repl-backlog-size", "0"),
        Fact("repl-diskless-sync", "no"),

        // Where OBJECT ENCODING begins to name another encoding.
        .. Named("512", "hash-max-listpack-entries", "hash-max-ziplist-entries"),
        .. Named("64", "hash-max-listpack-value", "hash-max-ziplist-value"),
        Fact("set-max-intset-entries", "512"),
        Fact("set-max-listpack-entries", "128"),
        Fact("set-max-listpack-value", "64"),
        Fact("hll-sparse-max-bytes", "3000"),

        Fact("crash-log-enabled", "no"),
        Fact("oom-score-adj", "no"),
        Fact("shutdown-on-sigint", "default"),
        Fact("shutdown-on-sigterm", "default"),
        Fact("shutdown-timeout", "0"),
        Fact("tcp-keepalive", "0"),
        Fact("tls-cluster", "no"),
        Fact("tls-port", "0"),
        Fact("tls-replication", "no"),
    ];

    /// <summary>What Redis too reads at its start only.</summary>
    private static IEnumerable<ConfigParameter> AtStart() =>
    [
        new("always-show-logo", () => "no"),
        new("appenddirname", () => "journal"),
        new("daemonize", () => "no"),
        new("databases", () => "1"),
        new("enable-module-command", () => "no"),
        new("enable-protected-configs", () => "no"),
        new("io-threads-do-reads", () => "yes"),
        new("logfile", () => ""),
        new("pidfile", () => ""),
        new("rdbchecksum", () => "no"),
        new("replicaof", () => ""),
        new("slaveof", () => ""),
        new("supervised", () => "no"),
        new("syslog-enabled", () => "no"),
        new("unixsocket", () => ""),
    ];

    private static IEnumerable<ConfigParameter> Named(string value, params IEnumerable<string> names) =>
        names.Select(name => Fact(name, value));
}
