namespace Marekvs.Abstractions.Messaging;

/// <summary>A connection that can be told things it did not ask for.</summary>
public interface IPushTarget
{
    /// <summary>What it listens to.</summary>
    Subscriptions Subscriptions { get; }

    /// <summary>2 or 3; may be read by any thread.</summary>
    int ProtocolVersion { get; }

    /// <summary>Sends bytes between replies, from any thread and without waiting. Pushes arrive in the order of the
    /// calls; one made while the connection's own command runs arrives after its reply.</summary>
    /// <param name="bytes">One whole push; copied.</param>
    /// <returns>False when the connection is being closed, maybe because it does not take what it is sent.</returns>
    bool Push(ReadOnlySpan<byte> bytes);

    /// <summary>Its subscriptions have changed: what its own command writes from now on comes after all that was pushed
    /// so far. Called by its own commands, and when it ends.</summary>
    void OnSubscriptionsChanged();
}
