namespace Marekvs.Abstractions.Messaging;

/// <summary>
/// Carries messages to the other nodes. A cluster that implements it is told what this node's clients listen to and what
/// they publish; what it receives for them it gives to <see cref="MessageHub.Deliver"/>. The methods are called while
/// others wait: they queue, and neither block nor call back.
/// </summary>
public interface IMessageRelay
{
    /// <summary>The first client of this node began to listen to something, or its last one has stopped. Calls about one
    /// name come in order.</summary>
    /// <param name="kind">What kind of thing.</param>
    /// <param name="name">The channel or pattern.</param>
    /// <param name="isListening">Whether anyone listens now.</param>
    void Listen(SubscriptionKind kind, byte[] name, bool isListening);

    /// <summary>A client of this node has published a message. Calls about one channel come in the order in which this
    /// node's own clients get the messages.</summary>
    /// <param name="kind">Channel or shard.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="message">The message.</param>
    void Publish(SubscriptionKind kind, ReadOnlySpan<byte> channel, ReadOnlySpan<byte> message);
}
