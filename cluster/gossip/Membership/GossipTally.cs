using Marekvs.Abstractions.Cluster;
using Marekvs.Cluster.Gossip.Wire;
using Microsoft.Extensions.Logging;

namespace Marekvs.Cluster.Gossip.Membership;

/// <summary>Counts datagrams, and tells of refused ones once in a while, not each time.</summary>
internal sealed class GossipTally(ILogger logger)
{
    private const long TellEvery = 30_000;

    private static readonly (DatagramRefusal Refusal, string Name, string Meaning)[] Reasons =
    [
        (DatagramRefusal.Foreign, "foreign", "of another protocol or version"),
        (DatagramRefusal.OtherCluster, "other_cluster", "of a cluster with another name"),
        (DatagramRefusal.Unproven, "unproven", "from somebody who does not know the cluster's secret"),
        (DatagramRefusal.Replayed, "replayed", "seen before"),
        (DatagramRefusal.Unbound, "unbound", "that may have been recorded earlier"),
        (DatagramRefusal.Malformed, "malformed", "that do not decode"),
    ];

    private readonly long[] _refused = new long[Enum.GetValues<DatagramRefusal>().Length];
    private readonly long[] _told = new long[Enum.GetValues<DatagramRefusal>().Length];
    private readonly PeerAddress[] _from = new PeerAddress[Enum.GetValues<DatagramRefusal>().Length];
    private long _tellAt;
    private long _sent;
    private long _sentBytes;
    private long _received;
    private long _receivedBytes;

    public void Sent(int bytes)
    {
        _sent++;
        _sentBytes += bytes;
    }

    public void Received(int bytes)
    {
        _received++;
        _receivedBytes += bytes;
    }

    public void Refused(DatagramRefusal why, PeerAddress from)
    {
        _refused[(int)why]++;
        _from[(int)why] = from;
    }

    public long RefusedFor(DatagramRefusal why) => _refused[(int)why];

    /// <summary>Logs what was refused since the last time.</summary>
    public void Tell(long now)
    {
        if (now < _tellAt)
        {
            return;
        }

        foreach ((DatagramRefusal refusal, _, string meaning) in Reasons)
        {
            long since = _refused[(int)refusal] - _told[(int)refusal];
            if (since > 0)
            {
                logger.LogWarning(
                    "Refused {Count} datagrams {Meaning}, the last one from {Address}", since, meaning,
                    _from[(int)refusal]);
                _told[(int)refusal] = _refused[(int)refusal];
                _tellAt = now + TellEvery;
            }
        }
    }

    public IEnumerable<ClusterFigure> Figures() =>
    [
        new("gossip_sent_total", "Datagrams sent to other nodes.", _sent),
        new("gossip_sent_bytes_total", "Bytes of datagrams sent to other nodes.", _sentBytes),
        new("gossip_received_total", "Datagrams received.", _received),
        new("gossip_received_bytes_total", "Bytes of datagrams received.", _receivedBytes),
        .. Reasons.Select(r => new ClusterFigure(
            $"gossip_refused_{r.Name}_total", $"Datagrams refused: {r.Meaning}.", _refused[(int)r.Refusal])),
    ];
}
