using System.Net;
using System.Net.Sockets;
using Marekvs.Cluster.Gossip.Transport.Mesh;

namespace Marekvs.Cluster.Tests.Processes;

/// <summary>
/// Somebody who does not belong to the cluster and does what he can to its ports: connections that say nothing, or one
/// byte at a time, frames of absurd lengths, rubbish in whole frames, datagrams of rubbish.
/// </summary>
internal sealed class Flood : IDisposable
{
    private const int HeldMax = 1000;

    // More than a node lets wait for their introduction.
    private const int HeldAtOnce = 300;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    private readonly IPEndPoint _mesh;
    private readonly IPEndPoint _gossip;
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread[] _threads;
    private int _connections;

    public Flood(int meshPort, int gossipPort)
    {
        (_mesh, _gossip) = (new(IPAddress.Loopback, meshPort), new(IPAddress.Loopback, gossipPort));
        _threads = [new Thread(SitThere), new Thread(SendRubbish), new Thread(SendDatagrams)];
        foreach (Thread thread in _threads)
        {
            thread.Start();
        }
    }

    /// <summary>Connections made.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public void Dispose()
    {
        _stop.Set();
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        _stop.Dispose();
    }

    private void SitThere()
    {
        var held = new Queue<Socket>();
        while (!_stop.Wait(held.Count < HeldAtOnce ? TimeSpan.Zero : Pause))
        {
            if (Connect() is Socket socket)
            {
                held.Enqueue(socket);
            }

            if (held.Count > HeldMax)
            {
                held.Dequeue().Dispose();
            }

            // A greeting that takes for ever.
            if (held.Count % 10 == 0 && held.TryPeek(out Socket? slow))
            {
                Send(slow, [1]);
            }
        }

        foreach (Socket socket in held)
        {
            socket.Dispose();
        }
    }

    private void SendRubbish()
    {
        var random = new Random(1);
        byte[] rubbish = new byte[900];
        while (!_stop.Wait(Pause))
        {
            using Socket? socket = Connect();
            random.NextBytes(rubbish);
            if (socket is not null)
            {
                Send(socket, random.Next(3) switch
                {
                    0 => [0xFF, 0xFF, 0xFF, 0x3F, .. rubbish],
                    1 => MeshFrames.Wrap(rubbish),
                    _ => rubbish,
                });
                LingerBriefly(socket, random);
            }
        }
    }

    private void SendDatagrams()
    {
        using var socket = new Socket(SocketType.Dgram, ProtocolType.Udp);
        var random = new Random(2);
        byte[] rubbish = new byte[1400];
        while (!_stop.Wait(Pause))
        {
            for (int i = 0; i < 10; i++)
            {
                random.NextBytes(rubbish);
                socket.SendTo(rubbish.AsSpan(0, random.Next(rubbish.Length)), _gossip);
            }
        }
    }

    /// <summary>Some are reset, others closed in order.</summary>
    private static void LingerBriefly(Socket socket, Random random)
    {
        if (random.Next(2) == 0)
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
    }

    private Socket? Connect()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(_mesh);
            Interlocked.Increment(ref _connections);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    private static void Send(Socket socket, byte[] bytes)
    {
        try
        {
            socket.Send(bytes);
        }
        catch (SocketException)
        {
            // The node has had enough.
        }
    }
}
