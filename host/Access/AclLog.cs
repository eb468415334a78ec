using Marekvs.Host.Builtins;
using Marekvs.Host.Connections;

namespace Marekvs.Host.Access;

/// <summary>A refusal, or several alike in one minute.</summary>
internal sealed record AclLogEntry
{
    public required long Id { get; init; }

    public required AclReason Reason { get; init; }

    /// <summary><c>toplevel</c> or <c>multi</c>.</summary>
    public required string Context { get; init; }

    /// <summary>The command, key or channel that was refused.</summary>
    public required byte[] Subject { get; init; }

    public required string User { get; init; }

    /// <summary>The connection as CLIENT LIST shows it, when it was refused last.</summary>
    public required string Client { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public long Count { get; init; } = 1;
}

/// <summary>Remembers and counts refusals, the newest first (ACL LOG).</summary>
internal sealed class AclLog
{
    // As in Redis: what repeats within a minute is one entry, looked for among the newest ten.
    private static readonly TimeSpan GroupingTime = TimeSpan.FromMinutes(1);
    private const int GroupingDepth = 10;

    private readonly Lock _lock = new();
    private readonly List<AclLogEntry> _entries = [];
    private readonly long[] _counts = new long[Enum.GetValues<AclReason>().Length];
    private long _nextId;

    /// <summary>The newest entries.</summary>
    /// <param name="count">How many at most.</param>
    public IReadOnlyList<AclLogEntry> Newest(long count)
    {
        lock (_lock)
        {
            return [.. _entries.Take((int)Math.Clamp(count, 0, int.MaxValue))];
        }
    }

    /// <summary>How many refusals there were for a reason.</summary>
    /// <param name="reason">The reason.</param>
    public long CountOf(AclReason reason)
    {
        lock (_lock)
        {
            return _counts[(int)reason];
        }
    }

    /// <summary>Forgets the entries.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _entries.Clear();
        }
    }

    /// <summary>Notes a refusal.</summary>
    /// <param name="session">Who was refused.</param>
    /// <param name="user">As whom it acts or wanted to.</param>
    /// <param name="reason">Why.</param>
    /// <param name="subject">What was refused.</param>
    public void Add(Session session, string user, AclReason reason, ReadOnlySpan<byte> subject)
    {
        DateTimeOffset now = session.Clients.Time.GetUtcNow();
        string client = ConnectionLine.Of(session);
        string context = session.InTransaction ? "multi" : "toplevel";
        lock (_lock)
        {
            _counts[(int)reason]++;
            AclLogEntry? alike = Take(user, reason, context, subject, now);
            _entries.Insert(0, alike is null
                ? new AclLogEntry
                {
                    Id = _nextId++,
                    Reason = reason,
                    Context = context,
                    Subject = subject.ToArray(),
                    User = user,
                    Client = client,
                    CreatedAt = now,
                    UpdatedAt = now,
                }
                : alike with { Client = client, UpdatedAt = now, Count = alike.Count + 1 });
            int kept = (int)Math.Min(session.Clients.Settings.AclLogLength, _entries.Count);
            _entries.RemoveRange(kept, _entries.Count - kept);
        }
    }

    private AclLogEntry? Take(
        string user, AclReason reason, string context, ReadOnlySpan<byte> subject, DateTimeOffset now)
    {
        for (int i = 0; i < Math.Min(GroupingDepth, _entries.Count); i++)
        {
            AclLogEntry entry = _entries[i];
            if (entry.Reason == reason && entry.Context == context && entry.User == user &&
                now - entry.UpdatedAt <= GroupingTime && subject.SequenceEqual(entry.Subject))
            {
                _entries.RemoveAt(i);
                return entry;
            }
        }

        return null;
    }
}
