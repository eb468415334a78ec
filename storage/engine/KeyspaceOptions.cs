using Marekvs.Abstractions.Records;

namespace Marekvs.Storage.Engine;

/// <summary>When an acknowledged write is safe against power loss; against a kill it always is.</summary>
public enum SyncMode
{
    /// <summary>In the background, every <see cref="KeyspaceOptions.SyncInterval"/>.</summary>
    Interval,

    /// <summary>Before the reply leaves, many connections sharing one sync.</summary>
    Always,

    /// <summary>When the operating system pleases.</summary>
    No,
}

/// <summary>What the keyspace is opened with.</summary>
public sealed class KeyspaceOptions
{
    /// <summary>Directory of the journal; the caller holds it for this process alone.</summary>
    public required string JournalDirectory { get; init; }

    /// <summary>This node's number.</summary>
    public ushort Node { get; init; } = 1;

    /// <summary>Shards; one writer each.</summary>
    public int Shards { get; init; } = 2;

    /// <summary>Bytes that resident data may take.</summary>
    public long MemoryMax { get; init; } = 1L << 30;

    /// <summary>When writes reach the disk.</summary>
    public SyncMode Sync { get; init; } = SyncMode.Interval;

    /// <summary>The window of <see cref="SyncMode.Interval"/>.</summary>
    public TimeSpan SyncInterval { get; init; } = TimeSpan.FromMilliseconds(128);

    /// <summary>Bytes of one journal segment.</summary>
    public int SegmentBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>A checkpoint begins at least this often while there is something to write.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A checkpoint begins when this much journal was written since the last.</summary>
    public long CheckpointBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>Elements up to which a collection is resident as a whole.</summary>
    public int ResidentElementsMax { get; init; } = 4096;

    /// <summary>Threads that bring data in from the store.</summary>
    public int ReaderThreads { get; init; } = 4;

    /// <summary>How far ahead of this node's clock a peer may stamp what it writes.</summary>
    public TimeSpan ClockSkewMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of the journal kept for peers that are behind; beyond, anti-entropy brings them up to date.
    /// </summary>
    public long RetainBytes { get; init; } = 1L << 30;

    /// <summary>Records read again in a second, in the background, to see that digests are right; 0 for none.</summary>
    public int ScrubRecordsPerSecond { get; init; } = 1000;

    /// <summary>All records are read again at most this often.</summary>
    public TimeSpan ScrubInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Cut the journal at damage that would otherwise stop the start.</summary>
    public bool Repair { get; init; }

    /// <summary>Whether timers run by themselves; tests that own the clock call <see cref="Keyspace.TickAsync"/>.
    /// </summary>
    public bool BackgroundWork { get; init; } = true;

    /// <summary>Whether background work runs on the thread that asks for it, so that a simulation can be repeated.
    /// </summary>
    internal bool RunsInline { get; init; }

    /// <summary>Runs background work beside the caller, or on its thread.</summary>
    internal Task RunAside(Func<Task> work) => RunsInline ? work() : Task.Run(work);

    /// <summary>Receives keyspace notifications of enabled classes after their call committed.</summary>
    public KeyspaceEventSink? EventSink { get; init; }
}

/// <summary>Receives a keyspace notification.</summary>
/// <param name="eventClass">Its class.</param>
/// <param name="eventName">Its name.</param>
/// <param name="name">The key; valid during the call.</param>
public delegate void KeyspaceEventSink(KeyspaceEvents eventClass, string eventName, ReadOnlySpan<byte> name);
