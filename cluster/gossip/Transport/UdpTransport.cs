using System.Net;
using System.Net.Sockets;
using Marekvs.Abstractions.Cluster;
using Marekvs.Cluster.Gossip.Membership;
using Marekvs.Cluster.Gossip.Wire;
using Microsoft.Extensions.Logging;

namespace Marekvs.Cluster.Gossip.Transport;

/// <summary>Receives a datagram.</summary>
/// <param name="from">Where from.</param>
/// <param name="datagram">Its bytes; valid during the call.</param>
internal delegate void DatagramSink(PeerAddress from, ReadOnlySpan<byte> datagram);

/// <summary>Datagrams on a UDP socket. What cannot be sent is lost, as datagrams are.</summary>
internal sealed class UdpTransport : IDisposable
{
    private const int PlacesPerName = 8;

    private readonly Socket _socket;
    private readonly PeerResolver _resolver;
    private readonly ILogger _logger;

    /// <param name="listen">Where to receive.</param>
    /// <param name="time">Ages name lookups.</param>
    /// <param name="logger">Reports.</param>
    /// <exception cref="ClusterException">The address cannot be bound.</exception>
    public UdpTransport(PeerAddress listen, TimeProvider time, ILogger logger)
    {
        _logger = logger;
        try
        {
            _socket = ListenSocket.Open(listen, SocketType.Dgram, ProtocolType.Udp);
        }
        catch (SocketException e)
        {
            throw new ClusterException($"gossip cannot listen on {listen}: {e.Message}", e);
        }

        _resolver = new PeerResolver(
            _socket.AddressFamily == AddressFamily.InterNetworkV6 && _socket.DualMode
                ? AddressFamily.Unspecified
                : _socket.AddressFamily,
            time);
        Port = (ushort)((IPEndPoint)_socket.LocalEndPoint!).Port;
    }

    /// <summary>Where it receives.</summary>
    public ushort Port { get; }

    /// <summary>Sends, or not: nobody waits and nobody is told.</summary>
    public void Send(OutgoingDatagram datagram)
    {
        if (!_resolver.TryResolve(datagram.To, out IPEndPoint[] places))
        {
            return;
        }

        foreach (IPEndPoint place in places.Take(PlacesPerName))
        {
            try
            {
                _socket.SendTo(datagram.Bytes, SocketFlags.None, ForSocket(place));
            }
            catch (SocketException e)
            {
                _logger.LogDebug("A datagram to {Place} was not sent: {Reason}", place, e.Message);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
    }

    /// <summary>Receives until told to end.</summary>
    public async Task ReceiveAsync(DatagramSink sink, CancellationToken cancellation)
    {
        // One byte more than allowed, so that what is too long is seen to be.
        byte[] buffer = GC.AllocateUninitializedArray<byte>(DatagramSeal.DatagramBytesMax + 1, pinned: true);
        var any = new IPEndPoint(
            _socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                SocketReceiveFromResult received =
                    await _socket.ReceiveFromAsync(buffer, SocketFlags.None, any, cancellation);
                sink(
                    _resolver.NameOf(Unmapped((IPEndPoint)received.RemoteEndPoint)),
                    buffer.AsSpan(0, received.ReceivedBytes));
            }
            catch (SocketException e)
            {
                _logger.LogDebug("A datagram was not received: {Reason}", e.Message);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private static IPEndPoint Unmapped(IPEndPoint place) =>
        place.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(place.Address.MapToIPv4(), place.Port) : place;

    private IPEndPoint ForSocket(IPEndPoint place) =>
        _socket.AddressFamily == AddressFamily.InterNetworkV6 && place.AddressFamily == AddressFamily.InterNetwork
            ? new IPEndPoint(place.Address.MapToIPv6(), place.Port)
            : place;
}
