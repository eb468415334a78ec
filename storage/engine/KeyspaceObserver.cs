using Marekvs.Abstractions.Commands;

namespace Marekvs.Storage.Engine;

/// <summary>
/// Learns which keys change, as clients that keep copies of values must. It is called after the commit while the keys
/// are still entered, so what it does about a key and what readers of that key do have one order.
/// </summary>
public abstract class KeyspaceObserver
{
    private volatile bool _isWatching;

    /// <summary>Whether there is anyone to tell; while there is none, nothing else is called.</summary>
    public bool IsWatching
    {
        get => _isWatching;
        protected set => _isWatching = value;
    }

    /// <summary>Keys are no longer what they were: written, removed, expired.</summary>
    /// <param name="by">The connection whose call it was, or null.</param>
    /// <param name="names">The keys, maybe some of them twice.</param>
    public abstract void Changed(ISession? by, IReadOnlyList<byte[]> names);

    /// <summary>Every key was removed.</summary>
    /// <param name="by">The connection whose call it was.</param>
    public abstract void Flushed(ISession? by);

    internal static KeyspaceObserver None { get; } = new Nobody();

    private sealed class Nobody : KeyspaceObserver
    {
        public override void Changed(ISession? by, IReadOnlyList<byte[]> names)
        {
        }

        public override void Flushed(ISession? by)
        {
        }
    }
}
