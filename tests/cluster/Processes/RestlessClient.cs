using System.Globalization;
using System.Net.Sockets;
using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.Cluster.Tests.Processes;

/// <summary>
/// A client as applications have it: it knows all nodes, goes to the next when its node closes the connection or says that
/// it is not ready, and says the same again there. Every request succeeds in the end, or is noted as failed.
/// </summary>
/// <param name="cluster">The nodes.</param>
/// <param name="number">Tells its keys from others'.</param>
internal sealed class RestlessClient(ProcessCluster cluster, int number) : IDisposable
{
    private const int AttemptsMax = 200;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    private readonly ManualResetEventSlim _stop = new();
    private Task _writing = Task.CompletedTask;
    private RespClient? _client;
    private int _hops;

    /// <summary>Requests that were answered as they should be.</summary>
    public int Written { get; private set; }

    /// <summary>Requests that no node would serve, or that were answered wrongly.</summary>
    public List<string> Failures { get; } = [];

    public static string Key(int client, int i) => string.Create(CultureInfo.InvariantCulture, $"restless:{client}:{i}");

    public void Start() => _writing = Task.Factory.StartNew(
        Write, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public async Task StopAsync()
    {
        _stop.Set();
        await _writing;
    }

    public void Dispose()
    {
        _client?.Dispose();
        _stop.Dispose();
    }

    private void Write()
    {
        while (!_stop.IsSet)
        {
            string key = Key(number, Written);
            string answer = Request("SET", key, "v");
            if (answer != "OK")
            {
                Failures.Add($"{key}: {answer}");
                return;
            }

            Written++;
            _stop.Wait(Pause);
        }
    }

    private string Request(params string[] command)
    {
        string last = "";
        for (int attempt = 0; attempt < AttemptsMax; attempt++)
        {
            try
            {
                _client ??= cluster.Nodes[(number + _hops) % cluster.Nodes.Count].Connect();
                RespReply reply = _client.Call(command);
                if (!reply.IsError)
                {
                    return reply.TextOrNull ?? "";
                }

                last = reply.Text;
                if (!last.StartsWith("LOADING", StringComparison.Ordinal))
                {
                    break;
                }
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                last = e.Message;
            }

            _client?.Dispose();
            _client = null;
            _hops++;
            _stop.Wait(TimeSpan.FromMilliseconds(attempt < cluster.Nodes.Count ? 0 : 20));
        }

        return $"failed: {last}";
    }
}
