using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Marekvs.Testing;

/// <summary>A real redis-server without persistence, reached through a socket in a directory of its own, to compare
/// replies with.</summary>
public sealed class RedisServer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TemporaryDirectory _directory = new();
    private readonly Process _process;
    private readonly NetworkStream _stream;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    /// <summary>Starts the server and connects to it.</summary>
    public RedisServer()
    {
        string path = _directory.Combine("redis.sock");
        var start = new ProcessStartInfo("redis-server")
        {
            RedirectStandardOutput = true,
            ArgumentList =
            {
                "--port", "0", "--unixsocket", path, "--dir", _directory.Path, "--save", "", "--appendonly", "no",
            },
        };
        _process = Process.Start(start)!;
        WaitUntilReadyAsync().WaitAsync(Patience).GetAwaiter().GetResult();
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Runs a command line.</summary>
    /// <param name="line">See <see cref="CommandLine"/>.</param>
    /// <returns>The exact reply; bytes are the characters U+0000 to U+00FF.</returns>
    public string Run(string line) => RunArguments([.. CommandLine.Split(line)]);

    /// <summary>Runs a command.</summary>
    /// <param name="args">Its name and arguments.</param>
    public string RunArguments(params IReadOnlyList<string> args)
    {
        ArgumentNullException.ThrowIfNull(args);
        _stream.Write(Encoding.Latin1.GetBytes(Resp.Array([.. args.Select(Resp.Bulk)])));
        var reply = new StringBuilder();
        ReadReply(reply);
        return reply.ToString();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _directory.Dispose();
    }

    private async Task WaitUntilReadyAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is string line)
        {
            if (line.Contains("ready to accept connections", StringComparison.OrdinalIgnoreCase))
            {
                return;
            }
        }

        throw new InvalidOperationException("redis-server ended before it was ready");
    }

    private void ReadReply(StringBuilder reply)
    {
        string line = ReadLine();
        reply.Append(line).Append("\r\n");
        long count = line[0] is '+' or '-' or ':' or '_' or ',' or '#' or '(' ? 0
            : long.Parse(line.AsSpan(1), CultureInfo.InvariantCulture);
        if (line[0] == '$' && count >= 0)
        {
            for (long i = 0; i < count + 2; i++)
            {
                reply.Append((char)ReadByte());
            }
        }
        else if (line[0] is '*' or '%' or '~')
        {
            for (long i = 0; i < count * (line[0] == '%' ? 2 : 1); i++)
            {
                ReadReply(reply);
            }
        }
    }

    private string ReadLine()
    {
        var line = new StringBuilder();
        while (ReadByte() is byte b && b != '\r')
        {
            line.Append((char)b);
        }

        ReadByte();
        return line.ToString();
    }

    private byte ReadByte()
    {
        if (_start == _end)
        {
            _start = 0;
            _end = _stream.Read(_buffer);
            if (_end == 0)
            {
                throw new EndOfStreamException("redis-server closed the connection");
            }
        }

        return _buffer[_start++];
    }
}
