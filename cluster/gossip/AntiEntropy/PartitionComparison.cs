using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Cluster.Gossip.AntiEntropy;

/// <summary>
/// Compares this node's partitions with those of one peer, round by round, and takes over what it lacks: roots, then the
/// bucket sums of partitions that differ, then the keys of buckets that differ, then their records. Only this node
/// changes; the peer does the same the other way round.
/// <para>
/// A partition is looked at closer only when it differs twice in a row: what is on its way in a stream needs no repair.
/// </para>
/// </summary>
internal sealed class PartitionComparison(IReplica replica, ReplicationOptions options)
{
    private readonly IPartitionStore _partitions = replica.Partitions;
    private readonly RecordWriter _message = new();
    private readonly ulong[] _sums = new ulong[Limits.DigestBuckets];
    private readonly long[] _agreed = new long[Limits.Partitions];
    private readonly HashSet<ushort> _suspects = [];
    private readonly Dictionary<ushort, OpenPartition> _open = [];
    private Dictionary<ushort, (bool LooksCloser, long Version)> _asked = [];
    private uint _round;
    private int _closer;
    private long _beginAt;
    private long _allAt;
    private long _progressAt;
    private bool _isUnderWay;

    /// <summary>Chunks joined since the start.</summary>
    public long Joined { get; private set; }

    /// <summary>Partitions known to differ from the peer's.</summary>
    public int Differing => _suspects.Count;

    /// <summary>Whether the partitions equalled the peer's when they were last compared.</summary>
    public bool HasAgreed { get; private set; }

    /// <summary>A long message is under way.</summary>
    public void Expect(long now) => _progressAt = now;

    /// <summary>A connection was made: compare everything soon.</summary>
    public void Start(long now, uint firstRound)
    {
        _round = firstRound;
        _open.Clear();
        _isUnderWay = false;
        HasAgreed = false;
        Array.Fill(_agreed, -1);
        _beginAt = now + options.CompareMilliseconds;
        _allAt = now;
    }

    /// <summary>The peer found that these differ.</summary>
    public void Suspect(IEnumerable<ushort> partitions) => _suspects.UnionWith(partitions);

    /// <summary>Begins a round when it is time.</summary>
    /// <param name="now">Milliseconds.</param>
    /// <param name="wantsVectors">Whether this node lacks something that only the peer's applied vectors can tell.</param>
    /// <returns>The question, or null.</returns>
    public byte[]? Next(long now, bool wantsVectors)
    {
        if (_isUnderWay && now - _progressAt >= options.CompareTimeoutMilliseconds)
        {
            _isUnderWay = false;
            _beginAt = now;
        }

        if (_isUnderWay || now < _beginAt)
        {
            return null;
        }

        bool isAll = wantsVectors || now >= _allAt;
        if (isAll)
        {
            _allAt = now + options.CompareAllMilliseconds;
        }

        var rows = new List<RootRow>();
        int closer = 0;
        for (ushort partition = 0; partition < Limits.Partitions; partition++)
        {
            bool isSuspect = _suspects.Contains(partition);
            if (isAll || isSuspect || _partitions.VersionOf(partition) != _agreed[partition])
            {
                bool looksCloser = isSuspect && closer < options.CloserPartitions;
                closer += looksCloser ? 1 : 0;
                rows.Add(new RootRow(partition, _partitions.RootOf(partition), looksCloser));
            }
        }

        if (rows.Count == 0)
        {
            _beginAt = now + options.CompareMilliseconds;
            return null;
        }

        _round++;
        _isUnderWay = true;
        _progressAt = now;
        _closer = -1;
        _open.Clear();
        _message.Clear();
        new RootsMessage(_round, wantsVectors, rows).Write(_message);
        _asked = rows.ToDictionary(row => row.Partition, row => (row.LooksCloser, _partitions.VersionOf(row.Partition)));
        return _message.Written.ToArray();
    }

    public void Take(VerdictMessage verdict, long now)
    {
        if (!_isUnderWay || verdict.Round != _round || _closer >= 0)
        {
            return;
        }

        _progressAt = now;
        var differing = new HashSet<ushort>(verdict.Differing);
        _closer = 0;
        foreach ((ushort partition, (bool looksCloser, long version)) in _asked)
        {
            if (differing.Contains(partition))
            {
                _suspects.Add(partition);
                _closer += looksCloser ? 1 : 0;
            }
            else
            {
                _suspects.Remove(partition);
                _agreed[partition] = version;
            }
        }

        foreach ((VersionVector applied, IReadOnlyList<ushort> partitions) in verdict.Same)
        {
            _partitions.Adopt(
                [.. partitions.Where(partition => _asked.ContainsKey(partition) && !differing.Contains(partition))],
                applied);
        }

        HasAgreed |= differing.Count == 0;
        CloseRound(now);
    }

    /// <summary>Looks into a partition that differs.</summary>
    /// <returns>The next question, or null when nothing differs any more.</returns>
    public byte[]? Take(BucketsMessage buckets, long now)
    {
        if (!_isUnderWay || buckets.Round != _round || _closer < 0 || _open.ContainsKey(buckets.Partition))
        {
            return null;
        }

        _progressAt = now;
        replica.ReadDigest(buckets.Partition, _sums);
        byte[] differing = new byte[Limits.DigestBuckets / 8];
        for (int i = 0; i < _sums.Length; i++)
        {
            if (_sums[i] != buckets.Sums[i])
            {
                differing[i / 8] |= (byte)(1 << (i % 8));
            }
        }

        if (differing.AsSpan().IndexOfAnyExcept((byte)0) < 0)
        {
            Finish(buckets.Partition, buckets.Context, now);
            return null;
        }

        _open[buckets.Partition] = new OpenPartition(buckets.Context);
        if (PlantedFault == ExchangeFault.AdoptEarly)
        {
            _partitions.Adopt([buckets.Partition], buckets.Context.Applied);
        }

        _message.Clear();
        new KeysMessage(_round, buckets.Partition, differing, _partitions.ListKeys(buckets.Partition, differing)).Write(_message);
        return _message.Written.ToArray();
    }

    /// <summary>Joins records of the peer.</summary>
    /// <returns>The answer, or null when the round is over.</returns>
    public byte[]? Take(RecordsMessage records, ReadOnlySpan<byte> chunk, long now)
    {
        if (!_isUnderWay || records.Round != _round || !_open.TryGetValue(records.Partition, out OpenPartition? open) ||
            records.Number < open.Joined)
        {
            return null;
        }

        _progressAt = now;
        if (records.Number != open.Joined ||
            (!chunk.IsEmpty && _partitions.Join(records.Partition, chunk, open.Context.Applied) != ApplyOutcome.Applied))
        {
            // A piece is missing, or it cannot be joined now; the next round tries again.
            _isUnderWay = false;
            _beginAt = now + options.CompareMilliseconds;
            return null;
        }

        Joined++;
        open.Joined++;
        if (records.IsLast)
        {
            _open.Remove(records.Partition);
            Finish(records.Partition, open.Context, now);
        }

        _message.Clear();
        new JoinedMessage(_round).Write(_message);
        return _message.Written.ToArray();
    }

    /// <summary>A mistake that a test plants.</summary>
    internal static ExchangeFault PlantedFault { get; set; }

    private void Finish(ushort partition, PartitionContext context, long now)
    {
        if (context.IsTidy || PlantedFault == ExchangeFault.AdoptUntidy)
        {
            _partitions.Adopt([partition], context.Applied);
        }

        _closer--;
        CloseRound(now);
    }

    private void CloseRound(long now)
    {
        if (_closer == 0 && _open.Count == 0)
        {
            _isUnderWay = false;
            _beginAt = now + (_suspects.Count > 0 ? options.CompareMilliseconds / 2 : options.CompareMilliseconds);
        }
    }

    /// <summary>A partition whose records are coming.</summary>
    private sealed class OpenPartition(PartitionContext context)
    {
        /// <summary>What the peer had applied before it read them.</summary>
        public PartitionContext Context { get; } = context;

        /// <summary>Pieces joined so far.</summary>
        public uint Joined { get; set; }
    }
}

/// <summary>Mistakes that tests plant, to see that they would be noticed.</summary>
internal enum ExchangeFault
{
    None,

    /// <summary>A peer's vector is adopted before its records were joined.</summary>
    AdoptEarly,

    /// <summary>A peer's vector is adopted though the peer knows of removals beyond it.</summary>
    AdoptUntidy,
}
