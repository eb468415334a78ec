using System.Net;
using Marekvs.Host.Commands;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;

namespace Marekvs.Host.Connections;

/// <summary>Takes RESP connections from the server and serves each until it ends.</summary>
internal sealed class RespConnectionHandler : ConnectionHandler
{
    private readonly ClientRegistry _clients;
    private readonly Dispatcher _dispatcher;
    private readonly ILogger _logger;

    /// <summary>Creates the handler.</summary>
    /// <param name="clients">All connections.</param>
    /// <param name="dispatcher">Runs the commands.</param>
    /// <param name="logger">Where connections that fail are reported.</param>
    public RespConnectionHandler(
        ClientRegistry clients, Dispatcher dispatcher, ILogger<RespConnectionHandler> logger)
    {
        _clients = clients;
        _dispatcher = dispatcher;
        _logger = logger;
    }

    private static ReadOnlySpan<byte> TooManyClients => "-ERR max number of clients reached\r\n"u8;

    private static ReadOnlySpan<byte> Protected =>
        "-DENIED Marekvs runs in protected mode: no password is set, so only clients on the same machine are served. Set MAREKVS_REQUIREPASS or requirepass, or from the machine itself turn it off with CONFIG SET protected-mode no.\r\n"u8;

    /// <inheritdoc/>
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        if (IsProtectedFrom(connection.RemoteEndPoint))
        {
            await TurnAwayAsync(connection, Protected.ToArray());
            return;
        }

        if (_clients.TryAdd(connection) is not Session session)
        {
            await TurnAwayAsync(connection, TooManyClients.ToArray());
            return;
        }

        IConnectionLifetimeNotificationFeature? lifetime =
            connection.Features.Get<IConnectionLifetimeNotificationFeature>();
        using CancellationTokenRegistration closing = lifetime is null
            ? default
            : lifetime.ConnectionClosedRequested.UnsafeRegister(
                static state => ((Session)state!).CloseWhenIdle(), session);
        try
        {
            await new ConnectionLoop(session, connection, _dispatcher).RunAsync();
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            _logger.LogDebug("Client id={Id} addr={Address} left: {Reason}", session.Id, session.RemoteAddress,
                gone.Message);
        }
#pragma warning disable CA1031 // A fault in one connection must not reach the server or any other connection.
        catch (Exception fault)
        {
            _clients.Statistics.CountHandlerFailure();
            _logger.LogError(fault, "Client id={Id} addr={Address} closed: the loop that served it failed", session.Id,
                session.RemoteAddress);
        }
#pragma warning restore CA1031
        finally
        {
            _clients.Remove(session);
        }
    }

    private bool IsProtectedFrom(EndPoint? client)
    {
        return _clients.Settings.ProtectedMode && !_clients.Users.NeedsPassword && client is IPEndPoint ip &&
            !Session.IsLoopback(ip.Address);
    }

    private async Task TurnAwayAsync(ConnectionContext connection, byte[] error)
    {
        _clients.Statistics.CountRejection();
        try
        {
            await connection.Transport.Output.WriteAsync(error);
        }
        catch (IOException gone)
        {
            _logger.LogDebug("A client that was turned away had already left: {Reason}", gone.Message);
        }
    }
}
