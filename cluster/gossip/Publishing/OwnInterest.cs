using Marekvs.Abstractions;
using Marekvs.Abstractions.Messaging;
using Marekvs.Cluster.Gossip.Replication;

namespace Marekvs.Cluster.Gossip.Publishing;

/// <summary>
/// What this node's clients listen to, and what the others have been told of it. What is new is told at once, for who
/// waits for a message must get it; what has ended is told some time later and all together, for it costs only a message
/// that nobody waits for. Any thread changes it, one tells.
/// </summary>
internal sealed class OwnInterest
{
    /// <summary>Time between two times that everything is told because something has ended.</summary>
    public const long RetellMilliseconds = 1000;

    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, int> _hashes = [];
    private readonly Dictionary<byte[], int> _prefixes = new(BytesComparer.Instance);
    private readonly HashSet<ulong> _newHashes = [];
    private readonly HashSet<byte[]> _newPrefixes = new(BytesComparer.Instance);
    private int _toldHashes;
    private int _toldPrefixes;
    private InterestFilter? _toldFilter;
    private bool _hasEnded;
    private long _toldAllAt;

    /// <summary>Channels and patterns of which the others may be told.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _hashes.Count + _prefixes.Count;
            }
        }
    }

    /// <summary>The first client begins to listen to something, or the last one has stopped.</summary>
    public void Change(SubscriptionKind kind, byte[] name, bool isListening)
    {
        lock (_lock)
        {
            _hasEnded |= kind == SubscriptionKind.Pattern
                ? Change(_prefixes, _newPrefixes, PatternPrefix.Of(name), isListening)
                : Change(_hashes, _newHashes, ChannelHash.Of(kind, name), isListening);
        }
    }

    /// <summary>What there is to tell the others.</summary>
    /// <param name="all">Somebody must be told everything.</param>
    /// <param name="now">The time.</param>
    /// <returns>A message for all connected peers, or null.</returns>
    public byte[]? Next(bool all, long now)
    {
        lock (_lock)
        {
            bool isDue = (_hasEnded || HasOutgrown) && now - _toldAllAt >= RetellMilliseconds;
            if (all || isDue || !MayAdd)
            {
                _toldAllAt = now;
                return Everything().Encode(MessageKind.Interest);
            }

            if (_newHashes.Count + _newPrefixes.Count == 0)
            {
                return null;
            }

            var more = new InterestMessage([.. _newHashes], null, [.. _newPrefixes]);
            _toldHashes += _newHashes.Count;
            _toldPrefixes += _newPrefixes.Count;
            ForgetNews();
            return more.Encode(MessageKind.MoreInterest);
        }
    }

    /// <summary>Whether what is new may be added to what was told: lists are bounded.</summary>
    private bool MayAdd => _newHashes.Count <= InterestMessage.HashesMax &&
        (_toldFilter is not null || _toldHashes + _newHashes.Count <= InterestMessage.HashesMax) &&
        _toldPrefixes + _newPrefixes.Count <= InterestMessage.PrefixesMax;

    /// <summary>Whether the filter that was told has become too full to be of use.</summary>
    private bool HasOutgrown => _toldFilter is { BitsLog: < InterestFilter.BitsLogMax } filter &&
        _toldHashes > 2 * filter.Room;

    private InterestMessage Everything()
    {
        _toldFilter = null;
        _toldHashes = _hashes.Count;
        if (_hashes.Count > InterestMessage.HashesMax)
        {
            _toldFilter = InterestFilter.For(_hashes.Count);
            foreach (ulong hash in _hashes.Keys)
            {
                _toldFilter.Add(hash);
            }
        }

        bool areTooMany = _prefixes.Count > InterestMessage.PrefixesMax;
        _toldPrefixes = areTooMany ? 1 : _prefixes.Count;
        _hasEnded = false;
        ForgetNews();
        return new InterestMessage(
            _toldFilter is null ? _hashes.Keys : [], _toldFilter, areTooMany ? [[]] : _prefixes.Keys);
    }

    private void ForgetNews()
    {
        _newHashes.Clear();
        _newPrefixes.Clear();
    }

    /// <returns>Whether what was told is no longer so.</returns>
    private static bool Change<T>(Dictionary<T, int> counts, HashSet<T> fresh, T what, bool isListening)
        where T : notnull
    {
        int before = counts.GetValueOrDefault(what);
        if (isListening)
        {
            counts[what] = before + 1;
            if (before == 0)
            {
                fresh.Add(what);
            }

            return false;
        }

        if (before > 1)
        {
            counts[what] = before - 1;
            return false;
        }

        counts.Remove(what);
        return !fresh.Remove(what) && before == 1;
    }
}
