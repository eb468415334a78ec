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
    private readonly List<RedisConnection> _connections = [];

    /// <summary>Starts the server and connects to it.</summary>
    public RedisServer()
    {
        var start = new ProcessStartInfo("redis-server")
        {
            RedirectStandardOutput = true,
            ArgumentList =
            {
                "--port", "0", "--unixsocket", SocketPath, "--dir", _directory.Path, "--save", "", "--appendonly", "no",
            },
        };
        _process = Process.Start(start)!;
        WaitUntilReadyAsync().WaitAsync(Patience).GetAwaiter().GetResult();
        Connection = Connect();
    }

    /// <summary>The connection <see cref="Run"/> uses.</summary>
    public RedisConnection Connection { get; }

    private string SocketPath => _directory.Combine("redis.sock");

    /// <summary>Another client; closed with the server.</summary>
    public RedisConnection Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(SocketPath));
        socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        var connection = new RedisConnection(new NetworkStream(socket, ownsSocket: true));
        _connections.Add(connection);
        return connection;
    }

    /// <summary>Runs a command line.</summary>
    /// <param name="line">See <see cref="CommandLine"/>.</param>
    /// <returns>The exact reply; bytes are the characters U+0000 to U+00FF.</returns>
    public string Run(string line) => Connection.RunArguments([.. CommandLine.Split(line)]);

    /// <inheritdoc/>
    public void Dispose()
    {
        _connections.ForEach(connection => connection.Dispose());
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
