using System.Net;
using System.Net.Sockets;
using Marekvs.Testing;

namespace Marekvs.Benchmarks.Large;

/// <summary>Reads an answer that lists very many elements without keeping it.</summary>
internal static class StreamMeter
{
    private const int BufferBytes = 256 * 1024;

    /// <summary>Asks and reads to the end.</summary>
    /// <param name="server">Where to ask.</param>
    /// <param name="command">What; values have no line ends.</param>
    /// <param name="bulks">Bulk strings in the answer, one array of them.</param>
    public static StreamFigures Read(IPEndPoint server, string[] command, long bulks)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveTimeout = 300_000,
        };
        socket.Connect(server);
        long start = TimeProvider.System.GetTimestamp();
        socket.Send(new CommandBuffer().Add(command).Written);
        byte[] buffer = new byte[BufferBytes];
        double firstByte = 0;
        long bytes = 0;
        for (long lines = 1 + (2 * bulks); lines > 0;)
        {
            int received = socket.Receive(buffer);
            if (received == 0)
            {
                throw new EndOfStreamException($"{lines} lines are missing of the answer to {string.Join(' ', command)}");
            }

            if (bytes == 0)
            {
                firstByte = Since(start).TotalMilliseconds;
                if (buffer[0] == '-')
                {
                    throw new InvalidOperationException(System.Text.Encoding.Latin1.GetString(buffer, 0, received));
                }
            }

            bytes += received;
            lines -= buffer.AsSpan(0, received).Count((byte)'\n');
        }

        return new StreamFigures(firstByte, Since(start).TotalSeconds, bytes);
    }

    private static TimeSpan Since(long start) => TimeProvider.System.GetElapsedTime(start);
}

/// <summary>How an answer came.</summary>
/// <param name="FirstByteMilliseconds">When it began.</param>
/// <param name="Seconds">When it ended.</param>
/// <param name="Bytes">How much it was.</param>
internal sealed record StreamFigures(double FirstByteMilliseconds, double Seconds, long Bytes);
