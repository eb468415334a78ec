using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.Ownership;
using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Cluster.Gossip.AntiEntropy;

/// <summary>
/// Answers one peer that compares its partitions with this node's. What it sends goes out piece by piece, as the peer
/// takes it in; nothing is promised, a question that is asked again is answered again.
/// </summary>
internal sealed class PartitionServer(IReplica replica, PeerPartitions shared, ReplicationOptions options)
{
    private readonly IPartitionStore _partitions = replica.Partitions;
    private readonly Queue<ServedPartition> _served = new();
    private readonly Dictionary<ushort, IReadOnlyList<byte[]>> _removals = [];
    private readonly RecordWriter _message = new();
    private readonly RecordWriter _chunk = new();
    private readonly RecordWriter _chunks = new();
    private readonly ulong[] _sums = new ulong[Limits.DigestBuckets];
    private readonly Dictionary<ushort, long> _readAt = [];
    private uint _round;
    private int _inFlight;

    /// <summary>Chunks of records sent since the start.</summary>
    public long Sent { get; private set; }

    /// <summary>Compares roots.</summary>
    /// <param name="roots">The peer's.</param>
    /// <param name="differing">Receives the partitions that differ: this node may lack something as well.</param>
    /// <returns>The answers.</returns>
    public IEnumerable<byte[]> Answer(RootsMessage roots, ICollection<ushort> differing)
    {
        if (roots.Round != _round)
        {
            _round = roots.Round;
            _served.Clear();
            _readAt.Clear();
            _removals.Clear();
            _inFlight = 0;
        }

        VersionVector common = replica.Applied;
        var ofMost = new List<ushort>();
        var same = new List<(VersionVector, IReadOnlyList<ushort>)>();
        var apart = new List<ushort>();
        var refused = new List<ushort>();
        var closer = new List<byte[]>();
        foreach (RootRow row in roots.Rows)
        {
            if (!shared.Serves(row.Partition))
            {
                // What is not complete here would look like deletes.
                refused.Add(row.Partition);
                continue;
            }

            long version = _partitions.VersionOf(row.Partition);
            VersionVector? ownVector = roots.WantsVectors && _partitions.HasOwnVector(row.Partition)
                ? _partitions.AppliedIn(row.Partition)
                : null;
            bool isSame = _partitions.HasRoot(row.Partition, row.Root, out bool hasRemovals);
            if (!isSame)
            {
                differing.Add(row.Partition);
            }
            else if (!hasRemovals)
            {
                shared.Confirm(row.Partition, version);
            }

            if (!isSame || (hasRemovals && (roots.WantsVectors || shared.Owes(row.Partition, version))))
            {
                // Equal digests do not tell of these removals: neither must the vector be adopted without them, nor this
                // copy be dropped.
                apart.Add(row.Partition);
                if (row.LooksCloser && closer.Count < options.CloserPartitions)
                {
                    _readAt[row.Partition] = version;
                    closer.Add(ReadBuckets(row.Partition));
                }
            }
            else if (ownVector is not null)
            {
                same.Add((ownVector, [row.Partition]));
            }
            else if (roots.WantsVectors)
            {
                ofMost.Add(row.Partition);
            }
        }

        if (ofMost.Count > 0)
        {
            // Taken before any of them was compared, so it is at or below what each of them had.
            same.Add((common, ofMost));
        }

        _message.Clear();
        IReadOnlyList<byte[]> flushes =
            options.Fault == ExchangeFault.WithholdRemovals ? [] : _partitions.ReadFlushes();
        new VerdictMessage(_round, flushes, apart, refused, same).Write(_message);
        return closer.Prepend(_message.Written.ToArray());
    }

    private byte[] ReadBuckets(ushort partition)
    {
        PartitionContext context = _partitions.Read(partition, _sums);
        _removals[partition] = options.Fault == ExchangeFault.WithholdRemovals ? [] : context.Removals;
        _message.Clear();
        new BucketsMessage(_round, partition, _removals[partition].Count > 0, context.Applied, _sums).Write(_message);
        return _message.Written.ToArray();
    }

    /// <summary>The peer names its keys in the buckets that differ.</summary>
    public void Take(KeysMessage keys)
    {
        if (keys.Round != _round || !shared.Serves(keys.Partition) ||
            _served.Any(served => served.Partition == keys.Partition))
        {
            return;
        }

        var theirs = new Dictionary<string, ulong>(StringComparer.Ordinal);
        var names = new List<byte[]>();
        foreach (KeyDigest key in keys.Keys)
        {
            theirs[Convert.ToBase64String(key.Name)] = key.Hash;
        }

        foreach (KeyDigest key in _partitions.ListKeys(keys.Partition, keys.Buckets))
        {
            if (!theirs.Remove(Convert.ToBase64String(key.Name), out ulong hash) || hash != key.Hash)
            {
                names.Add(key.Name);
            }
        }

        // What only the peer has: it learns that this node has nothing of it.
        names.AddRange(theirs.Keys.Select(Convert.FromBase64String));
        _removals.Remove(keys.Partition, out IReadOnlyList<byte[]>? removals);
        _served.Enqueue(new ServedPartition(
            keys.Partition, new Queue<byte[]>(removals ?? []), new Queue<byte[]>(names)));
    }

    public void Take(JoinedMessage joined)
    {
        if (joined.Round == _round)
        {
            _inFlight = Math.Max(0, _inFlight - 1);
            if (joined.IsLast && _readAt.TryGetValue(joined.Partition, out long version))
            {
                shared.Confirm(joined.Partition, version);
            }
        }
    }

    /// <summary>The next piece for the peer, if it can take one.</summary>
    public byte[]? Next()
    {
        while (_served.TryPeek(out ServedPartition? given) && !shared.Serves(given.Partition))
        {
            // It was dropped; the peer hears nothing more of it, rather than that there is nothing.
            _served.Dequeue();
        }

        if (_inFlight >= options.ChunksInFlight || !_served.TryPeek(out ServedPartition? served))
        {
            return null;
        }

        _inFlight++;
        ReadChunks(served);
        bool isLast = served.Names.Count == 0 && served.Removals.Count == 0;
        if (isLast)
        {
            _served.Dequeue();
        }

        _message.Clear();
        new RecordsMessage(_round, served.Partition, served.Sent++, isLast).Write(_message, _chunks.Written);
        return _message.Written.ToArray();
    }

    /// <summary>Fills a message, removals first: small keys share one, a large one takes several.</summary>
    private void ReadChunks(ServedPartition served)
    {
        _chunks.Clear();
        while (_chunks.Length < options.ChunkBytes && served.Removals.TryDequeue(out byte[]? removal))
        {
            RecordsMessage.Add(_chunks, removal);
            Sent++;
        }

        while (_chunks.Length < options.ChunkBytes && served.Names.TryPeek(out byte[]? name))
        {
            _chunk.Clear();
            served.From = _partitions.ReadChunk(served.Partition, name, served.From ?? [], options.ChunkBytes, _chunk);
            RecordsMessage.Add(_chunks, _chunk.Written);
            Sent++;
            if (served.From is null)
            {
                served.Names.Dequeue();
            }
        }
    }

    /// <summary>A partition whose records are on their way.</summary>
    private sealed class ServedPartition(ushort partition, Queue<byte[]> removals, Queue<byte[]> names)
    {
        public ushort Partition => partition;

        /// <summary>Of the moment the sums were read; they go first.</summary>
        public Queue<byte[]> Removals => removals;

        public Queue<byte[]> Names => names;

        /// <summary>Pieces sent.</summary>
        public uint Sent { get; set; }

        /// <summary>Where the first key goes on; null at its beginning.</summary>
        public byte[]? From { get; set; }
    }
}
