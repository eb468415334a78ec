using Marekvs.Abstractions.Messaging;
using Marekvs.Abstractions.Records;

namespace Marekvs.Host.Connections;

/// <summary>
/// Publishes keyspace notifications, on this node alone: what happened to a key on <c>__keyspace@0__:key</c>, to which
/// key something happened on <c>__keyevent@0__:event</c>.
/// </summary>
internal static class KeyspaceEventChannels
{
    private const int StackBytesMax = 256;

    private static ReadOnlySpan<byte> KeyspacePrefix => "__keyspace@0__:"u8;

    private static ReadOnlySpan<byte> KeyeventPrefix => "__keyevent@0__:"u8;

    /// <summary>Publishes one notification.</summary>
    /// <param name="messages">Brings it to who listens.</param>
    /// <param name="enabled">On which of the two channels.</param>
    /// <param name="eventName">What happened.</param>
    /// <param name="key">To which key.</param>
    public static void Publish(MessageHub messages, KeyspaceEvents enabled, string eventName, ReadOnlySpan<byte> key)
    {
        Span<byte> name = stackalloc byte[eventName.Length];
        System.Text.Encoding.ASCII.GetBytes(eventName, name);
        if ((enabled & KeyspaceEvents.Keyspace) != 0)
        {
            Publish(messages, KeyspacePrefix, key, name);
        }

        if ((enabled & KeyspaceEvents.Keyevent) != 0)
        {
            Publish(messages, KeyeventPrefix, name, key);
        }
    }

    private static void Publish(
        MessageHub messages, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> name, ReadOnlySpan<byte> message)
    {
        int length = prefix.Length + name.Length;
        Span<byte> channel = length <= StackBytesMax ? stackalloc byte[length] : new byte[length];
        prefix.CopyTo(channel);
        name.CopyTo(channel[prefix.Length..]);
        messages.Deliver(SubscriptionKind.Channel, channel, message);
    }
}
