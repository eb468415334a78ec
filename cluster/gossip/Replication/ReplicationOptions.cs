using Marekvs.Cluster.Gossip.AntiEntropy;

namespace Marekvs.Cluster.Gossip.Replication;

/// <summary>The times and bounds of replication.</summary>
internal sealed record ReplicationOptions
{
    /// <summary>A batch is closed at about this size.</summary>
    public int BatchBytes { get; init; } = 256 * 1024;

    /// <summary>Time from one batch to the next, so that what is written in quick succession goes out together.</summary>
    public long PaceMilliseconds { get; init; } = 1;

    /// <summary>Time from one acknowledgement to the next, unless the writer waits for it or much has come.</summary>
    public long AcknowledgeMilliseconds { get; init; } = 10;

    /// <summary>Journal bytes a peer may be behind before its stream waits for it.</summary>
    public long WindowBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Time between words of how far a journal is complete, while it grows now and then.</summary>
    public long BeatMilliseconds { get; init; } = 100;

    /// <summary>The same when it has not grown for a while.</summary>
    public long IdleBeatMilliseconds { get; init; } = 500;

    /// <summary>How long that is.</summary>
    public long IdleAfterMilliseconds { get; init; } = 2000;

    /// <summary>Time between reports of what this node has applied.</summary>
    public long StatusMilliseconds { get; init; } = 250;

    /// <summary>The same while this node's journal does not grow.</summary>
    public long IdleStatusMilliseconds { get; init; } = 1000;

    /// <summary>Time after which a request that got no answer is made again.</summary>
    public long RetryMilliseconds { get; init; } = 500;

    /// <summary>Time between comparisons with one peer.</summary>
    public long CompareMilliseconds { get; init; } = 1000;

    /// <summary>Time between comparisons of everything.</summary>
    public long CompareAllMilliseconds { get; init; } = 30_000;

    /// <summary>A comparison that makes no progress for so long is given up.</summary>
    public long CompareTimeoutMilliseconds { get; init; } = 5000;

    /// <summary>Partitions looked at more closely in one comparison.</summary>
    public int CloserPartitions { get; init; } = 256;

    /// <summary>Of partitions that change all the time, how many take their turn to be looked at in one comparison.</summary>
    public int RestlessPartitions { get; init; } = 16;

    /// <summary>A message with records is closed at about this size.</summary>
    public int ChunkBytes { get; init; } = 128 * 1024;

    /// <summary>Messages with records that one peer may have to answer.</summary>
    public int ChunksInFlight { get; init; } = 8;

    /// <summary>Bytes a second sent for repair and bootstrap, to all peers together; 0 for no bound.</summary>
    public long BulkBytesPerSecond { get; init; }

    /// <summary>A node that was not heard of for so long no longer holds back what waits for all.</summary>
    public long EvictMilliseconds { get; init; } = 600_000;

    /// <summary>A mistake that a test plants.</summary>
    public ExchangeFault Fault { get; init; }
}
