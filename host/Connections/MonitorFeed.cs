using System.Buffers.Text;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Host.Connections;

/// <summary>
/// Shows each command to the connections that asked for it with MONITOR:
/// <code>+1339518083.107412 [0 127.0.0.1:60866] "set" "key" "va\"lue"\r\n</code>
/// </summary>
internal sealed class MonitorFeed
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private volatile Session[] _monitors = [];

    /// <summary>Creates a feed without readers.</summary>
    /// <param name="time">The clock.</param>
    public MonitorFeed(TimeProvider time) => _time = time;

    /// <summary>Whether anyone is fed.</summary>
    public bool HasAny => _monitors.Length > 0;

    /// <summary>Adds a monitor.</summary>
    /// <param name="session">The connection.</param>
    public void Add(Session session)
    {
        lock (_lock)
        {
            _monitors = [.. _monitors.Where(monitor => monitor != session), session];
        }
    }

    /// <summary>Removes a monitor.</summary>
    /// <param name="session">The connection.</param>
    public void Remove(Session session)
    {
        lock (_lock)
        {
            if (_monitors.Contains(session))
            {
                _monitors = [.. _monitors.Where(monitor => monitor != session)];
            }
        }
    }

    /// <summary>Shows a command that has run.</summary>
    /// <param name="source">Who sent it.</param>
    /// <param name="args">What was sent.</param>
    public void Show(Session source, CommandArgs args)
    {
        Session[] monitors = _monitors;
        if (monitors.Length == 0)
        {
            return;
        }

        RecordWriter line = new(256);
        WriteTime(line);
        string address = source.IsLocalSocket ? $"unix:{source.LocalAddress[..^2]}" : source.RemoteAddress;
        line.WriteBytes(System.Text.Encoding.UTF8.GetBytes($" [0 {address}]"));
        for (int i = 0; i < args.Count; i++)
        {
            line.WriteByte((byte)' ');
            WriteQuoted(line, source.IsRedacted(i) ? "(redacted)"u8 : args[i]);
        }

        line.WriteBytes("\r\n"u8);
        foreach (Session monitor in monitors)
        {
            if (monitor == source)
            {
                // On its own thread it sees the line right after the reply.
                monitor.Writer.Raw(line.Written);
            }
            else
            {
                monitor.Push(line.Written);
            }
        }
    }

    private void WriteTime(RecordWriter line)
    {
        long microseconds = (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        Span<byte> text = stackalloc byte[32];
        text[0] = (byte)'+';
        Utf8Formatter.TryFormat(microseconds / 1_000_000, text[1..], out int length);
        text[++length] = (byte)'.';
        Utf8Formatter.TryFormat(microseconds % 1_000_000, text[(length + 1)..], out int digits, new('D', 6));
        line.WriteBytes(text[..(length + 1 + digits)]);
    }

    private static void WriteQuoted(RecordWriter line, ReadOnlySpan<byte> argument)
    {
        line.WriteByte((byte)'"');
        foreach (byte b in argument)
        {
            switch (b)
            {
                case (byte)'\\' or (byte)'"':
                    line.WriteByte((byte)'\\');
                    line.WriteByte(b);
                    break;
                case (byte)'\n':
                    line.WriteBytes("\\n"u8);
                    break;
                case (byte)'\r':
                    line.WriteBytes("\\r"u8);
                    break;
                case (byte)'\t':
                    line.WriteBytes("\\t"u8);
                    break;
                case (byte)'\a':
                    line.WriteBytes("\\a"u8);
                    break;
                case (byte)'\b':
                    line.WriteBytes("\\b"u8);
                    break;
                case >= 0x20 and < 0x7f:
                    line.WriteByte(b);
                    break;
                default:
                    line.WriteBytes("\\x"u8);
                    line.WriteByte("0123456789abcdef"u8[b >> 4]);
                    line.WriteByte("0123456789abcdef"u8[b & 15]);
                    break;
            }
        }

        line.WriteByte((byte)'"');
    }
}
