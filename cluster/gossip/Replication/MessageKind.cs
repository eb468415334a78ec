namespace Marekvs.Cluster.Gossip.Replication;

/// <summary>The first byte of a message between two nodes. The numbers reach the wire; they are append-only.</summary>
internal enum MessageKind : byte
{
    /// <summary>Where the reader is in the receiver's journal: a request to send on from there.</summary>
    Resume = 1,

    /// <summary>Where the sender's stream begins.</summary>
    Begin = 2,

    /// <summary>Entries of the sender's journal.</summary>
    Batch = 3,

    /// <summary>How far the receiver's journal has been taken in.</summary>
    Acknowledge = 4,

    /// <summary>What the sender has applied.</summary>
    Status = 5,

    /// <summary>Digest roots, to be compared.</summary>
    Roots = 6,

    /// <summary>Which of them differ.</summary>
    Verdict = 7,

    /// <summary>The bucket sums of a partition.</summary>
    Buckets = 8,

    /// <summary>The keys of the buckets that differ.</summary>
    Keys = 9,

    /// <summary>Records of a key that differs.</summary>
    Records = 10,

    /// <summary>Records have been joined; more may come.</summary>
    Joined = 11,

    /// <summary>Which partitions the sender has.</summary>
    Holding = 20,

    /// <summary>Asks an owner for a key, and a lease on it.</summary>
    Fetch = 30,

    /// <summary>Records of a key that was asked for.</summary>
    Fetched = 31,

    /// <summary>The copy of a key is as good as the owner's.</summary>
    Fresh = 32,

    /// <summary>The sender does not hold what was asked for.</summary>
    Refused = 33,

    /// <summary>Records of leased keys that changed.</summary>
    Changed = 34,

    /// <summary>How far the sender has listened to what it is told of keys.</summary>
    Taken = 35,

    /// <summary>The sender ends leases it gave.</summary>
    Ended = 36,

    /// <summary>The sender gives leases up.</summary>
    Released = 37,

    /// <summary>A command that the receiver shall run.</summary>
    RoutedRequest = 40,

    /// <summary>A routed command waits for keys.</summary>
    RoutedWaits = 41,

    /// <summary>How a routed command ended, and the beginning of its reply.</summary>
    RoutedReply = 42,

    /// <summary>The rest of a reply is wanted.</summary>
    RoutedMore = 43,

    /// <summary>More of a reply.</summary>
    RoutedPart = 44,

    /// <summary>A routed command shall wait no longer.</summary>
    RoutedStop = 45,

    /// <summary>What the sender's clients listen to, in place of what was said before.</summary>
    Interest = 50,

    /// <summary>What they listen to besides.</summary>
    MoreInterest = 51,

    /// <summary>Messages that clients of the sender have published.</summary>
    Published = 52,

    /// <summary>What the sender's clock shows.</summary>
    Clock = 60,
}

/// <summary>Two kinds of traffic, so that one never waits for the other.</summary>
internal enum Lane : byte
{
    /// <summary>Replication and what is small.</summary>
    Prompt = 0,

    /// <summary>Repair and bootstrap.</summary>
    Bulk = 1,
}

/// <summary>A message to be sent.</summary>
/// <param name="Node">The receiver.</param>
/// <param name="Lane">Which connection it takes.</param>
/// <param name="Bytes">The message.</param>
internal readonly record struct Outgoing(ushort Node, Lane Lane, byte[] Bytes);
