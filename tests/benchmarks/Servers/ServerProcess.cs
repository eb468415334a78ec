using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Marekvs.Benchmarks.Servers;

/// <summary>A server under measurement: its own process, a temporary directory, a free port on loopback.</summary>
internal sealed partial class ServerProcess : IDisposable
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(30);
    private const double ClockTicksPerSecond = 100;

    private readonly Process _process;
    private readonly DirectoryInfo _directory;
    private readonly TaskCompletionSource<int> _port = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _output = [];

    private ServerProcess(
        string name, ProcessStartInfo start, DirectoryInfo directory, Func<string, int?> portWhenReady)
    {
        Name = name;
        _directory = directory;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Take(line.Data, portWhenReady);
        _process.ErrorDataReceived += (_, line) => Take(line.Data, portWhenReady);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Name { get; }

    public int Port { get; private set; }

    public IPEndPoint EndPoint => new(IPAddress.Loopback, Port);

    /// <summary>User and system time the process has used.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            string[] fields = Stat().Split(' ');
            long ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) +
                long.Parse(fields[12], CultureInfo.InvariantCulture);
            return TimeSpan.FromSeconds(ticks / ClockTicksPerSecond);
        }
    }

    /// <summary>Memory of its own, without the mapped files that the system can take back.</summary>
    public long AnonymousBytes
    {
        get
        {
            string line = File.ReadLines($"/proc/{_process.Id}/status")
                .First(text => text.StartsWith("RssAnon:", StringComparison.Ordinal));
            return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
                CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Redis as most people run it when they want to keep their data.</summary>
    public static Task<ServerProcess> StartRedisAsync(string name)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("marekvs-bench-");
        int port = FreePort();
        var start = new ProcessStartInfo(
            "redis-server",
            [
                "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1",
                "--dir", directory.FullName, "--appendonly", "yes", "--appendfsync", "everysec", "--save", "",
            ]);
        var server = new ServerProcess(
            name, start, directory, line => line.Contains("Ready to accept", StringComparison.Ordinal) ? port : null);
        return server.WhenReadyAsync();
    }

    /// <summary>A node with default settings but for those given.</summary>
    public static Task<ServerProcess> StartNodeAsync(string name, params (string Name, string Value)[] settings)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("marekvs-bench-");
        string assembly = typeof(ServerProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "HostAssembly").Value!;
        var start = new ProcessStartInfo("dotnet", ["exec", assembly]) { WorkingDirectory = directory.FullName };
        start.Environment["MAREKVS_DATA_DIR"] = directory.FullName;
        start.Environment["MAREKVS_RESP_ADDR"] = "127.0.0.1:0";
        start.Environment["MAREKVS_HTTP_ADDR"] = "127.0.0.1:0";
        foreach ((string variable, string value) in settings)
        {
            start.Environment[variable] = value;
        }

        return new ServerProcess(name, start, directory, PortInBanner).WhenReadyAsync();
    }

    /// <summary>RocksDB behind the node's sockets and nothing else; see <see cref="Cold.RawStoreServer"/>.</summary>
    public static Task<ServerProcess> StartRawStoreAsync(string name, long cacheBytes)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("marekvs-bench-");
        string cache = cacheBytes.ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo(
            "dotnet", ["exec", typeof(ServerProcess).Assembly.Location, "raw-store", directory.FullName, cache]);
        start.Environment["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1";
        start.Environment["DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT"] =
            Math.Max(1, Environment.ProcessorCount / 2).ToString(CultureInfo.InvariantCulture);
        return new ServerProcess(name, start, directory, PortInBanner).WhenReadyAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        if (Directory.Exists(_directory.FullName))
        {
            _directory.Delete(recursive: true);
        }
    }

    private async Task<ServerProcess> WhenReadyAsync()
    {
        Task ended = _process.WaitForExitAsync();
        if (await Task.WhenAny(_port.Task, ended).WaitAsync(ReadyWithin) == ended)
        {
            Dispose();
            throw new InvalidOperationException($"{Name} did not start:\n{string.Join('\n', _output)}");
        }

        Port = await _port.Task;
        return this;
    }

    private void Take(string? line, Func<string, int?> portWhenReady)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.Add(line);
        }

        if (portWhenReady(line) is { } port)
        {
            _port.TrySetResult(port);
        }
    }

    /// <summary>The fields after the command's name, which may hold blanks itself.</summary>
    private string Stat()
    {
        string stat = File.ReadAllText($"/proc/{_process.Id}/stat");
        return stat[(stat.LastIndexOf(')') + 2)..];
    }

    /// <summary>redis-server cannot report a port it chose itself; this one was free a moment ago.</summary>
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static int? PortInBanner(string line) => RespAddress().Match(line) is { Success: true } match
        ? int.Parse(match.Groups["port"].Value, CultureInfo.InvariantCulture)
        : null;

    [GeneratedRegex(@"RESP on \S+:(?<port>\d+)")]
    private static partial Regex RespAddress();
}
