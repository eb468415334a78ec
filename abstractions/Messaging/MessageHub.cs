namespace Marekvs.Abstractions.Messaging;

/// <summary>
/// Brings messages to the connections of this node that listen. All who listen to a channel see its messages in one
/// order; nobody gets a message after the end of a subscription was confirmed, or before its beginning was.
/// </summary>
public sealed class MessageHub
{
    // Channels with different locks are published to at the same time.
    private const int Stripes = 32;

    private readonly Listeners[] _channels;
    private readonly Listeners[] _shardChannels;
    private readonly PatternListeners _patterns;

    /// <summary>Creates a hub nobody listens to.</summary>
    public MessageHub()
    {
        _channels = NewStripes(SubscriptionKind.Channel);
        _shardChannels = NewStripes(SubscriptionKind.Shard);
        _patterns = new PatternListeners(this);
    }

    /// <summary>Brings messages to other nodes, or null.</summary>
    public IMessageRelay? Relay { get; set; }

    /// <summary>How many different channels or patterns are listened to.</summary>
    /// <param name="kind">Channels, patterns, or shard channels.</param>
    public int Count(SubscriptionKind kind) => kind == SubscriptionKind.Pattern
        ? _patterns.Count
        : StripesOf(kind).Sum(stripe => stripe.Count);

    /// <summary>The channels or patterns someone of this node listens to.</summary>
    /// <param name="kind">Channels, patterns, or shard channels.</param>
    public IReadOnlyList<byte[]> Names(SubscriptionKind kind) => kind == SubscriptionKind.Pattern
        ? _patterns.Names
        : [.. StripesOf(kind).SelectMany(stripe => stripe.Names)];

    /// <summary>How many connections listen to a channel by its name.</summary>
    /// <param name="kind">Channels or shard channels.</param>
    /// <param name="channel">The channel.</param>
    public int ListenersOf(SubscriptionKind kind, ReadOnlySpan<byte> channel) => StripeOf(kind, channel).CountOf(channel);

    /// <summary>How many times <see cref="Deliver"/> would bring a message to someone.</summary>
    /// <param name="kind">Channel or shard.</param>
    /// <param name="channel">The channel.</param>
    public long ReceiversOf(SubscriptionKind kind, ReadOnlySpan<byte> channel) =>
        ListenersOf(kind, channel) + (kind == SubscriptionKind.Channel ? _patterns.ReceiversOf(channel) : 0);

    /// <summary>Lets a connection listen. Confirm it in the reply of the same command.</summary>
    /// <param name="target">The connection.</param>
    /// <param name="kind">To what kind of thing.</param>
    /// <param name="name">The channel or pattern.</param>
    /// <returns>False when it did already.</returns>
    public bool Subscribe(IPushTarget target, SubscriptionKind kind, ReadOnlySpan<byte> name)
    {
        ArgumentNullException.ThrowIfNull(target);
        byte[] kept = name.ToArray();
        if (!target.Subscriptions.Add(kind, kept))
        {
            return false;
        }

        if (kind == SubscriptionKind.Pattern)
        {
            _patterns.Add(kept, target);
        }
        else
        {
            StripeOf(kind, name).Add(kept, target);
        }

        target.OnSubscriptionsChanged();
        return true;
    }

    /// <summary>Ends a subscription; every message so far has been pushed.</summary>
    /// <param name="target">The connection.</param>
    /// <param name="kind">What kind of thing it listened to.</param>
    /// <param name="name">The channel or pattern.</param>
    /// <returns>False when there was none.</returns>
    public bool Unsubscribe(IPushTarget target, SubscriptionKind kind, ReadOnlySpan<byte> name)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (!target.Subscriptions.Remove(kind, name))
        {
            return false;
        }

        if (kind == SubscriptionKind.Pattern)
        {
            _patterns.Remove(name, target);
        }
        else
        {
            StripeOf(kind, name).Remove(name, target);
        }

        target.OnSubscriptionsChanged();
        return true;
    }

    /// <summary>Ends all subscriptions of a connection.</summary>
    /// <param name="target">The connection.</param>
    public void Leave(IPushTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        foreach (SubscriptionKind kind in Enum.GetValues<SubscriptionKind>())
        {
            foreach (byte[] name in target.Subscriptions.Count(kind) > 0 ? target.Subscriptions.Names(kind) : [])
            {
                Unsubscribe(target, kind, name);
            }
        }
    }

    /// <summary>Publishes a message, here and on the other nodes.</summary>
    /// <param name="kind">Channel or shard.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="message">The message.</param>
    /// <returns>How many times it was brought to a connection of this node.</returns>
    public long Publish(SubscriptionKind kind, ReadOnlySpan<byte> channel, ReadOnlySpan<byte> message) =>
        Route(kind, channel, message, Relay);

    /// <summary>Brings a message to who listens on this node: one of this node's own, or one that another node has sent.
    /// </summary>
    /// <param name="kind">Channel or shard.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="message">The message.</param>
    /// <returns>How many times it was brought to a connection.</returns>
    public long Deliver(SubscriptionKind kind, ReadOnlySpan<byte> channel, ReadOnlySpan<byte> message) =>
        Route(kind, channel, message, relay: null);

    private long Route(
        SubscriptionKind kind, ReadOnlySpan<byte> channel, ReadOnlySpan<byte> message, IMessageRelay? relay)
    {
        Invariant.That(kind != SubscriptionKind.Pattern, "messages are published on channels");
        return StripeOf(kind, channel).Deliver(
            channel, message, kind == SubscriptionKind.Channel ? _patterns : null, relay);
    }

    private Listeners[] NewStripes(SubscriptionKind kind) =>
        [.. Enumerable.Range(0, Stripes).Select(_ => new Listeners(this, kind))];

    private Listeners[] StripesOf(SubscriptionKind kind) =>
        kind == SubscriptionKind.Shard ? _shardChannels : _channels;

    private Listeners StripeOf(SubscriptionKind kind, ReadOnlySpan<byte> channel) =>
        StripesOf(kind)[(uint)BytesComparer.Instance.GetHashCode(channel) % Stripes];
}
