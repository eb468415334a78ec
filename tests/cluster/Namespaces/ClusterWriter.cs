using System.Globalization;
using System.Net.Sockets;
using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.Cluster.Tests.Namespaces;

/// <summary>
/// A client that writes on one node and keeps account of what was acknowledged: a counter all share, a set all share, and
/// keys of its own that it also reads back. What broke off may or may not have happened.
/// </summary>
/// <param name="node">Where it writes.</param>
/// <param name="number">Tells its writes from others'.</param>
internal sealed class ClusterWriter(NodeProcess node, int number) : IDisposable
{
    private readonly List<string> _members = [];
    private readonly ManualResetEventSlim _stop = new();
    private Task _writing = Task.CompletedTask;

    public long Increments { get; private set; }

    /// <summary>Increments without an answer.</summary>
    public long Indeterminate { get; private set; }

    /// <summary>Members whose SADD was acknowledged.</summary>
    public IReadOnlyList<string> Members => _members;

    /// <summary>What a client must never see: its own write missing, or a number that goes back.</summary>
    public List<string> Breaches { get; } = [];

    /// <summary>Begins, on a thread of its own: the pool may be slow to give one.</summary>
    public void Start() => _writing = Task.Factory.StartNew(
        Write, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public async Task StopAsync()
    {
        _stop.Set();
        await _writing;
    }

    public void Dispose() => _stop.Dispose();

    private void Write()
    {
        while (!_stop.IsSet)
        {
            try
            {
                using RespClient client = node.Connect();
                long last = 0;
                while (!_stop.IsSet)
                {
                    last = WriteOnce(client, last);
                }
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                // The node is being killed or stopped; try again until told to end.
                _stop.Wait(TimeSpan.FromMilliseconds(20));
            }
        }
    }

    private long WriteOnce(RespClient client, long last)
    {
        Indeterminate++;
        RespReply increment = client.Call("INCR", "counter");
        Indeterminate--;
        if (increment.IsError)
        {
            return last;
        }

        Increments++;
        if (increment.Integer <= last)
        {
            Breaches.Add($"writer {number}: INCR answered {increment.Integer} after {last}");
        }

        string name = string.Create(CultureInfo.InvariantCulture, $"{number}:{_members.Count}");
        if (!client.Call("SADD", "set", name).IsError)
        {
            _members.Add(name);
        }

        string key = string.Create(CultureInfo.InvariantCulture, $"own:{number}");
        if (!client.Call("SET", key, name).IsError && client.Call("GET", key).TextOrNull != name)
        {
            Breaches.Add($"writer {number}: {key} is not what was written last");
        }

        return increment.Integer;
    }
}
