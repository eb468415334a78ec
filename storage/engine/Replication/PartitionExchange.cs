using System.IO.Hashing;
using System.Runtime.InteropServices;
using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Records;
using Marekvs.Storage.Engine.Execution;
using Marekvs.Storage.Engine.Journal;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Storage.Engine.Replication;

/// <summary>What anti-entropy asks of this node: digests, keys and records of a partition, and the causal join of what a
/// peer has.</summary>
internal sealed class PartitionExchange(
    Keyspace keyspace, ShardGates gates, JournalLog journal, ColdReader reader, Lock gate) : IPartitionStore
{
    private static readonly ulong UntouchedRoot = XxHash3.HashToUInt64(new byte[Limits.DigestBuckets * sizeof(ulong)]);

    private readonly RecordJoins _joins = new(keyspace, reader);
    private readonly RemoteEffects _effects = new(keyspace);
    private readonly KeyRange _ranges = new(keyspace, reader);
    private readonly RemovalChunks _removals = new(keyspace, new KeyRange(keyspace, reader));
    private readonly ulong[] _roots = new ulong[Limits.Partitions];
    private readonly long[] _rootVersions = new long[Limits.Partitions];
    private readonly RecordWriter _body = new();
    private readonly RecordWriter _scratch = new();

    public long VersionOf(ushort partition) => keyspace.Partitions.VersionOf(partition);

    public ulong RootOf(ushort partition)
    {
        lock (keyspace.ShardOf(partition).Gate)
        {
            return CurrentRoot(partition);
        }
    }

    public bool HasRoot(ushort partition, ulong root, out bool hasRemovals)
    {
        lock (keyspace.ShardOf(partition).Gate)
        {
            hasRemovals = _removals.HasIn(partition);
            return CurrentRoot(partition) == root;
        }
    }

    public PartitionContext Read(ushort partition, Span<ulong> buckets)
    {
        lock (keyspace.ShardOf(partition).Gate)
        {
            VersionVector applied = keyspace.Context.AppliedIn(partition);
            keyspace.Partitions.Digest(partition).CopyTo(buckets);
            return new PartitionContext(applied, _removals.In(partition), keyspace.Context.IsTidy(partition));
        }
    }

    public IReadOnlyList<byte[]> ReadFlushes() => _removals.OfEverything();

    public ApplyOutcome JoinFlush(ReadOnlySpan<byte> chunk)
    {
        lock (gate)
        {
            PendingClear? clear = RemovalChunks.ClearIn(partition: 0, KeyChunk.Read(chunk));
            return clear is { IsOfEverything: true }
                ? Join(clear)
                : throw new RecordFormatException("a delete of everything is none");
        }
    }

    public VersionVector AppliedIn(ushort partition) => keyspace.Context.AppliedIn(partition);

    public bool IsBehind(ushort partition, VersionVector vector) =>
        keyspace.AppliedVectors.IsBehind(partition, vector, keyspace.Origin);

    public bool IsUneven => keyspace.AppliedVectors.IsUneven;

    public bool HasOwnVector(ushort partition) => keyspace.AppliedVectors.HasOwnVector(partition);

    public IReadOnlyList<KeyDigest> ListKeys(ushort partition, ReadOnlySpan<byte> buckets)
    {
        byte[] wanted = buckets.ToArray();
        var supplies = new CallSupplies();
        Shard shard = keyspace.ShardOf(partition);
        var digests = new List<KeyDigest>();
        try
        {
            foreach (ColdKey key in reader.KeysOf(partition))
            {
                if (IsWanted(wanted, XxHash3.HashToUInt64(key.Name)))
                {
                    reader.Load(key, supplies);
                }
            }

            lock (shard.Gate)
            {
                foreach (KeyEntry entry in shard.Table.OfPartition(partition))
                {
                    if (IsWanted(wanted, (ulong)entry.DigestSeed) && _joins.Effects.DigestOf(entry) is not 0 and ulong hash)
                    {
                        digests.Add(new KeyDigest(entry.Name, hash));
                    }
                }
            }
        }
        finally
        {
            supplies.Release();
        }

        return digests;
    }

    public byte[]? ReadChunk(
        ushort partition, ReadOnlySpan<byte> name, ReadOnlySpan<byte> from, int bytesMax, RecordWriter chunk)
    {
        var supplies = new CallSupplies();
        try
        {
            KeyEntry? entry = reader.Bring(partition, name.ToArray(), supplies);
            lock (keyspace.ShardOf(partition).Gate)
            {
                byte[]? next = null;
                List<StoredElement> records = entry is null ? [] : _ranges.Read(entry, from.ToArray(), bytesMax, out next);
                KeyChunk.Write(chunk, name, from, next, records);
                return next;
            }
        }
        finally
        {
            supplies.Release();
        }
    }

    public ApplyOutcome Join(ushort partition, ReadOnlySpan<byte> chunk, VersionVector theirs)
    {
        lock (gate)
        {
            KeyChunk brought = KeyChunk.Read(chunk);
            if (RemovalChunks.ClearIn(partition, brought) is { } clear)
            {
                return Join(clear);
            }

            RecordCheck.Require(KeyAddress.PartitionOf(brought.Name) == partition, "a key is in a partition that is not its own");
            if (!IsAcceptable(theirs))
            {
                return ApplyOutcome.TooEarly;
            }

            foreach ((byte[] suffix, byte[] record) in brought.Records)
            {
                RecordCheck.Suffix(keyspace.Types, suffix, _scratch);
                ReadOnlySpan<byte> name = RecordCheck.NameIn(keyspace.Types, suffix);
                if (RecordCheck.Delta(keyspace, suffix[0], name, record) > keyspace.LatestAcceptable)
                {
                    return ApplyOutcome.TooEarly;
                }
            }

            var supplies = new CallSupplies();
            ulong mask = gates.Of(brought.Name);
            try
            {
                reader.Bring(partition, brought.Name, supplies);
                gates.Enter(mask);
                try
                {
                    return Join(partition, brought, theirs) ? ApplyOutcome.Applied : ApplyOutcome.NoRoom;
                }
                finally
                {
                    gates.Leave(mask);
                }
            }
            finally
            {
                supplies.Release();
            }
        }
    }

    public bool Adopt(IReadOnlyList<ushort> partitions, VersionVector theirs)
    {
        lock (gate)
        {
            if (!IsAcceptable(theirs))
            {
                return false;
            }

            List<ushort> behind = [.. partitions.Where(partition => IsBehind(partition, theirs))];
            if (behind.Count == 0)
            {
                return true;
            }

            keyspace.Origins.Admit(theirs);

            _body.Clear();
            foreach (ushort partition in behind)
            {
                int token = JournalEntry.BeginRecord(_body, partition, default, JournalEntry.AdoptedTag, default);
                theirs.Write(_body.Reserve(theirs.EncodedLength));
                JournalEntry.EndRecord(_body, token);
            }

            if (journal.TryAppend(_body.Written, behind.Count, Stamp.Zero, Stamp.Zero, default) < 0)
            {
                return false;
            }

            foreach (ushort partition in behind)
            {
                lock (keyspace.ShardOf(partition).Gate)
                {
                    keyspace.AppliedVectors.RaisePartition(partition, theirs, keyspace.Origin);
                }
            }

            return true;
        }
    }

    /// <summary>The root, computed anew when the digest has changed. The gate is held.</summary>
    private ulong CurrentRoot(ushort partition)
    {
        // The root of an untouched partition is the same everywhere, and nearly all are when there is little data.
        long version = keyspace.Partitions.VersionOf(partition);
        if (version == 0)
        {
            return UntouchedRoot;
        }

        if (_rootVersions[partition] != version)
        {
            _roots[partition] = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(keyspace.Partitions.Digest(partition)));
            _rootVersions[partition] = version;
        }

        return _roots[partition];
    }

    private static bool IsWanted(byte[] buckets, ulong keyHash)
    {
        int bucket = (int)(keyHash % Limits.DigestBuckets);
        return (buckets[bucket / 8] >> (bucket % 8) & 1) == 1;
    }

    /// <summary>Takes a delete in that a peer knows of.</summary>
    private ApplyOutcome Join(PendingClear clear)
    {
        RecordCheck.Require(
            clear.IsOfEverything || KeyAddress.PartitionOf(clear.Name) == clear.Partition,
            "a key is in a partition that is not its own");
        if (Stamp.Max(clear.Vector.Newest, clear.Stamp) > keyspace.LatestAcceptable)
        {
            return ApplyOutcome.TooEarly;
        }

        if (keyspace.Clears.Has(clear) ||
            clear.SaysNothing(keyspace.Context.IsApplied, keyspace.Context.StableIn(clear.Partition)))
        {
            return ApplyOutcome.Applied;
        }

        keyspace.Origins.Admit(clear.Vector.Largest);
        _body.Clear();
        int token = JournalEntry.BeginRecord(_body, clear.Partition, clear.Name, JournalEntry.ClearTag, default);
        if (clear.IsOfEverything)
        {
            clear.Vector.Write(_body);
        }
        else
        {
            clear.Vector.Common.Write(_body.Reserve(clear.Vector.Common.EncodedLength));
        }

        JournalEntry.EndRecord(_body, token);
        var supplies = new CallSupplies();
        ulong mask = clear.IsOfEverything ? gates.All : gates.Of(clear.Name);
        try
        {
            if (!clear.IsOfEverything)
            {
                reader.Bring(clear.Partition, clear.Name, supplies);
            }

            gates.Enter(mask);
            try
            {
                if (journal.TryAppend(_body.Written, 1, clear.Stamp, Stamp.Zero, default) < 0)
                {
                    return ApplyOutcome.NoRoom;
                }

                keyspace.Clock.Observe(clear.Stamp);
                _joins.Clear(clear);
                _effects.Conclude(_joins.Effects);
                return ApplyOutcome.Applied;
            }
            finally
            {
                gates.Leave(mask);
            }
        }
        finally
        {
            supplies.Release();
        }
    }

    private bool IsAcceptable(VersionVector vector) =>
        vector.Entries.All(entry => entry.Value <= keyspace.LatestAcceptable);

    /// <summary>Joins a chunk. The gate of its key is held and the key, if there is one, is in memory.</summary>
    /// <returns>False when the journal cannot take it.</returns>
    private bool Join(ushort partition, KeyChunk chunk, VersionVector theirs)
    {
        Shard shard = keyspace.ShardOf(partition);
        KeyEntry? entry = shard.Table.Find(keyspace.HashOf(chunk.Name), chunk.Name);
        List<StoredElement> mine = entry is null ? [] : _ranges.Read(entry, chunk.From, chunk.To);
        List<(byte[] Suffix, RecordState State, Cell Joined)> changes = JoinRecords(partition, chunk, mine, theirs);
        if (changes.Count == 0)
        {
            return true;
        }

        _body.Clear();
        foreach ((byte[] suffix, _, Cell joined) in changes)
        {
            RecordKind? kind = keyspace.Types.KindOf(suffix[0]);
            bool isSingle = suffix[0] == StorageKeys.RegisterTag || kind == keyspace.Types.Single?.Kind;
            int token = JournalEntry.BeginRecord(
                _body, partition, chunk.Name, suffix[0], isSingle ? default : ElementSuffix.NameIn(kind, suffix));
            joined.Write(_body);
            JournalEntry.EndRecord(_body, token);
        }

        Stamp newest = changes.Max(change => RecordCheck.NewestOf(change.Joined));
        if (journal.TryAppend(_body.Written, changes.Count, newest, Stamp.Zero, default) < 0)
        {
            return false;
        }

        keyspace.Clock.Observe(newest);
        entry ??= keyspace.Resident(partition, chunk.Name);
        foreach ((byte[] suffix, RecordState state, Cell joined) in changes)
        {
            keyspace.Context.Mention(partition, joined, except: default);
            if (entry.Elements?.Knows(suffix) == false)
            {
                reader.LoadElement(entry, suffix);
            }

            _joins.Put(entry, suffix, state);
        }

        _joins.KeepNewerThanDeadline(entry, keyspace.Clock.NowMilliseconds);
        _effects.Conclude(_joins.Effects);
        return true;
    }

    private List<(byte[] Suffix, RecordState State, Cell Joined)> JoinRecords(
        ushort partition, KeyChunk chunk, List<StoredElement> mine, VersionVector theirs)
    {
        var changes = new List<(byte[], RecordState, Cell)>();
        Stamp now = keyspace.Clock.Tick();
        bool hasContext = !keyspace.Faults.HasFlag(ReplicationFault.JoinWithoutContext);
        bool isMine(Dot dot) => hasContext && keyspace.Context.IsApplied(partition, dot);
        bool isTheirs(Dot dot) => hasContext && theirs.Covers(dot);
        int m = 0;
        int t = 0;
        while (m < mine.Count || t < chunk.Records.Count)
        {
            int order = m == mine.Count ? 1
                : t == chunk.Records.Count ? -1
                : mine[m].Suffix.AsSpan().SequenceCompareTo(chunk.Records[t].Suffix);
            byte[] suffix = order <= 0 ? mine[m].Suffix : chunk.Records[t].Suffix;
            RecordState left = order <= 0 ? mine[m++].State : default;
            Cell? right = order >= 0 ? CellCodec.Read(chunk.Records[t++].Record) : null;
            Cell before = left.ToCell();
            Cell joined = CausalJoin.Of(before, right, isMine, isTheirs, now);
            keyspace.Clears.Filter(partition, chunk.Name, joined);
            RecordState state = StateOf(suffix, left, right, joined, partition);
            if (!IsSame(state, left))
            {
                changes.Add((suffix, state, joined));
            }
        }

        return changes;
    }

    private RecordState StateOf(byte[] suffix, in RecordState left, Cell? right, Cell joined, ushort partition)
    {
        Cell pruned = joined.Clone();
        keyspace.Context.Prune(pruned, partition);
        RecordState state = RecordState.From(pruned);
        if (keyspace.Types.KindOf(suffix[0]) is { Merge: not null } kind && left.Payload is not null &&
            state.Payload is not null && right?.TryGetVisible(out CellDot theirs) == true)
        {
            state = state.Amended(CallDeltas.Merge(kind, left.Visible, theirs.Payload.Span));
            joined.AmendVisible(state.Visible.ToArray());
        }

        return state;
    }

    private bool IsSame(in RecordState left, in RecordState right)
    {
        if (left.IsEmpty || right.IsEmpty)
        {
            return left.IsEmpty == right.IsEmpty;
        }

        _scratch.Clear();
        left.Write(_scratch);
        int length = _scratch.Length;
        right.Write(_scratch);
        return _scratch.Written[..length].SequenceEqual(_scratch.Written[length..]);
    }
}
