using System.Globalization;
using System.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Host.Connections;

namespace Marekvs.Host.Diagnostics;

/// <summary>A call that took long.</summary>
/// <param name="Id">Its number, never given twice.</param>
/// <param name="At">When it ended, in unix seconds.</param>
/// <param name="Microseconds">How long it took.</param>
/// <param name="Arguments">What was sent, cut to what an entry may hold.</param>
/// <param name="Address">Who sent it.</param>
/// <param name="Client">The name the client gave itself.</param>
internal sealed record SlowLogEntry(
    long Id, long At, long Microseconds, IReadOnlyList<byte[]> Arguments, string Address, string Client);

/// <summary>Remembers calls that took long, the newest first (SLOWLOG).</summary>
internal sealed class SlowLog
{
    // As in Redis: an entry is for people, and must not hold on to large values.
    private const int ArgumentsMax = 32;
    private const int ArgumentBytesMax = 128;

    private readonly Lock _lock = new();
    private readonly LinkedList<SlowLogEntry> _entries = new();
    private long _nextId;

    /// <summary>How many entries are kept (<c>slowlog-max-len</c>); older ones go when the next comes.</summary>
    public long LengthMax { get; set; } = 128;

    /// <summary>How many entries there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>How many calls were remembered since the start.</summary>
    public long Total => Volatile.Read(ref _nextId);

    /// <summary>Remembers a call.</summary>
    /// <param name="session">Who sent it.</param>
    /// <param name="args">What was sent; secrets are left out.</param>
    /// <param name="at">When it ended, in unix seconds.</param>
    /// <param name="microseconds">How long it took.</param>
    public void Add(Session session, CommandArgs args, long at, long microseconds)
    {
        long lengthMax = LengthMax;
        if (lengthMax == 0)
        {
            return;
        }

        List<byte[]> shown = Shown(session, args);
        lock (_lock)
        {
            _entries.AddFirst(new SlowLogEntry(
                _nextId++, at, microseconds, shown, session.RemoteAddress, session.Name));
            while (_entries.Count > lengthMax)
            {
                _entries.RemoveLast();
            }
        }
    }

    /// <summary>The newest entries.</summary>
    /// <param name="count">How many at most.</param>
    public IReadOnlyList<SlowLogEntry> Newest(long count)
    {
        lock (_lock)
        {
            return [.. _entries.Take((int)Math.Clamp(count, 0, int.MaxValue))];
        }
    }

    /// <summary>Forgets all entries.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            _entries.Clear();
        }
    }

    private static List<byte[]> Shown(Session session, CommandArgs args)
    {
        int whole = args.Count > ArgumentsMax ? ArgumentsMax - 1 : args.Count;
        List<byte[]> shown = [];
        for (int i = 0; i < whole; i++)
        {
            shown.Add(session.IsRedacted(i) ? "(redacted)"u8.ToArray() : Cut(args[i]));
        }

        if (whole < args.Count)
        {
            shown.Add(Rest(args.Count - whole, "arguments"));
        }

        return shown;
    }

    private static byte[] Cut(ReadOnlySpan<byte> argument) => argument.Length <= ArgumentBytesMax
        ? argument.ToArray()
        : [.. argument[..ArgumentBytesMax], .. Rest(argument.Length - ArgumentBytesMax, "bytes")];

    private static byte[] Rest(int count, string things) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"... ({count} more {things})"));
}
