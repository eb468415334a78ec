using System.Text;
using System.Text.Json;
using Marekvs.Abstractions.Storage;
using Marekvs.Host.Builtins;
using Marekvs.Storage.Engine;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Prometheus;

namespace Marekvs.Host.Http;

/// <summary>What operators and their tools ask over HTTP: /metrics, /alive, /ready and /drain, nothing else.</summary>
internal sealed class NodeEndpoints
{
    private readonly ServerContext _server;
    private readonly CollectorRegistry _metrics;
    private readonly ILogger _logger;
    private readonly Lock _drainLock = new();
    private Task? _leave;
    private Task? _drain;

    public NodeEndpoints(ServerContext server, CollectorRegistry metrics, ILoggerFactory logs)
    {
        _server = server;
        _metrics = metrics;
        _logger = logs.CreateLogger("Marekvs");
        NodeMetrics.Register(server, metrics);
    }

    public Task HandleAsync(HttpContext context) => (context.Request.Path.Value, context.Request.Method) switch
    {
        ("/metrics", "GET") => WriteMetricsAsync(context.Response),
        ("/alive", "GET" or "HEAD") => WriteAsync(context, 200, "alive\n"),
        ("/ready", "GET" or "HEAD") when _server.Lifetime.IsReady => WriteAsync(context, 200, "ready\n"),
        ("/ready", "GET" or "HEAD") => WriteAsync(context, 503, "not ready\n"),
        ("/drain", "POST") => DrainAsync(context),
        ("/drain", "GET") => WriteProgressAsync(context, 200),
        ("/metrics" or "/alive" or "/ready" or "/drain", _) => WriteAsync(context, 405, "method not allowed\n"),
        _ => WriteAsync(context, 404, "not found; there are /metrics, /alive, /ready and /drain\n"),
    };

    private async Task WriteMetricsAsync(HttpResponse response)
    {
        response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        using var text = new MemoryStream();
        await _metrics.CollectAndExportAsTextAsync(text);
        await response.Body.WriteAsync(text.GetBuffer().AsMemory(0, (int)text.Length));
    }

    private Task DrainAsync(HttpContext context)
    {
        lock (_drainLock)
        {
            if (_drain is null or { IsFaulted: true })
            {
                _logger.LogInformation("Draining: no new connections; the other nodes take over, then a checkpoint");
                _server.Lifetime.BeginDraining();
                _leave = _server.LeaveClusterAsync();
                _drain = CheckpointAfterAsync(_leave);
            }
        }

        return WriteProgressAsync(context, 202);
    }

    private async Task CheckpointAfterAsync(Task leave)
    {
        try
        {
            await leave;
            await _server.Keyspace.CheckpointAsync();
            _logger.LogInformation("Drained: the store holds everything");
        }
        catch (StorageException e)
        {
            _logger.LogError(e, "The checkpoint of the drain failed; the journal holds everything");
            throw;
        }
    }

    private Task WriteProgressAsync(HttpContext context, int status)
    {
        Task? drain = _drain;
        KeyspaceStatistics keyspace = _server.Keyspace.Statistics;
        string text = JsonSerializer.Serialize(new
        {
            draining = _server.Lifetime.IsDraining,
            clients = _server.Clients.Count,
            dirtyKeys = keyspace.DirtyKeys,
            handover = Describe(_leave),
            checkpoint = Describe(drain),
        });
        return WriteAsync(context, status, text + "\n", "application/json");
    }

    private static string Describe(Task? work) => work switch
    {
        null => "none",
        { IsCompletedSuccessfully: true } => "done",
        { IsCompleted: true } => "failed",
        _ => "running",
    };

    private static Task WriteAsync(HttpContext context, int status, string text, string type = "text/plain")
    {
        byte[] body = Encoding.UTF8.GetBytes(text);
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.Body.WriteAsync(body).AsTask();
    }
}
