using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Marekvs.Testing.Processes;

/// <summary>
/// Ports for nodes that must keep them when they start again.
/// They lie below the range from which the system serves outgoing connections, so that no connection
/// takes one while its node is down, and a locked file keeps other tests of this machine away from each.
/// </summary>
public sealed class ReservedPorts : IDisposable
{
    private const int First = 12_000;
    private const int Count = 20_000;

    private static readonly string Folder = Path.Combine(Path.GetTempPath(), "marekvs-ports");

    private static int _tried;

    private readonly List<FileStream> _reservations = [];

    /// <summary>Reserves a port that nobody uses, neither for TCP nor for UDP.</summary>
    public int Next()
    {
        Directory.CreateDirectory(Folder);
        while (true)
        {
            int port = First + ((Interlocked.Increment(ref _tried) & int.MaxValue) % Count);
            if (!TryReserve(port, out FileStream? reservation))
            {
                continue;
            }

            if (IsFree(port, SocketType.Stream, ProtocolType.Tcp) && IsFree(port, SocketType.Dgram, ProtocolType.Udp))
            {
                _reservations.Add(reservation!);
                return port;
            }

            reservation!.Dispose();
        }
    }

    public void Dispose() => _reservations.ForEach(reservation => reservation.Dispose());

    private static bool TryReserve(int port, out FileStream? reservation)
    {
        try
        {
            string path = Path.Combine(Folder, port.ToString(CultureInfo.InvariantCulture));
            reservation = new FileStream(
                path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            return true;
        }
        catch (IOException)
        {
            reservation = null;
            return false;
        }
    }

    private static bool IsFree(int port, SocketType type, ProtocolType protocol)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
