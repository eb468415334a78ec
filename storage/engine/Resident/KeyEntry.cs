using System.IO.Hashing;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;

namespace Marekvs.Storage.Engine.Resident;

/// <summary>
/// A key held in memory. An entry without content is also an answer: the key is known to be absent, or is deleted and
/// the store does not know it yet. Everything here is guarded by the gate of the key's shard.
/// </summary>
internal sealed class KeyEntry : KeyHandle
{
    private const int FixedCost = 200;

    public KeyEntry(byte[] name, ulong hash, ushort partition)
    {
        DigestSeed = (long)XxHash3.HashToUInt64(name);
        Name = name;
        Hash = hash;
        Partition = partition;
        StoredAttention = Cell.NoDeadline;
        QueuedAttention = Cell.NoDeadline;
    }

    public byte[] Name { get; }

    /// <summary>63-bit seeded hash: the order of SCAN and of the table.</summary>
    public ulong Hash { get; }

    public ushort Partition { get; }

    /// <summary>Hash of the name that is the same on every node.</summary>
    public long DigestSeed { get; }

    /// <summary>Next in the table's chain.</summary>
    public KeyEntry? Next;

    /// <summary>The neighbours among the resident keys of the partition.</summary>
    public KeyEntry? NextInPartition;

    public KeyEntry? PreviousInPartition;

    /// <summary>Next in the partition's list of changed keys.</summary>
    public KeyEntry? NextDirty;

    /// <summary>The record of the single-record type.</summary>
    public RecordState Value;

    /// <summary>The records of every other type.</summary>
    public Collection? Elements;

    /// <summary>Changed since the last checkpoint took it.</summary>
    public bool IsDirty;

    /// <summary>In a batch the store has not confirmed yet.</summary>
    public bool IsFlushing;

    /// <summary>Touched by the running call.</summary>
    public bool IsTouched;

    /// <summary>Used since the eviction hand passed.</summary>
    public bool IsUsed;

    /// <summary>The store has a row for this key.</summary>
    public bool IsStored;

    /// <summary>The store has the single record.</summary>
    public bool IsValueStored;

    /// <summary>Counted in the number of keys.</summary>
    public bool IsCounted;

    /// <summary>Counted in the number of keys with a deadline.</summary>
    public bool HasCountedDeadline;

    /// <summary>No longer in the table.</summary>
    public bool IsDropped;

    /// <summary>The <see cref="Attention"/> the store's index has.</summary>
    public long StoredAttention;

    /// <summary>The <see cref="Attention"/> the in-memory queue has.</summary>
    public long QueuedAttention;

    /// <summary>Parked calls this key was brought in for: it stays until they have run. Changed atomically, since a call
    /// may be given up outside the gate.</summary>
    public int Pins;

    /// <summary>Unix seconds of the last use.</summary>
    public uint LastUsedSeconds;

    /// <summary>What this node itself wrote of the key is stamped up to here.</summary>
    public Stamp WrittenThrough;

    /// <summary>Bytes last accounted for.</summary>
    public long AccountedCost;

    /// <summary>Grows with every committed change; WATCH compares it.</summary>
    public long Revision;

    public bool HasContent => Value.IsVisible || (Elements is not null && Elements.IsVisible);

    /// <summary>Neither content nor a marker: nothing to store.</summary>
    public bool IsBlank => Value.IsEmpty && (Elements is null || Elements.IsBlank);

    /// <summary>The key's deadline: of the value when there is one, else of the collection.</summary>
    public long Deadline => Value.IsVisible ? Value.Deadline : Elements?.Register.Deadline ?? Cell.NoDeadline;

    /// <summary>When the key has to be looked at: its own deadline passes or, maybe, one of an element.</summary>
    public long Attention => Math.Min(Deadline, Elements?.NextDeadline ?? Cell.NoDeadline);

    public long Cost => FixedCost + Name.Length + Value.Cost + (Elements?.Cost ?? 0);

    public bool IsExpired(long now) => Deadline <= now;
}
