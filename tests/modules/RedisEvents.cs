using Marekvs.Testing;

namespace Marekvs.Modules.Tests;

/// <summary>The notifications a redis-server raises.</summary>
internal sealed class RedisEvents : IDisposable
{
    private const string Prefix = "__keyevent@0__:";

    private readonly RedisConnection _connection;

    /// <summary>Subscribes.</summary>
    internal RedisEvents(RedisServer server)
    {
        server.Run("CONFIG SET notify-keyspace-events EA");
        _connection = server.Connect();
        _connection.RunArguments("PSUBSCRIBE", $"{Prefix}*");
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    /// <summary>The notifications since the last call, as <c>event key</c>.</summary>
    internal List<string> Take()
    {
        var events = new List<string>();
        List<string> message = RespReading.Strings(_connection.RunArguments("PING"));
        while (message[0] != "pong")
        {
            events.Add($"{message[2][Prefix.Length..]} {message[3]}");
            message = RespReading.Strings(_connection.ReadReply());
        }

        return events;
    }
}
