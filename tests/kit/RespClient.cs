using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Marekvs.Testing;

/// <summary>
/// The thinnest possible client: blocking, bounded in time, with the raw bytes in reach. It knows nothing of commands,
/// so that no library smooths over what the server sends.
/// </summary>
public sealed class RespClient : IDisposable
{
    private readonly Socket _socket;
    private readonly CommandBuffer _command = new();
    private byte[] _received = new byte[16 * 1024];
    private int _start;
    private int _end;

    private RespClient(Socket socket) => _socket = socket;

    /// <summary>Where the client's end is, as CLIENT LIST shows it.</summary>
    public EndPoint LocalEndPoint => _socket.LocalEndPoint!;

    public static RespClient Connect(IPEndPoint server, int receiveBufferBytes = 0)
    {
        var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveTimeout = 60_000,
            SendTimeout = 60_000,
        };
        if (receiveBufferBytes > 0)
        {
            socket.ReceiveBufferSize = receiveBufferBytes;
        }

        socket.Connect(server);
        return new RespClient(socket);
    }

    public RespReply Call(params ReadOnlySpan<string> arguments)
    {
        Send(arguments);
        return Read();
    }

    public void Send(params ReadOnlySpan<string> arguments)
    {
        _command.Clear();
        Send(_command.Add(arguments).Written);
    }

    public void Send(ReadOnlySpan<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                bytes = bytes[_socket.Send(bytes)..];
            }
        }
        catch (SocketException failed)
        {
            throw new IOException($"sending failed: {failed.SocketErrorCode}", failed);
        }
    }

    /// <summary>Sends bytes and reads as many as are expected back.</summary>
    public string Exchange(string sent, int bytesExpected)
    {
        Send(Encoding.Latin1.GetBytes(sent));
        return Encoding.Latin1.GetString(ReadExactly(bytesExpected));
    }

    public byte[] ReadExactly(int count)
    {
        while (_end - _start < count)
        {
            Fill();
        }

        byte[] bytes = _received[_start..(_start + count)];
        _start += count;
        return bytes;
    }

    /// <summary>Everything until the server closes the connection.</summary>
    public string ReadToEnd()
    {
        try
        {
            while (true)
            {
                Fill();
            }
        }
        catch (IOException)
        {
            return Encoding.Latin1.GetString(_received, _start, _end - _start);
        }
    }

    public RespReply Read()
    {
        string line = ReadLine();
        char kind = line[0];
        string rest = line[1..];
        switch (kind)
        {
            case '$' or '!' or '=':
                int length = int.Parse(rest, CultureInfo.InvariantCulture);
                if (length < 0)
                {
                    return new RespReply(kind, null, []);
                }

                byte[] content = ReadExactly(length);
                ReadLine();
                return new RespReply(kind, content, []);
            case '*' or '~' or '>' or '%' or '|':
                int count = int.Parse(rest, CultureInfo.InvariantCulture) * (kind is '%' or '|' ? 2 : 1);
                if (count < 0)
                {
                    return new RespReply(kind, null, []);
                }

                var items = new RespReply[count];
                for (int i = 0; i < count; i++)
                {
                    items[i] = Read();
                }

                return new RespReply(kind, [], items);
            case '+' or '-' or ':' or ',' or '#' or '_' or '(':
                return new RespReply(kind, Encoding.Latin1.GetBytes(rest), []);
            default:
                throw new InvalidDataException($"not a reply: {line}");
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Closes with RST, as a client that is killed does.</summary>
    public void Abort()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    private string ReadLine()
    {
        int scanned = 0;
        while (true)
        {
            int at = _received.AsSpan(_start + scanned, _end - _start - scanned).IndexOf((byte)'\n');
            if (at >= 0)
            {
                int length = scanned + at;
                string line = Encoding.Latin1.GetString(_received, _start, length - 1);
                _start += length + 1;
                return line;
            }

            scanned = _end - _start;
            Fill();
        }
    }

    private void Fill()
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_end == _received.Length)
        {
            if (_start > _received.Length / 2)
            {
                _received.AsSpan(_start, _end - _start).CopyTo(_received);
                _end -= _start;
                _start = 0;
            }
            else
            {
                Array.Resize(ref _received, _received.Length * 2);
            }
        }

        int read;
        try
        {
            read = _socket.Receive(_received, _end, _received.Length - _end, SocketFlags.None);
        }
        catch (SocketException failed)
        {
            throw new IOException($"receiving failed: {failed.SocketErrorCode}", failed);
        }

        if (read == 0)
        {
            throw new EndOfStreamException("the server closed the connection");
        }

        _end += read;
    }
}
