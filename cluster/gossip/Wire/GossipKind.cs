namespace Marekvs.Cluster.Gossip.Wire;

/// <summary>What a datagram says. The numbers are on the wire; they are append-only.</summary>
internal enum GossipKind : byte
{
    /// <summary>Here is what I know of whom: a digest.</summary>
    Syn = 1,

    /// <summary>The same of me, and what you lack.</summary>
    SynAck = 2,

    /// <summary>What you lack.</summary>
    Ack = 3,

    /// <summary>I hear you for the first time: ask again, naming my session.</summary>
    Bind = 4,

    /// <summary>Another node had your number before you; here is where it was.</summary>
    Rival = 5,

    /// <summary>Do you live, and since when?</summary>
    Probe = 6,

    /// <summary>I live, and have this number since then.</summary>
    Claim = 7,
}

/// <summary>Why a datagram was not let in; also the names of the counters.</summary>
internal enum DatagramRefusal
{
    /// <summary>It was let in.</summary>
    None,

    /// <summary>Not of this protocol, or of another version of it.</summary>
    Foreign,

    /// <summary>Of a cluster with another name.</summary>
    OtherCluster,

    /// <summary>Its sender does not know the secret, or only one of the two has one.</summary>
    Unproven,

    /// <summary>Seen before.</summary>
    Replayed,

    /// <summary>This node's own, come back to it.</summary>
    Own,

    /// <summary>It says something only a sender may say that knows this node's session.</summary>
    Unbound,

    /// <summary>Its content does not decode or breaks a bound.</summary>
    Malformed,
}
