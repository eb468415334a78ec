using System.Globalization;
using Marekvs.Benchmarks.Compare;
using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.Benchmarks.Cluster;

/// <summary>So many SET a second on one node, until disposed.</summary>
internal sealed class PacedLoad : IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(2);
    private static readonly string Value = new('v', 100);

    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;

    public PacedLoad(NodeProcess node, int requestsPerSecond)
    {
        _thread = new Thread(() => Run(node, requestsPerSecond)) { IsBackground = true };
        _thread.Start();
    }

    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _stop.Dispose();
    }

    private void Run(NodeProcess node, int requestsPerSecond)
    {
        using RespClient client = node.Connect();
        var random = new Random(1);
        var burst = new CommandBuffer();
        long began = TimeProvider.System.GetTimestamp();
        for (long sent = 0; !_stop.Wait(Step);)
        {
            long due = (long)(TimeProvider.System.GetElapsedTime(began).TotalSeconds * requestsPerSecond) - sent;
            burst.Clear();
            for (long i = 0; i < due; i++)
            {
                burst.Add("SET", string.Create(CultureInfo.InvariantCulture, $"key:{random.Next(LoadGenerator.Keys):D12}"), Value);
            }

            client.Send(burst.Written);
            for (long i = 0; i < due; i++)
            {
                client.Read();
            }

            sent += due;
        }
    }
}
