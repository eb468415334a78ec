namespace Marekvs.Cluster.Gossip.Membership;

/// <summary>What membership is made with.</summary>
internal sealed record MembershipOptions
{
    /// <summary>This node's number.</summary>
    public required ushort Number { get; init; }

    /// <summary>Part of the identity of every member.</summary>
    public required string ClusterName { get; init; }

    /// <summary>Copies of every partition.</summary>
    public int Replicas { get; init; } = 3;

    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(500);

    public TimeSpan DownAfter { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan ForgetAfter { get; init; } = TimeSpan.FromHours(72);

    public IReadOnlyList<PeerAddress> Seeds { get; init; } = [];

    /// <summary>What an earlier life of this node left on disk.</summary>
    public PeerMemory Memory { get; init; } = PeerMemory.Empty;

    /// <summary>Decides between processes that began in one millisecond.</summary>
    public ulong Nonce { get; init; }
}

/// <summary>A datagram to send.</summary>
/// <param name="To">Where.</param>
/// <param name="Bytes">What.</param>
internal readonly record struct OutgoingDatagram(PeerAddress To, byte[] Bytes);
