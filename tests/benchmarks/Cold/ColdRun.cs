using Marekvs.Benchmarks.Servers;
using Marekvs.Testing;

namespace Marekvs.Benchmarks.Cold;

/// <summary>
/// A data set ten times the memory limit. Both servers get the same memory: the limit plus the node's default cache of
/// its store. Throughput is that of whole bursts of cold and warm keys; latency is that of single requests to a few
/// keys that are always in memory, alone and beside cold reads.
/// </summary>
internal static class ColdRun
{
    private const long StoreCacheBytes = 64L * 1024 * 1024;
    private const long Megabyte = 1024 * 1024;
    private const int HotKeys = 100;

    public static async Task RunAsync(ColdOptions options)
    {
        using ServerProcess raw =
            await ServerProcess.StartRawStoreAsync("raw RocksDB", options.MemoryBytes + StoreCacheBytes);
        using ServerProcess node =
            await ServerProcess.StartNodeAsync("marekvs", ("MAREKVS_MEMORY_MAX", $"{options.MemoryBytes}"));
        ServerProcess[] servers = [raw, node];
        string value = new('v', options.ValueBytes);
        Console.WriteLine(
            $"{options.Keys} keys of {options.ValueBytes} bytes, memory limit {options.MemoryBytes / Megabyte} MB\n");
        foreach (ServerProcess server in servers)
        {
            long start = TimeProvider.System.GetTimestamp();
            ColdLoad.Fill(server, options.Keys, value);
            double seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
            Console.WriteLine($"{server.Name}: filled with {options.Keys / seconds:N0} SET/s");
        }

        KeyChoice uniform = KeyChoice.Uniform(options.Keys);
        KeyChoice zipf = KeyChoice.Zipf(options.Keys);
        Console.WriteLine($"\n| Load | {raw.Name} /s | {node.Name} /s | ratio |\n|---|--:|--:|--:|");
        await CompareAsync("GET uniform", servers, uniform, value: null, options.Step);
        await CompareAsync("GET zipf", servers, zipf, value: null, options.Step);
        await CompareAsync("SET uniform", servers, uniform, value, options.Step);
        await CompareAsync("SET zipf", servers, zipf, value, options.Step);

        Console.WriteLine("\n| Hot key | alone p50 | alone p99 | beside cold reads p50 | p99 | own memory |");
        Console.WriteLine("|---|--:|--:|--:|--:|--:|");
        foreach (ServerProcess server in servers)
        {
            (double p50, double p99) = await ProbeAsync(server, load: null, options.Step);
            (double busyP50, double busyP99) = await ProbeAsync(server, uniform, options.Step);
            Console.WriteLine(
                $"| {server.Name} | {p50:F3} ms | {p99:F3} ms | {busyP50:F3} ms | {busyP99:F3} ms " +
                $"| {server.AnonymousBytes / Megabyte} MB |");
        }
    }

    private static async Task CompareAsync(
        string name, ServerProcess[] servers, KeyChoice keys, string? value, TimeSpan step)
    {
        var rates = new List<double>();
        foreach (ServerProcess server in servers)
        {
            using var stop = new CancellationTokenSource(step);
            rates.Add(await ColdLoad.RunAsync(server, keys, value, stop.Token) / step.TotalSeconds);
        }

        Console.WriteLine($"| {name} | {rates[0]:N0} | {rates[1]:N0} | {rates[1] / rates[0]:F2} |");
    }

    private static async Task<(double P50, double P99)> ProbeAsync(
        ServerProcess server, KeyChoice? load, TimeSpan step)
    {
        using var stop = new CancellationTokenSource(step);
        Task<long> loading =
            load is null ? Task.FromResult(0L) : ColdLoad.RunAsync(server, load, value: null, stop.Token);
        List<double> milliseconds = await Task.Run(() => ReadHotKeys(server, stop.Token));
        await loading;
        milliseconds.Sort();
        return (milliseconds[milliseconds.Count / 2], milliseconds[milliseconds.Count * 99 / 100]);
    }

    private static List<double> ReadHotKeys(ServerProcess server, CancellationToken stop)
    {
        using RespClient client = RespClient.Connect(server.EndPoint);
        var milliseconds = new List<double>();
        for (int i = 0; !stop.IsCancellationRequested; i++)
        {
            long start = TimeProvider.System.GetTimestamp();
            client.Call("GET", KeyChoice.NameOf(i % HotKeys));
            milliseconds.Add(TimeProvider.System.GetElapsedTime(start).TotalMilliseconds);
        }

        return milliseconds;
    }
}
