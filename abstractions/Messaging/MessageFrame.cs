using Marekvs.Abstractions.Resp;

namespace Marekvs.Abstractions.Messaging;

/// <summary>A message as it looks on the wire, written once for all connections of a protocol version:
/// <code>message channel payload | pmessage pattern channel payload | smessage channel payload</code>
/// </summary>
internal sealed class MessageFrame(string word, bool hasPattern = false)
{
    private readonly RespWriter _resp2 = new(256);
    private readonly RespWriter _resp3 = new(256) { ProtocolVersion = 3 };

    /// <summary>Pushes a message.</summary>
    /// <returns>How many connections took it.</returns>
    public long Push(
        HashSet<IPushTarget> targets, ReadOnlySpan<byte> channel, ReadOnlySpan<byte> message,
        ReadOnlySpan<byte> pattern = default)
    {
        _resp2.Clear();
        _resp3.Clear();
        long taken = 0;
        foreach (IPushTarget target in targets)
        {
            RespWriter frame = target.ProtocolVersion >= 3 ? _resp3 : _resp2;
            if (frame.Length == 0)
            {
                Write(frame, channel, message, pattern);
            }

            taken += target.Push(frame.Written) ? 1 : 0;
        }

        return taken;
    }

    private void Write(
        RespWriter writer, ReadOnlySpan<byte> channel, ReadOnlySpan<byte> message, ReadOnlySpan<byte> pattern)
    {
        writer.Push(hasPattern ? 4 : 3);
        writer.Bulk(word);
        if (hasPattern)
        {
            writer.Bulk(pattern);
        }

        writer.Bulk(channel);
        writer.Bulk(message);
    }
}
