using System.IO.Hashing;
using Marekvs.Abstractions.Messaging;

namespace Marekvs.Cluster.Gossip.Publishing;

/// <summary>
/// What nodes say of a channel instead of its name, which may be long: 64 bits, the same on every node. Two channels of
/// one hash cost a message that nobody waits for, and nothing else.
/// </summary>
internal static class ChannelHash
{
    public static ulong Of(SubscriptionKind kind, ReadOnlySpan<byte> channel) =>
        XxHash3.HashToUInt64(channel, (long)kind);
}
