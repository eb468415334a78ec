namespace Marekvs.Cluster.Gossip.Reads;

/// <summary>The times and bounds of reading keys from their owners.</summary>
internal sealed record ReadOptions
{
    /// <summary>How long a lease lasts.</summary>
    public long LeaseMilliseconds { get; init; } = 60_000;

    /// <summary>So long before its end a lease is renewed, if its key was used meanwhile.</summary>
    public long RenewBeforeMilliseconds { get; init; } = 15_000;

    /// <summary>From so many copies of one partition on the whole partition is leased instead of each key.</summary>
    public int WholePartitionFrom { get; init; } = 4096;

    /// <summary>Leases that one owner gives; the least recently renewed go first.</summary>
    public int LeasesMax { get; init; } = 1_000_000;

    /// <summary>Names that these leases may take together, in bytes.</summary>
    public long LeasedNameBytesMax { get; init; } = 256 * 1024 * 1024;

    /// <summary>An owner that has not answered for so long is not waited for: the next one is asked as well.</summary>
    public long NextOwnerMilliseconds { get; init; } = 300;

    /// <summary>So long an owner is looked for that can answer, before a key is answered from what is here: owners change,
    /// and who has just come back needs a moment. Owners that are gone for so long already are not looked for.</summary>
    public long PatienceMilliseconds { get; init; } = 1500;

    /// <summary>Time between looks for an owner that can answer.</summary>
    public long RetryMilliseconds { get; init; } = 50;

    /// <summary>Where no owner can be reached a key is answered from what is here for so long before they are tried again.
    /// </summary>
    public long AloneMilliseconds { get; init; } = 1000;

    /// <summary>A copy that was not used for so long is dropped.</summary>
    public long DropAfterMilliseconds { get; init; } = 60_000;

    /// <summary>Time between signs of life of one who has given leases.</summary>
    public long BeatMilliseconds { get; init; } = 250;

    /// <summary>Leases of one who is silent for so long do not count.</summary>
    public long SilenceMilliseconds { get; init; } = 3000;

    /// <summary>A message with records is closed at about this size.</summary>
    public int ChunkBytes { get; init; } = 128 * 1024;

    /// <summary>Bytes under way to one asker.</summary>
    public long WindowBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Changed records that may wait for one holder; one that is slower than that loses its leases.</summary>
    public int ChangesMax { get; init; } = 65_536;

    /// <summary>Bytes of their names.</summary>
    public long ChangesBytesMax { get; init; } = 32 * 1024 * 1024;

    /// <summary>Fetches that one asker may have waiting here; more are refused.</summary>
    public int FetchesMax { get; init; } = 65_536;

    /// <summary>Messages with records for one asker in one turn: each may have to be read from disk.</summary>
    public int MessagesPerTurn { get; init; } = 128;

    /// <summary>Time between looks at what owners have of what was written here.</summary>
    public long SeenMilliseconds { get; init; } = 1000;

    /// <summary>Journal bytes looked through for changes in one turn.</summary>
    public long ChangesBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Time between looks for copies that nobody remembers, which a restart leaves behind.</summary>
    public long SweepMilliseconds { get; init; } = 1000;

    /// <summary>Partitions looked through at once.</summary>
    public int SweepPartitions { get; init; } = 16;
}
