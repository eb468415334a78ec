using System.Net.Sockets;
using System.Text;
using Marekvs.Benchmarks.Servers;

namespace Marekvs.Benchmarks.Compare;

/// <summary>Connections that listen to a channel, and take every message as fast as it comes.</summary>
internal sealed class Subscribers : IDisposable
{
    private const int ReadBytes = 64 * 1024;

    private readonly List<Socket> _sockets = [];

    private Subscribers()
    {
    }

    /// <summary>Connects and subscribes.</summary>
    /// <param name="server">The server.</param>
    /// <param name="channel">What they listen to.</param>
    /// <param name="count">How many there are.</param>
    public static async Task<Subscribers> ConnectAsync(ServerProcess server, string channel, int count)
    {
        var subscribers = new Subscribers();
        byte[] subscribe = Encoding.ASCII.GetBytes($"SUBSCRIBE {channel}\r\n");
        for (int i = 0; i < count; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            subscribers._sockets.Add(socket);
            await socket.ConnectAsync(server.EndPoint);
            await socket.SendAsync(subscribe);

            // The confirmation is here, so the subscription holds.
            byte[] buffer = new byte[ReadBytes];
            await socket.ReceiveAsync(buffer);
            _ = ReadAsync(socket, buffer);
        }

        return subscribers;
    }

    /// <summary>Leaves.</summary>
    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());

    private static async Task ReadAsync(Socket socket, byte[] buffer)
    {
        try
        {
            while (await socket.ReceiveAsync(buffer) > 0)
            {
            }
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            // The measurement is over.
        }
    }
}
