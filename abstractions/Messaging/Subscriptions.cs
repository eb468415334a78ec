namespace Marekvs.Abstractions.Messaging;

/// <summary>What one connection listens to. Its own commands change it, through <see cref="MessageHub"/>; any thread may
/// look.</summary>
public sealed class Subscriptions
{
    private const int Kinds = 3;

    private readonly Lock _lock = new();
    private readonly HashSet<byte[]>?[] _names = new HashSet<byte[]>?[Kinds];
    private readonly int[] _counts = new int[Kinds];

    /// <summary>Whether it listens to nothing.</summary>
    public bool IsEmpty => Count(SubscriptionKind.Channel) + Count(SubscriptionKind.Pattern) +
        Count(SubscriptionKind.Shard) == 0;

    /// <summary>How many it has of a kind.</summary>
    /// <param name="kind">The kind.</param>
    public int Count(SubscriptionKind kind) => Volatile.Read(ref _counts[(int)kind]);

    /// <summary>The channels or patterns of a kind.</summary>
    /// <param name="kind">The kind.</param>
    public IReadOnlyList<byte[]> Names(SubscriptionKind kind)
    {
        lock (_lock)
        {
            return [.. _names[(int)kind] ?? []];
        }
    }

    internal bool Add(SubscriptionKind kind, byte[] name)
    {
        lock (_lock)
        {
            HashSet<byte[]> names = _names[(int)kind] ??= new(BytesComparer.Instance);
            bool isNew = names.Add(name);
            Volatile.Write(ref _counts[(int)kind], names.Count);
            return isNew;
        }
    }

    internal bool Remove(SubscriptionKind kind, ReadOnlySpan<byte> name)
    {
        lock (_lock)
        {
            if (_names[(int)kind] is not { } names ||
                !names.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(name))
            {
                return false;
            }

            Volatile.Write(ref _counts[(int)kind], names.Count);
            return true;
        }
    }
}
