using System.Net;
using System.Net.Sockets;

namespace Marekvs.Cluster.Gossip.Transport;

/// <summary>Sockets bound to an address of the settings.</summary>
internal static class ListenSocket
{
    /// <summary>Binds; <c>*</c> stands for every address, of both families where there are two.</summary>
    /// <exception cref="SocketException">It cannot be bound.</exception>
    public static Socket Open(PeerAddress listen, SocketType type, ProtocolType protocol)
    {
        if (listen.Host == PeerAddress.Everywhere && Socket.OSSupportsIPv6)
        {
            var both = new Socket(AddressFamily.InterNetworkV6, type, protocol) { DualMode = true };
            return Bind(both, new IPEndPoint(IPAddress.IPv6Any, listen.Port));
        }

        IPAddress address = listen.Host switch
        {
            PeerAddress.Everywhere => IPAddress.Any,
            "localhost" => IPAddress.Loopback,
            string host => IPAddress.Parse(host),
        };
        return Bind(new Socket(address.AddressFamily, type, protocol), new IPEndPoint(address, listen.Port));
    }

    private static Socket Bind(Socket socket, IPEndPoint place)
    {
        try
        {
            socket.Bind(place);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }
}
