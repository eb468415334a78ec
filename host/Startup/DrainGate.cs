using System.Text;
using Microsoft.AspNetCore.Connections;

namespace Marekvs.Host.Startup;

/// <summary>Turns new connections away while the node drains; a load balancer finds another for them.</summary>
internal static class DrainGate
{
    private static readonly byte[] Draining =
        Encoding.ASCII.GetBytes("-ERR this node is being drained, connect to another\r\n");

    public static async Task AdmitAsync(NodeLifetime lifetime, ConnectionContext connection, ConnectionDelegate next)
    {
        if (!lifetime.IsDraining)
        {
            await next(connection);
            return;
        }

        await connection.Transport.Output.WriteAsync(Draining);
    }
}
