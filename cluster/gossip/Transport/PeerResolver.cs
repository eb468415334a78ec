using System.Net;
using System.Net.Sockets;

namespace Marekvs.Cluster.Gossip.Transport;

/// <summary>
/// Turns names of peers into addresses and addresses back into the names used for them. A name is looked up again
/// every few seconds, because what it stands for moves; a lookup never keeps anybody waiting.
/// </summary>
/// <param name="family">The family of addresses that can be sent to; unspecified for both.</param>
/// <param name="time">Ages lookups.</param>
/// <param name="namesMax">How many names, and how many places, are remembered; a node has no more peers.</param>
internal sealed class PeerResolver(AddressFamily family, TimeProvider time, int namesMax = 4096)
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(5);

    private readonly Dictionary<PeerAddress, Lookup> _lookups = [];
    private readonly Dictionary<IPEndPoint, PeerAddress> _names = [];
    private readonly Lock _lock = new();

    /// <summary>Where a peer is now, as far as known: several places when a name stands for several.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="places">Where it is; when false, the lookup that was begun tells later.</param>
    public bool TryResolve(PeerAddress peer, out IPEndPoint[] places)
    {
        if (IPAddress.TryParse(peer.Host, out IPAddress? literal))
        {
            places = Suits(literal) ? [new IPEndPoint(literal, peer.Port)] : [];
            Remember(peer, places);
            return true;
        }

        lock (_lock)
        {
            if (!_lookups.TryGetValue(peer, out Lookup? lookup) && !HasRoom())
            {
                places = [];
                return false;
            }

            if (lookup is null || IsStale(lookup))
            {
                _lookups[peer] = lookup = new Lookup(lookup?.Places ?? [], time.GetTimestamp());
                _ = LookUpAsync(peer);
            }

            places = lookup.Places;
        }

        Remember(peer, places);
        return places.Length > 0;
    }

    /// <summary>What a place was last called.</summary>
    public PeerAddress NameOf(IPEndPoint place)
    {
        lock (_lock)
        {
            return _names.TryGetValue(place, out PeerAddress name)
                ? name
                : new PeerAddress(place.Address.ToString(), (ushort)place.Port);
        }
    }

    /// <summary>What is still asked for is looked up every few seconds; the rest may go.</summary>
    private bool HasRoom()
    {
        if (_lookups.Count >= namesMax)
        {
            foreach ((PeerAddress peer, Lookup lookup) in _lookups)
            {
                if (IsStale(lookup))
                {
                    _lookups.Remove(peer);
                }
            }
        }

        return _lookups.Count < namesMax;
    }

    private async Task LookUpAsync(PeerAddress peer)
    {
        try
        {
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(peer.Host);
            IPEndPoint[] places = [.. addresses.Where(Suits).Select(a => new IPEndPoint(a, peer.Port))];
            lock (_lock)
            {
                _lookups[peer] = new Lookup(places, time.GetTimestamp());
            }
        }
        catch (SocketException)
        {
            // Unknown for now; the next attempt asks again.
        }
    }

    /// <summary>Only a name for one place is a name of that place.</summary>
    private void Remember(PeerAddress peer, IPEndPoint[] places)
    {
        if (places.Length != 1)
        {
            return;
        }

        lock (_lock)
        {
            if (_names.Count >= namesMax)
            {
                _names.Clear();
            }

            _names[places[0]] = peer;
        }
    }

    private bool Suits(IPAddress address) =>
        family == AddressFamily.Unspecified || address.AddressFamily == family;

    private bool IsStale(Lookup lookup) => time.GetElapsedTime(lookup.At) > KeptFor;

    private sealed record Lookup(IPEndPoint[] Places, long At);
}
