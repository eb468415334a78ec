using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Marekvs.Testing.Processes;

/// <summary>A node that ended before it was ready, or a run that was meant to end by itself.</summary>
/// <param name="ExitCode">What it returned; 128 and the signal's number when a signal ended it.</param>
/// <param name="Output">Standard output and error together.</param>
public sealed record NodeExit(int ExitCode, string Output);

/// <summary>The node ended or stayed silent instead of getting ready.</summary>
public sealed class NodeStartException(string message, NodeExit? exit) : Exception(message)
{
    public NodeExit? Exit { get; } = exit;
}

/// <summary>
/// A real node in a process of its own. It can be killed, stopped and started again on the same data; disposing kills
/// it, whatever state it is in, and shows its log for the test that failed.
/// </summary>
public sealed partial class NodeProcess : IDisposable
{
    private const int LogCharactersShown = 8000;

    private static readonly ConcurrentDictionary<int, Process> Running = new();

    private readonly NodeSettings _settings;
    private Process _process;
    private ProcessLog _log;

    static NodeProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (Process process in Running.Values)
        {
            process.Kill();
        }
    };

    private NodeProcess(NodeSettings settings)
    {
        _settings = settings;
        (_process, _log) = Launch(settings);
    }

    public IPEndPoint Resp { get; private set; } = new(IPAddress.Loopback, 0);

    public IPEndPoint Http { get; private set; } = new(IPAddress.Loopback, 0);

    public int ProcessId => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>User and system time the process has used.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Bytes of memory the process occupies.</summary>
    public long WorkingSet
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>What the node wrote since it was last started.</summary>
    public string Log => _log.Text;

    /// <summary>Starts a node and waits until it says where it listens.</summary>
    public static async Task<NodeProcess> StartAsync(NodeSettings settings)
    {
        var node = new NodeProcess(settings);
        try
        {
            await node.WaitForReadyAsync();
            return node;
        }
        catch
        {
            node.Dispose();
            throw;
        }
    }

    /// <summary>Starts a node without waiting, for tests that kill it while it starts.</summary>
    public static NodeProcess Begin(NodeSettings settings) => new(settings);

    /// <summary>Starts a node that is expected to end by itself: help, mistakes, damaged data.</summary>
    public static async Task<NodeExit> RunToExitAsync(NodeSettings settings)
    {
        (Process process, ProcessLog log) = Launch(settings);
        try
        {
            await ExitOf(process).WaitAsync(settings.ReadyWithin);
            return new NodeExit(process.ExitCode, log.Text);
        }
        catch (TimeoutException)
        {
            throw new NodeStartException($"The node should have ended by itself and did not.\n{log.Text}", null);
        }
        finally
        {
            End(process);
        }
    }

    public RespClient Connect() => RespClient.Connect(Resp);

    /// <summary>Waits until the node says where it listens.</summary>
    public async Task WaitForReadyAsync()
    {
        Task<string> resp = _log.WhenLine(line => RespAddress().IsMatch(line));
        Task<string> http = _log.WhenLine(line => HttpAddress().IsMatch(line));
        Task exit = ExitOf(_process);
        try
        {
            await Task.WhenAny(Task.WhenAll(resp, http), exit).WaitAsync(_settings.ReadyWithin);
        }
        catch (TimeoutException)
        {
            throw new NodeStartException($"The node was not ready within {_settings.ReadyWithin}.\n{Log}", null);
        }

        if (!resp.IsCompleted || !http.IsCompleted)
        {
            throw new NodeStartException(
                $"The node ended with {_process.ExitCode} before it was ready.\n{Log}",
                new NodeExit(_process.ExitCode, Log));
        }

        Resp = EndPointIn(RespAddress().Match(await resp));
        Http = EndPointIn(HttpAddress().Match(await http));
    }

    /// <summary>SIGKILL: the process has no chance to finish anything.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
        Running.TryRemove(_process.Id, out _);
    }

    /// <summary>SIGTERM: the process finishes what is in flight.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        Terminate();
        return await WaitForExitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>Sends SIGTERM and returns at once.</summary>
    public void Terminate() => Signal.Send(_process.Id, Signal.Terminate);

    public async Task<int> WaitForExitAsync(TimeSpan within)
    {
        try
        {
            await ExitOf(_process).WaitAsync(within);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"The node did not end within {within}.\n{Log}");
        }

        return _process.ExitCode;
    }

    /// <summary>Starts the node again on the same data after <see cref="Kill"/> or <see cref="StopAsync"/>.</summary>
    public async Task RestartAsync()
    {
        BeginRestart();
        await WaitForReadyAsync();
    }

    /// <summary>As <see cref="RestartAsync"/>, without waiting.</summary>
    public void BeginRestart()
    {
        if (!_process.HasExited)
        {
            throw new InvalidOperationException("the node still runs");
        }

        End(_process);
        (_process, _log) = Launch(_settings);
    }

    public void Dispose()
    {
        End(_process);
        if (!_settings.ShowsLog)
        {
            return;
        }

        string log = Log;
        Console.WriteLine($"--- log of node on {_settings.DataDirectory}");
        Console.WriteLine(log.Length > LogCharactersShown ? "..." + log[^LogCharactersShown..] : log);
    }

    private static (Process Process, ProcessLog Log) Launch(NodeSettings settings)
    {
        string[] command =
            [.. settings.Launcher, "dotnet", "exec", BuiltFiles.HostAssembly, .. settings.Arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (string name in start.Environment.Keys.Where(IsSetting).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach ((string name, string value) in settings.Variables())
        {
            start.Environment[name] = value;
        }

        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var log = new ProcessLog();
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Start();
        Running[process.Id] = process;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return (process, log);

        void Keep(string? line)
        {
            if (line is not null)
            {
                log.Add(line);
            }
        }
    }

    private static void End(Process process)
    {
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }

        Running.TryRemove(process.Id, out _);
    }

    /// <summary>Completes when the process ended and all it wrote was read.</summary>
    private static Task ExitOf(Process process) => process.WaitForExitAsync();

    private static bool IsSetting(string variable) => variable.StartsWith("MAREKVS_", StringComparison.Ordinal);

    private IPEndPoint EndPointIn(Match match) => new(
        _settings.Host, int.Parse(match.Groups["port"].Value, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"RESP on \S+:(?<port>\d+)")]
    private static partial Regex RespAddress();

    [GeneratedRegex(@"HTTP on \S+:(?<port>\d+)")]
    private static partial Regex HttpAddress();
}
