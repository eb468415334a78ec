namespace Marekvs.Abstractions.Records;

/// <summary>
/// A key under WATCH: remembers whether it was changed since. A key that existed and expires has changed; one that had
/// expired already, and only then goes from memory, has not.
/// </summary>
/// <remarks>https://redis.io/docs/latest/develop/interact/transactions/, "Optimistic locking using check-and-set".
/// </remarks>
public sealed class KeyWatch
{
    private readonly Action<KeyWatch> _end;
    private int _isChanged;

    /// <summary>Made by the keyspace.</summary>
    /// <param name="name">The key's name.</param>
    /// <param name="existed">Whether the key existed when the watch began.</param>
    /// <param name="deadline">Its deadline then.</param>
    /// <param name="end">Stops telling the watch of changes.</param>
    public KeyWatch(byte[] name, bool existed, long deadline, Action<KeyWatch> end)
    {
        _end = end;
        Name = name;
        Existed = existed;
        Deadline = deadline;
    }

    /// <summary>The key's name.</summary>
    public byte[] Name { get; }

    /// <summary>Whether the key existed when the watch began.</summary>
    public bool Existed { get; }

    /// <summary>The key's deadline when the watch began; changing it counts as a change.</summary>
    public long Deadline { get; }

    /// <summary>A hash of what was live in it, 0 when it did not exist: the same on every node that has the same.</summary>
    public ulong Digest { get; init; }

    /// <summary>Whether a write, a deletion or a flush touched the key since.</summary>
    public bool IsChanged => Volatile.Read(ref _isChanged) != 0;

    /// <summary>Notes a change.</summary>
    public void Change() => Volatile.Write(ref _isChanged, 1);

    /// <summary>Ends the watch. Not within a call.</summary>
    public void End() => _end(this);

    /// <summary>Whether the key is no longer what it was.</summary>
    /// <param name="now">Unix milliseconds.</param>
    public bool HasChangedBy(long now) => IsChanged || (Existed && Deadline <= now);
}
