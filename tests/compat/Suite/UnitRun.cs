using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.Compat.Suite;

/// <summary>
/// Runs one unit of the suite. The suite has a process that hands out units and prints, and processes that run them;
/// this takes the first one's place and starts one of the second kind, in external mode, against a node.
/// </summary>
internal sealed class UnitRun : IDisposable
{
    /// <summary>The slowest tests count to some hundred thousand; silence for longer is a test that hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private const int DetailCharactersMax = 1000;

    private readonly UnitOptions _options;
    private readonly TemporaryDirectory _directory = new();
    private readonly BlockNodes _nodes = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ProcessLog _suiteLog = new();
    private readonly List<TestOutcome> _outcomes = [];
    private string _current = "";

    private UnitRun(UnitOptions options) => _options = options;

    /// <summary>Runs a unit to its end, or to the first test that hangs.</summary>
    public static async Task<IReadOnlyList<TestOutcome>> RunAsync(UnitOptions options)
    {
        using var run = new UnitRun(options);
        SuiteSource.Unpack(run._directory.Path);
        await run.RunAsync();
        return run._outcomes;
    }

    public void Dispose()
    {
        _listener.Dispose();
        _nodes.Dispose();
        _directory.Dispose();
    }

    private async Task RunAsync()
    {
        NodeProcess node = await _nodes.StartAsync([]);
        _listener.Start();
        using Process suite = StartSuite(node.Resp.Port);
        try
        {
            using SuiteChannel channel = await AcceptAsync(suite);
            await FollowAsync(channel);
        }
        finally
        {
            suite.Kill(entireProcessTree: true);
            await suite.WaitForExitAsync();
        }
    }

    private Process StartSuite(int nodePort)
    {
        int ownPort = ((IPEndPoint)_listener.LocalEndpoint).Port;
        var start = new ProcessStartInfo("tclsh",
        [
            "tests/test_helper.tcl", "--client", Text(ownPort), "--host", "127.0.0.1", "--port", Text(nodePort),
            "--singledb", "--ignore-encoding", "--ignore-digest", "--durable", .. _options.Arguments,
        ])
        {
            WorkingDirectory = _directory.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var suite = new Process { StartInfo = start };
        suite.OutputDataReceived += (_, line) => _suiteLog.Add(line.Data ?? "");
        suite.ErrorDataReceived += (_, line) => _suiteLog.Add(line.Data ?? "");
        suite.Start();
        suite.BeginOutputReadLine();
        suite.BeginErrorReadLine();
        return suite;
    }

    private async Task<SuiteChannel> AcceptAsync(Process suite)
    {
        Task<TcpClient> accept = _listener.AcceptTcpClientAsync();
        await Task.WhenAny(accept, suite.WaitForExitAsync()).WaitAsync(Patience);
        return accept.IsCompleted
            ? new SuiteChannel((await accept).GetStream())
            : throw new InvalidOperationException($"Redis's test suite did not start.\n{_suiteLog.Text}");
    }

    private async Task FollowAsync(SuiteChannel channel)
    {
        var requests = new Queue<(string Request, string Data)>(
        [
            ("run_code", $"blocks blocks.tcl {{{BlocksCode()}}}"),
            ("run", $"unit/{_options.Unit}"),
        ]);
        while (true)
        {
            using var patience = new CancellationTokenSource(Patience);
            SuiteMessage? message;
            try
            {
                message = await channel.ReadAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                Fail($"{_current}\nNothing was heard from this test for {Patience.TotalSeconds} seconds.");
                return;
            }

            switch (message)
            {
                case null:
                    Fail($"{_current}\nThe suite ended in this test.\n{_suiteLog.Text}");
                    return;
                case { Status: "ready" or "done" } when requests.TryDequeue(out (string Request, string Data) next):
                    await channel.SendAsync(next.Request, next.Data);
                    break;
                case { Status: "done" }:
                    return;
                case { Status: "start-node" or "stop-node" or "restart-node" } request:
                    await AnswerAsync(channel, request);
                    break;
                case { } result:
                    Note(result);
                    break;
            }
        }
    }

    private async Task AnswerAsync(SuiteChannel channel, SuiteMessage request)
    {
        if (request.Status == "stop-node")
        {
            _nodes.Stop(int.Parse(request.Data, CultureInfo.InvariantCulture));
            await channel.AnswerAsync("stopped");
            return;
        }

        NodeProcess node = request.Status == "start-node"
            ? await _nodes.StartAsync(TclList.Split(request.Data))
            : await _nodes.RestartAsync(int.Parse(request.Data, CultureInfo.InvariantCulture));
        await channel.AnswerAsync(Text(node.Resp.Port), Text(node.ProcessId));
    }

    private void Note(SuiteMessage message)
    {
        switch (message.Status)
        {
            case "testing":
                _current = message.Data;
                break;
            case "ok":
                _outcomes.Add(new TestOutcome(message.Data, Verdict.Passed));
                break;
            case "err" or "exception":
                Fail(message.Data);
                break;
            case "skip" or "ignore":
                _outcomes.Add(new TestOutcome(message.Data, Verdict.Skipped));
                break;
        }
    }

    /// <summary>The first line of a failure names the test and its file. Where Tcl was when an error came is left out,
    /// and so is what comes late in a long text.</summary>
    private void Fail(string report)
    {
        string first = report.Split('\n')[0];
        string name = first.Replace($" in tests/unit/{_options.Unit}.tcl", "", StringComparison.Ordinal);
        string detail = report[first.Length..].Split("\n    while executing")[0].Trim();
        _outcomes.Add(new TestOutcome(
            name, Verdict.Failed, detail.Length > DetailCharactersMax ? detail[..DetailCharactersMax] + "..." : detail));
    }

    private static string BlocksCode() => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "blocks.tcl"));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
