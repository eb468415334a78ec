using Marekvs.Abstractions.Crdt;
using Marekvs.Abstractions.Messaging;

namespace Marekvs.Cluster.Gossip.Publishing;

/// <summary>What a peer's clients listen to, as far as it has said.</summary>
internal sealed class PeerInterest
{
    private readonly HashSet<ulong> _hashes = [];
    private readonly InterestFilter? _filter;
    private readonly List<byte[]> _prefixes = [];

    /// <summary>A peer that has said nothing yet: it may listen to anything.</summary>
    public PeerInterest() => _prefixes.Add([]);

    /// <summary>What a peer says.</summary>
    public PeerInterest(InterestMessage said)
    {
        _filter = said.Filter;
        Add(said);
    }

    /// <summary>Whether it has said anything.</summary>
    public bool IsTold { get; private set; }

    /// <summary>It says more.</summary>
    /// <exception cref="RecordFormatException">It should have sent a filter, or nothing that leaves anything out.
    /// </exception>
    public void Add(InterestMessage more)
    {
        IsTold = true;
        foreach (ulong hash in more.Hashes)
        {
            if (_filter is null)
            {
                _hashes.Add(hash);
            }
            else
            {
                _filter.Add(hash);
            }
        }

        _prefixes.AddRange(more.Prefixes);
        if (_hashes.Count > InterestMessage.HashesMax || _prefixes.Count > InterestMessage.PrefixesMax)
        {
            throw new RecordFormatException("a peer lists more than may be listed");
        }
    }

    /// <summary>Whether a message may be for one of its clients.</summary>
    public bool MayWant(SubscriptionKind kind, ulong hash, ReadOnlySpan<byte> channel) =>
        (_filter is null ? _hashes.Contains(hash) : _filter.MayHave(hash)) ||
        !IsTold || (kind == SubscriptionKind.Channel && Begins(channel, _prefixes));

    /// <summary>Adds this peer's interest to what all want.</summary>
    public void AddTo(InterestFilter filter, List<byte[]> prefixes)
    {
        foreach (ulong hash in _hashes)
        {
            filter.Add(hash);
        }

        if (_filter is not null)
        {
            filter.Join(_filter);
        }

        prefixes.AddRange(_prefixes);
    }

    /// <summary>Whether a name begins with one of some prefixes.</summary>
    public static bool Begins(ReadOnlySpan<byte> name, List<byte[]> prefixes)
    {
        foreach (byte[] prefix in prefixes)
        {
            if (name.StartsWith(prefix))
            {
                return true;
            }
        }

        return false;
    }
}
