namespace Marekvs.Storage.Engine;

/// <summary>A snapshot of the keyspace's figures, for INFO and metrics.</summary>
public sealed record KeyspaceStatistics
{
    /// <summary>Existing keys.</summary>
    public long Keys { get; init; }

    /// <summary>Keys with a deadline.</summary>
    public long KeysWithDeadline { get; init; }

    /// <summary>Keys held in memory.</summary>
    public long ResidentKeys { get; init; }

    /// <summary>Bytes that resident data takes, about.</summary>
    public long ResidentBytes { get; init; }

    /// <summary>The bound on <see cref="ResidentBytes"/>.</summary>
    public long MemoryMax { get; init; }

    /// <summary>Reads that found their key.</summary>
    public long Hits { get; init; }

    /// <summary>Reads that did not.</summary>
    public long Misses { get; init; }

    /// <summary>Keys whose deadline passed and that were removed.</summary>
    public long ExpiredKeys { get; init; }

    /// <summary>Clean entries dropped from memory; nothing is lost by it.</summary>
    public long DroppedEntries { get; init; }

    /// <summary>Calls put aside because data was on disk, since start.</summary>
    public long ColdCalls { get; init; }

    /// <summary>Calls put aside because another node had to be asked, since start.</summary>
    public long FetchingCalls { get; init; }

    /// <summary>Calls waiting for the disk or another node now.</summary>
    public long ParkedCalls { get; init; }

    /// <summary>Calls waiting for keys now.</summary>
    public long WaitingCalls { get; init; }

    /// <summary>Journal entries appended since start.</summary>
    public long JournalEntries { get; init; }

    /// <summary>Journal bytes appended since start.</summary>
    public long JournalBytes { get; init; }

    /// <summary>Journal segments on disk.</summary>
    public long JournalSegments { get; init; }

    /// <summary>Bytes appended but not yet synced.</summary>
    public long UnsyncedBytes { get; init; }

    /// <summary>Changed keys not yet in the store.</summary>
    public long DirtyKeys { get; init; }

    /// <summary>Checkpoints completed since start.</summary>
    public long Checkpoints { get; init; }

    /// <summary>Checkpoints that failed since start.</summary>
    public long CheckpointFailures { get; init; }

    /// <summary>Unix milliseconds of the last completed checkpoint, or of the start.</summary>
    public long LastCheckpointAt { get; init; }

    /// <summary>How long the last checkpoint took, in milliseconds.</summary>
    public long LastCheckpointMilliseconds { get; init; }

    /// <summary>Whether a checkpoint runs now.</summary>
    public bool CheckpointRunning { get; init; }

    /// <summary>Whether the journal takes writes.</summary>
    public bool IsWritable { get; init; }

    /// <summary>Store reads that failed since start.</summary>
    public long StorageFailures { get; init; }

    /// <summary>Origins, lives of nodes, that this node has heard of; none is ever forgotten.</summary>
    public int KnownOrigins { get; init; }

    /// <summary>How often all records were read again to check the digests, since start.</summary>
    public long ScrubRounds { get; init; }

    /// <summary>Records read again, since start.</summary>
    public long ScrubbedRecords { get; init; }

    /// <summary>Partitions and collections that could not be checked in their turn, for they changed all the time.</summary>
    public long ScrubSkipped { get; init; }

    /// <summary>Digests that were not those of their records, since start.</summary>
    public long DigestMismatches { get; init; }

    /// <summary>Bytes the store takes on disk, about.</summary>
    public long StoreBytes { get; init; }
}
