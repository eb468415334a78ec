using Marekvs.Abstractions;
using Marekvs.Abstractions.Storage;
using Marekvs.Storage.Engine.Execution;
using Marekvs.Storage.Engine.Resident;
using Microsoft.Extensions.Logging;

namespace Marekvs.Storage.Engine.Replication;

/// <summary>
/// Reads all records again in the background, so many a second, and sums up digests anew: that of a collection from its
/// records, that of a partition from its keys. Digests are kept up to date by every change and stored with the data, so
/// one that differs means that a record is not what was written, or a mistake of ours; nodes would repair what needs no
/// repair, or take for equal what is not. It is counted, told, and put right; anti-entropy does the rest.
/// <para>
/// Nobody waits for it. What changes meanwhile is looked at again, and left to the next round when it changes all the time.
/// What is only in the store is looked at there, and stays there.
/// </para>
/// </summary>
/// <param name="keyspace">The data.</param>
/// <param name="reader">Reads the store.</param>
/// <param name="options">How much is read, and how often.</param>
/// <param name="logger">Reports.</param>
internal sealed class DigestScrub(Keyspace keyspace, ColdReader reader, KeyspaceOptions options, ILogger logger)
{
    private const int ChunkBytes = 32 * 1024;
    private const int AttemptsMax = 3;

    /// <summary>Keys that are summed up at once, under the gate, when a partition changes all the time.</summary>
    private const int AtOnceMax = 1024;

    /// <summary>Lines of the log in one round.</summary>
    private const int ToldMax = 10;

    private readonly CallEffects _effects = new(keyspace.Partitions, keyspace.Types);
    private readonly KeyRange _ranges = new(keyspace, reader);
    private IEnumerator<int>? _round;
    private ushort _partition;
    private long _credit;
    private long _workedAt = keyspace.Clock.NowMilliseconds;
    private long _roundAt;
    private int _told;
    private long _rounds;
    private long _records;
    private long _mismatches;
    private long _skipped;

    /// <summary>How often everything was looked at.</summary>
    public long Rounds => Volatile.Read(ref _rounds);

    /// <summary>Records and keys looked at.</summary>
    public long Records => Volatile.Read(ref _records);

    /// <summary>Digests that were wrong.</summary>
    public long Mismatches => Volatile.Read(ref _mismatches);

    /// <summary>Partitions and collections left to the next round because they changed all the time.</summary>
    public long Skipped => Volatile.Read(ref _skipped);

    /// <summary>Does what is due.</summary>
    /// <exception cref="StorageException">The store failed; the next call goes on behind what it could not read.</exception>
    public void Work()
    {
        long now = keyspace.Clock.NowMilliseconds;
        long earned = Math.Clamp(now - _workedAt, 0, 1000) * options.ScrubRecordsPerSecond / 1000;
        _workedAt = now;
        _credit = Math.Min(_credit + earned, options.ScrubRecordsPerSecond);
        if (_credit <= 0 || keyspace.Purge.IsPending || !HasRound(now))
        {
            return;
        }

        try
        {
            while (_credit > 0 && _round!.MoveNext())
            {
                _credit -= _round.Current;
                Interlocked.Add(ref _records, _round.Current);
            }

            // It could have gone on, but there was no more.
            _round = _credit > 0 ? null : _round;
        }
        catch (StorageException)
        {
            (_round, _partition) = (null, (ushort)((_partition + 1) % Limits.Partitions));
            throw;
        }
    }

    private bool HasRound(long now)
    {
        if (_round is null && now >= _roundAt)
        {
            _roundAt = now + (long)options.ScrubInterval.TotalMilliseconds;
            _round = Round().GetEnumerator();
        }

        return _round is not null;
    }

    /// <summary>Every partition once. Yields how many records were looked at, again and again.</summary>
    private IEnumerable<int> Round()
    {
        _told = 0;
        for (; _partition < Limits.Partitions; _partition++)
        {
            foreach (int looked in Check(_partition))
            {
                yield return looked;
            }
        }

        _partition = 0;
        Interlocked.Increment(ref _rounds);
    }

    private IEnumerable<int> Check(ushort partition)
    {
        Shard shard = keyspace.ShardOf(partition);
        var sums = new ulong[Limits.DigestBuckets];
        for (int attempt = 0; keyspace.Partitions.VersionOf(partition) is > 0 and long version; attempt++)
        {
            if (attempt == AttemptsMax)
            {
                Interlocked.Increment(ref _skipped);
                yield break;
            }

            long epoch = Volatile.Read(ref shard.StoreEpoch);
            Array.Clear(sums);
            List<ColdKey> keys = KeysOf(partition);
            yield return keys.Count;
            foreach (ColdKey key in keys)
            {
                foreach (int looked in Add(key, sums))
                {
                    yield return looked;
                }
            }

            if (Conclude(partition, version, epoch, keys, sums))
            {
                yield break;
            }
        }
    }

    private List<ColdKey> KeysOf(ushort partition)
    {
        List<ColdKey> keys = reader.KeysOf(partition);
        var stored = new HashSet<byte[]>(keys.Select(key => key.Name), SuffixComparer.Instance);
        Shard shard = keyspace.ShardOf(partition);
        lock (shard.Gate)
        {
            keys.AddRange(shard.Table.OfPartition(partition)
                .Where(entry => !stored.Contains(entry.Name))
                .Select(entry => new ColdKey(entry.Hash, partition, entry.Name)));
        }

        return keys;
    }

    /// <summary>Checks a key, and adds what it contributes.</summary>
    private IEnumerable<int> Add(ColdKey key, ulong[] sums)
    {
        Shard shard = keyspace.ShardOf(key.Partition);
        var supplies = new CallSupplies();
        try
        {
            KeyEntry? entry;
            lock (shard.Gate)
            {
                entry = shard.Table.Find(key.Hash, key.Name);
                if (entry is not null)
                {
                    supplies.Keep(entry);
                }
            }

            if (entry is null)
            {
                KeyEntry stored = reader.Peek(key);
                if (stored.Elements is not { } elements || (!elements.IsPaged && elements.DigestSum == _effects.SumOf(stored)))
                {
                    sums[BucketOf(stored)] ^= _effects.DigestOf(stored);
                    yield return stored.Elements?.Tree.Count ?? 0;
                    yield break;
                }

                entry = reader.Bring(key.Partition, key.Name, supplies);
            }

            if (entry?.Elements is { IsPaged: true })
            {
                foreach (int looked in CheckPaged(shard, entry))
                {
                    yield return looked;
                }
            }

            yield return entry is null ? 0 : Add(shard, entry, sums);
        }
        finally
        {
            supplies.Release();
        }
    }

    private int Add(Shard shard, KeyEntry entry, ulong[] sums)
    {
        lock (shard.Gate)
        {
            if (entry.Elements is { IsPaged: false })
            {
                PutRight(shard, entry, _effects.SumOf(entry));
            }

            sums[BucketOf(entry)] ^= _effects.DigestOf(entry);
            return entry.Elements is { IsPaged: false } elements ? elements.Tree.Count : 0;
        }
    }

    /// <summary>Checks a collection larger than memory, some records at a time.</summary>
    private IEnumerable<int> CheckPaged(Shard shard, KeyEntry entry)
    {
        long revision = entry.Revision;
        ulong sum = 0;
        byte[]? from = [];
        while (from is not null)
        {
            int looked = 0;
            lock (shard.Gate)
            {
                if (entry.IsDropped || entry.Revision != revision)
                {
                    Interlocked.Increment(ref _skipped);
                    yield break;
                }

                foreach (StoredElement record in _ranges.Read(entry, from, ChunkBytes, out from))
                {
                    looked++;
                    sum ^= record.Suffix[0] == keyspace.Types.Single?.Kind.Tag ? 0 : _effects.DigestOf(entry, record);
                }

                if (from is null)
                {
                    PutRight(shard, entry, sum);
                }
            }

            yield return looked;
        }
    }

    /// <summary>Gives a collection the digest that its records have. The gate is held.</summary>
    private void PutRight(Shard shard, KeyEntry entry, ulong sum)
    {
        Collection elements = entry.Elements!;
        if (elements.DigestSum == sum)
        {
            return;
        }

        Tell(entry.Partition, "of a collection in it");
        keyspace.Partitions.Toggle(entry.Partition, (ulong)entry.DigestSeed, elements.DigestSum ^ sum);
        elements.DigestSum = sum;
        shard.MarkDirty(entry);
    }

    /// <summary>Compares what the keys of a partition contribute with its digest.</summary>
    /// <returns>False when it has changed meanwhile.</returns>
    private bool Conclude(ushort partition, long version, long epoch, List<ColdKey> keys, ulong[] sums)
    {
        Shard shard = keyspace.ShardOf(partition);
        lock (shard.Gate)
        {
            bool isStill = keyspace.Partitions.VersionOf(partition) == version;
            if (!isStill && !(shard.StoreEpoch == epoch && TrySumAtOnce(shard, partition, keys, sums)))
            {
                return false;
            }

            Span<ulong> digest = keyspace.Partitions.Digest(partition);
            if (digest.SequenceEqual(sums))
            {
                return true;
            }

            Tell(partition, "as a whole");
            for (int bucket = 0; bucket < digest.Length; bucket++)
            {
                if (digest[bucket] != sums[bucket])
                {
                    keyspace.Partitions.Toggle(partition, (ulong)bucket, digest[bucket] ^ sums[bucket]);
                }
            }

            shard.QueuePartition(partition);
            return true;
        }
    }

    /// <summary>Sums up a partition of which all keys are in memory. The gate is held.</summary>
    private bool TrySumAtOnce(Shard shard, ushort partition, List<ColdKey> keys, ulong[] sums)
    {
        if (keys.Count > AtOnceMax || keys.Exists(key => shard.Table.Find(key.Hash, key.Name) is null))
        {
            return false;
        }

        Array.Clear(sums);
        foreach (KeyEntry entry in shard.Table.OfPartition(partition))
        {
            sums[BucketOf(entry)] ^= _effects.DigestOf(entry);
        }

        return true;
    }

    private void Tell(ushort partition, string what)
    {
        Interlocked.Increment(ref _mismatches);
        if (_told++ < ToldMax)
        {
            logger.LogError(
                "The digest of partition {Partition} {What} was not that of its records, and is put right. A disk or memory may " +
                "be at fault; other nodes repair what differs from them.",
                partition, what);
        }
    }

    private static int BucketOf(KeyEntry entry) => (int)((ulong)entry.DigestSeed % Limits.DigestBuckets);
}
