using Marekvs.Host.Connections;

namespace Marekvs.Host.Tracking;

/// <summary>Who is told of every change to keys that begin with something, in the order of prefixes. Read without a lock,
/// replaced as a whole.</summary>
internal sealed class TrackedPrefixes
{
    private readonly Lock _lock = new();
    private volatile TrackedPrefix[] _all = [];

    /// <summary>The order of prefixes and keys.</summary>
    public static IComparer<byte[]> ByteOrder { get; } =
        Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right));

    /// <summary>The prefixes.</summary>
    public IReadOnlyList<TrackedPrefix> All => _all;

    /// <summary>Adds a connection.</summary>
    /// <param name="prefix">What it wants to hear of.</param>
    /// <param name="session">The connection.</param>
    public void Add(byte[] prefix, Session session)
    {
        lock (_lock)
        {
            Session[] sessions = SessionsOf(prefix);
            Replace(prefix, sessions.Contains(session) ? sessions : [.. sessions, session]);
        }
    }

    /// <summary>Removes a connection.</summary>
    /// <param name="prefix">What it hears of.</param>
    /// <param name="session">The connection.</param>
    public void Remove(byte[] prefix, Session session)
    {
        lock (_lock)
        {
            Replace(prefix, [.. SessionsOf(prefix).Where(other => other != session)]);
        }
    }

    private Session[] SessionsOf(byte[] prefix) =>
        Array.Find(_all, tracked => tracked.Prefix.AsSpan().SequenceEqual(prefix))?.Sessions ?? [];

    private void Replace(byte[] prefix, Session[] sessions)
    {
        IEnumerable<TrackedPrefix> others = _all.Where(tracked => !tracked.Prefix.AsSpan().SequenceEqual(prefix));
        _all = sessions.Length == 0
            ? [.. others]
            : [.. others.Append(new TrackedPrefix(prefix, sessions)).OrderBy(tracked => tracked.Prefix, ByteOrder)];
    }
}

/// <summary>A prefix and who is told of it.</summary>
/// <param name="Prefix">What keys begin with.</param>
/// <param name="Sessions">The connections.</param>
internal sealed record TrackedPrefix(byte[] Prefix, Session[] Sessions);
