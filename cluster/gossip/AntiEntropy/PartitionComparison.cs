using Marekvs.Abstractions;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Crdt;
using Marekvs.Cluster.Gossip.Ownership;
using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Cluster.Gossip.AntiEntropy;

/// <summary>
/// Compares this node's partitions with those of one peer, round by round, and takes over what it lacks: roots, then the
/// bucket sums of partitions that differ, then the keys of buckets that differ, then their records. Only this node
/// changes; the peer does the same the other way round.
/// <para>
/// A partition is looked at closer only when it differs twice in a row and stood still (see <see cref="Suspects"/>): what
/// is on its way in a stream needs no repair. One that this node takes over is looked at closer at once.
/// </para>
/// </summary>
internal sealed class PartitionComparison(IReplica replica, PeerPartitions shared, ReplicationOptions options)
{
    private const int UrgentMilliseconds = 100;

    private readonly IPartitionStore _partitions = replica.Partitions;
    private readonly RecordWriter _message = new();
    private readonly ulong[] _sums = new ulong[Limits.DigestBuckets];
    private readonly long[] _agreed = new long[Limits.Partitions];
    private readonly Suspects _suspects = new(replica.Partitions, options);
    private readonly Dictionary<ushort, OpenPartition> _open = [];
    private Dictionary<ushort, AskedPartition> _asked = [];
    private uint _round;
    private int _closer;
    private long _beginAt;
    private long _allAt;
    private long _progressAt;
    private long _vectorsAt;
    private long _vectorsPause;
    private bool _isUnderWay;
    private bool _wantedVectors;

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
        _vectorsAt = now;
        _vectorsPause = options.CompareMilliseconds;
    }

    /// <summary>The peer found that these differ.</summary>
    public void Suspect(IEnumerable<ushort> partitions)
    {
        foreach (ushort partition in partitions)
        {
            _suspects.Add(partition, _partitions.VersionOf(partition));
        }
    }

    /// <summary>Whether it is time for a round.</summary>
    public bool IsDue(long now) =>
        _isUnderWay ? now - _progressAt >= options.CompareTimeoutMilliseconds : now >= _beginAt;

    /// <summary>Begins a round when it is time.</summary>
    /// <param name="now">Milliseconds.</param>
    /// <param name="wantsVectors">Whether this node lacks something that only the peer's applied vectors can tell.</param>
    /// <returns>The question, or null.</returns>
    public byte[]? Next(long now, bool wantsVectors)
    {
        if (!IsDue(now))
        {
            return null;
        }

        _isUnderWay = false;
        _suspects.BeginRound(isBehind: wantsVectors);

        // What the peer cannot tell today is asked less and less often.
        bool mayAsk = now >= _vectorsAt;
        wantsVectors &= mayAsk;
        bool isAll = wantsVectors || now >= _allAt;
        if (isAll)
        {
            _allAt = now + options.CompareAllMilliseconds;
        }

        var rows = new List<RootRow>();
        int closer = 0;
        for (ushort partition = 0; partition < Limits.Partitions; partition++)
        {
            if (!shared.IsShared(partition))
            {
                _agreed[partition] = -1;
                _suspects.Remove(partition);
                continue;
            }

            bool isUrgent = shared.IsUrgent(partition);
            bool isSuspect = isUrgent || _suspects.IsWorthALook(partition);
            bool isHollow = (isUrgent || mayAsk) && shared.IsHollow(partition);
            wantsVectors |= isHollow;
            if (isAll || isSuspect || isHollow || _partitions.VersionOf(partition) != _agreed[partition])
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
        _wantedVectors = wantsVectors;
        if (wantsVectors)
        {
            _vectorsAt = now + _vectorsPause;
            _vectorsPause = Math.Min(2 * _vectorsPause, options.CompareAllMilliseconds);
        }

        _message.Clear();
        new RootsMessage(_round, wantsVectors, rows).Write(_message);
        _asked = rows.ToDictionary(
            row => row.Partition,
            row => new AskedPartition(row.LooksCloser, _partitions.VersionOf(row.Partition), shared.EraOf(row.Partition)));
        return _message.Written.ToArray();
    }

    public void Take(VerdictMessage verdict, long now)
    {
        if (!_isUnderWay || verdict.Round != _round || _closer >= 0)
        {
            return;
        }

        _progressAt = now;
        if (verdict.Flushes.Any(flush => _partitions.JoinFlush(flush) != ApplyOutcome.Applied))
        {
            GiveUp(now);
            return;
        }

        var differing = new HashSet<ushort>(verdict.Differing);
        if (_wantedVectors && differing.Count > 0)
        {
            // Vectors of partitions that differ, or of which more is to be told, come with the closer look.
            _vectorsAt = now;
        }

        _closer = 0;
        foreach (ushort partition in verdict.Refused)
        {
            _asked.Remove(partition);
        }

        foreach ((ushort partition, AskedPartition asked) in _asked)
        {
            if (differing.Contains(partition))
            {
                _suspects.Add(partition, asked.Version);
                _closer += asked.LooksCloser ? 1 : 0;
            }
            else if (IsStill(partition))
            {
                _suspects.Remove(partition);
                _agreed[partition] = asked.Version;
                shared.Agree(partition);
            }
        }

        foreach ((VersionVector applied, IReadOnlyList<ushort> partitions) in verdict.Same)
        {
            Adopt([.. partitions.Where(partition => !differing.Contains(partition) && IsStill(partition))], applied);
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
        if (!IsStill(buckets.Partition))
        {
            _closer--;
            CloseRound(now);
            return null;
        }

        replica.ReadDigest(buckets.Partition, _sums);
        byte[] differing = new byte[Limits.DigestBuckets / 8];
        for (int i = 0; i < _sums.Length; i++)
        {
            if (_sums[i] != buckets.Sums[i])
            {
                differing[i / 8] |= (byte)(1 << (i % 8));
            }
        }

        bool wantsRemovals = buckets.HasRemovals &&
            (shared.IsGivenUp(buckets.Partition) || _partitions.IsBehind(buckets.Partition, buckets.Applied));
        if (differing.AsSpan().IndexOfAnyExcept((byte)0) < 0 && !wantsRemovals)
        {
            Finish(buckets.Partition, buckets.Applied, now);
            return null;
        }

        _open[buckets.Partition] = new OpenPartition(buckets.Applied);
        if (options.Fault == ExchangeFault.AdoptEarly)
        {
            _partitions.Adopt([buckets.Partition], buckets.Applied);
        }

        _message.Clear();
        new KeysMessage(_round, buckets.Partition, differing, _partitions.ListKeys(buckets.Partition, differing)).Write(_message);
        return _message.Written.ToArray();
    }

    /// <summary>Joins records of the peer.</summary>
    /// <returns>The answer, or null when the round is over.</returns>
    public byte[]? Take(RecordsMessage records, ReadOnlySpan<byte> chunks, long now)
    {
        if (!_isUnderWay || records.Round != _round || !_open.TryGetValue(records.Partition, out OpenPartition? open) ||
            records.Number < open.Joined)
        {
            return null;
        }

        _progressAt = now;
        if (records.Number != open.Joined || !IsStill(records.Partition) ||
            !Join(records.Partition, chunks, open.Applied))
        {
            // A piece is missing, or it cannot be joined now, or not any more.
            GiveUp(now);
            return null;
        }

        open.Joined++;
        if (records.IsLast)
        {
            _open.Remove(records.Partition);
            Finish(records.Partition, open.Applied, now);
        }

        _message.Clear();
        new JoinedMessage(_round, records.Partition, records.IsLast).Write(_message);
        return _message.Written.ToArray();
    }

    /// <returns>Whether all chunks were joined.</returns>
    private bool Join(ushort partition, ReadOnlySpan<byte> chunks, VersionVector theirs)
    {
        var reader = new RecordReader(chunks);
        while (reader.Remaining > 0)
        {
            if (_partitions.Join(partition, reader.ReadBytes(reader.ReadLength()), theirs) != ApplyOutcome.Applied)
            {
                return false;
            }

            Joined++;
        }

        return true;
    }

    private void Finish(ushort partition, VersionVector applied, long now)
    {
        Adopt([partition], applied);
        shared.Agree(partition);
        _closer--;
        CloseRound(now);
    }

    /// <summary>Whether a partition has been here ever since it was asked for: what was joined into it before it was dropped
    /// is not here, and must not be claimed.</summary>
    private bool IsStill(ushort partition) => _asked.TryGetValue(partition, out AskedPartition? asked) &&
        shared.IsShared(partition) && shared.EraOf(partition) == asked.Era;

    /// <summary>The next round tries again.</summary>
    private void GiveUp(long now)
    {
        _isUnderWay = false;
        _beginAt = now + options.CompareMilliseconds;
    }

    private void CloseRound(long now)
    {
        if (_closer == 0 && _open.Count == 0)
        {
            _isUnderWay = false;
            bool isUrgent = _asked.Keys.Any(shared.IsUrgent);
            _beginAt = now + (isUrgent ? UrgentMilliseconds
                : _suspects.Count > 0 ? options.CompareMilliseconds / 2
                : options.CompareMilliseconds);
        }
    }

    private void Adopt(IReadOnlyList<ushort> partitions, VersionVector applied)
    {
        if (partitions.Any(partition => _partitions.IsBehind(partition, applied)))
        {
            _partitions.Adopt(partitions, applied);
            _vectorsPause = options.CompareMilliseconds;
        }
    }

    /// <summary>What was asked of a partition.</summary>
    /// <param name="LooksCloser">Whether its bucket sums were asked for.</param>
    /// <param name="Version">The version of its digest.</param>
    /// <param name="Era">How often it was dropped before.</param>
    private sealed record AskedPartition(bool LooksCloser, long Version, int Era);

    /// <summary>A partition whose records are coming.</summary>
    private sealed class OpenPartition(VersionVector applied)
    {
        /// <summary>What the peer had applied before it read them.</summary>
        public VersionVector Applied { get; } = applied;

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

    /// <summary>Removals that neither vector nor digest tell are not told.</summary>
    WithholdRemovals,

    /// <summary>What was applied everywhere before a node came back counts as applied there too.</summary>
    KeepStability,
}
