namespace Marekvs.Abstractions.Messaging;

/// <summary>What a connection can listen to. The numbers reach the wire between nodes; they are append-only.</summary>
public enum SubscriptionKind : byte
{
    /// <summary>One channel (SUBSCRIBE).</summary>
    Channel = 0,

    /// <summary>Every channel whose name matches a pattern (PSUBSCRIBE).</summary>
    Pattern = 1,

    /// <summary>One channel of a name space of its own, which belongs to the owners of its slot (SSUBSCRIBE).</summary>
    Shard = 2,
}
