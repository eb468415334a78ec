using System.Diagnostics;
using System.Net.Sockets;

namespace Marekvs.Testing;

/// <summary>A real redis-server without persistence, reached through a socket in a directory of its own, to compare
/// replies with.</summary>
public sealed class RedisServer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TemporaryDirectory _directory = new();
    private readonly Process _process;
    private readonly RespStream _stream;

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
        _stream = new RespStream(new NetworkStream(socket, ownsSocket: true));
    }

    /// <summary>Runs a command line.</summary>
    /// <param name="line">See <see cref="CommandLine"/>.</param>
    /// <returns>The exact reply; bytes are the characters U+0000 to U+00FF.</returns>
    public string Run(string line) => _stream.Run(line);

    /// <summary>Runs a command.</summary>
    /// <param name="args">Its name and arguments.</param>
    public string RunArguments(params IReadOnlyList<string> args) => _stream.RunArguments(args);

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
}
