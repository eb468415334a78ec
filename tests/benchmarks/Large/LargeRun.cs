using System.Globalization;
using Marekvs.Testing;
using Marekvs.Testing.Processes;

namespace Marekvs.Benchmarks.Large;

/// <summary>
/// One collection far larger than memory, from the first element to the last byte of disk: filling, point commands,
/// ranks, walks, whole answers, restarts, deletion. Whatever has an answer that is known is checked, the count after
/// every step.
/// </summary>
internal sealed class LargeRun
{
    private const long Megabyte = 1024 * 1024;
    private const int PerCommand = 100;
    private const int CommandsInFlight = 20;
    private const int HotElements = 100;
    private const int ScanCount = 100;
    private const int ScanSteps = 2_000;

    private static readonly TimeSpan DiskPatience = TimeSpan.FromSeconds(90);

    private readonly LargeOptions _options;
    private readonly LargeShape _shape;
    private readonly NodeProcess _node;
    private readonly NodeWatch _watch;
    private readonly Random _random = new(1);
    private RespClient _client;

    private LargeRun(LargeOptions options, LargeShape shape, NodeProcess node, NodeWatch watch)
    {
        _options = options;
        _shape = shape;
        _node = node;
        _watch = watch;
        _client = node.Connect();
    }

    public static async Task RunAsync(LargeOptions options)
    {
        Console.WriteLine(Invariant($"{options.Elements:N0} elements, memory limit {options.MemoryBytes / Megabyte} MB"));
        foreach (LargeShape shape in options.Shapes)
        {
            using var directory = new TemporaryDirectory();
            using NodeProcess node = await NodeProcess.StartAsync(new NodeSettings
            {
                DataDirectory = directory.Path,
                MemoryMax = options.MemoryBytes.ToString(CultureInfo.InvariantCulture),
                ReadyWithin = TimeSpan.FromMinutes(5),
            });
            using var watch = new NodeWatch(node, directory.Path);
            await new LargeRun(options, shape, node, watch).RunAsync();
        }
    }

    private async Task RunAsync()
    {
        Console.WriteLine($"\n## {_shape.Name}\n\n| Step | median | p99 | peak MB | |\n|---|--:|--:|--:|---|");
        Fill();
        MeasureAll(_shape.Probes);
        Change(_shape.Changes);
        RequireCount(_options.Elements);
        Scan();
        ReadAll();
        await RestartAsync(isClean: true);
        await RestartAsync(isClean: false);
        await DeleteAsync();
        _client.Dispose();
    }

    private void Fill()
    {
        var burst = new CommandBuffer();
        long start = Now();
        long filled = 0;
        foreach (int[][] commands in Enumerable.Range(0, _options.Elements).Chunk(PerCommand).Chunk(CommandsInFlight))
        {
            burst.Clear();
            foreach (int[] some in commands)
            {
                burst.Add(_shape.Fill(some));
                burst.Add(_shape.Count);
            }

            _client.Send(burst.Written);
            foreach (int[] some in commands)
            {
                Require(!_client.Read().IsError, "an element was refused");
                filled += some.Length;
                Require(_client.Read().Integer == filled, $"the count is not {filled}");
            }
        }

        double seconds = Since(start).TotalSeconds;
        Row("fill", $"{_options.Elements / seconds:N0} /s", "", $"store {_watch.StoreBytes / Megabyte:N0} MB");
    }

    private void MeasureAll(IEnumerable<LargeProbe> probes)
    {
        foreach (LargeProbe probe in probes)
        {
            Measure(probe, i => probe.IsHot ? HotNumber(i) : _random.Next(_options.Elements - HotElements));
        }
    }

    /// <summary>What is added is taken away again.</summary>
    private void Change(IEnumerable<LargeProbe> changes)
    {
        foreach (LargeProbe change in changes)
        {
            Measure(change, static i => i);
        }
    }

    private void Measure(LargeProbe probe, Func<int, int> numberOf)
    {
        if (probe.IsHot)
        {
            Enumerable.Range(0, HotElements).ToList().ForEach(i => _client.Call(probe.Next(HotNumber(i))));
        }

        var times = new List<double>(probe.Calls);
        for (int i = 0; i < probe.Calls; i++)
        {
            int number = numberOf(i);
            string[] command = probe.Next(number);
            long start = Now();
            RespReply reply = _client.Call(command);
            times.Add(Since(start).TotalMicroseconds);
            Require(!reply.IsError && probe.IsRight(number, reply), $"{string.Join(' ', command)} answered {reply}");
        }

        times.Sort();
        Row(probe.Name, Microseconds(times[times.Count / 2]), Microseconds(times[times.Count * 99 / 100]), "");
    }

    private int HotNumber(int i) => (int)(i % HotElements * 104_729L % (_options.Elements - HotElements));

    private void Scan()
    {
        if (_shape.Scan is null)
        {
            return;
        }

        var times = new List<double>();
        string cursor = "0";
        for (int i = 0; i < ScanSteps && (i == 0 || cursor != "0"); i++)
        {
            long start = Now();
            RespReply reply = _client.Call(_shape.Scan, LargeShape.Key, cursor, "COUNT", $"{ScanCount}");
            times.Add(Since(start).TotalMicroseconds);
            cursor = reply.Items[0].Text;
        }

        times.Sort();
        Row(
            $"{_shape.Scan} of {ScanCount}", Microseconds(times[times.Count / 2]), Microseconds(times[times.Count * 99 / 100]), "");
    }

    private void ReadAll()
    {
        _watch.TakePeak();
        long before = _watch.AnonymousBytes;
        StreamFigures figures =
            StreamMeter.Read(_node.Resp, _shape.All, (long)_options.Elements * _shape.BulksPerElement);
        long growth = Math.Max(0, _watch.AnonymousBytes - before);
        Row(
            string.Join(' ', _shape.All),
            Invariant($"first byte {figures.FirstByteMilliseconds:F1} ms"),
            Invariant($"{figures.Bytes / figures.Seconds / Megabyte:F0} MB/s"),
            Invariant($"{figures.Bytes / Megabyte:N0} MB, memory grew by {growth / Megabyte} MB"));
    }

    private async Task RestartAsync(bool isClean)
    {
        _client.Dispose();
        long start = Now();
        if (isClean)
        {
            await _node.StopAsync();
        }
        else
        {
            _node.Kill();
        }

        TimeSpan stopped = Since(start);
        start = Now();
        await _node.RestartAsync();
        TimeSpan started = Since(start);
        _client = _node.Connect();
        RequireCount(_options.Elements);
        Row(
            isClean ? "restart" : "restart after kill -9",
            Invariant($"{started.TotalSeconds:F2} s"),
            "",
            Invariant($"stop {stopped.TotalSeconds:F2} s, first answer {Since(start).TotalSeconds:F2} s"));
        MeasureAll(_shape.Probes.Where(probe => probe.Calls == 1).Select(probe => probe with { Name = probe.Name + " after restart" }));
        Change(_shape.Changes.Take(2));
        RequireCount(_options.Elements);
    }

    private async Task DeleteAsync()
    {
        WarmUpDelete();
        long disk = _watch.StoreBytes;
        long start = Now();
        Require(_client.Call("DEL", LargeShape.Key).Integer == 1, "there was nothing to delete");
        double latency = Since(start).TotalMicroseconds;
        RequireCount(0);
        double? half = null;
        double? nearlyAll = null;
        while (nearlyAll is null && Since(start) < DiskPatience)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System);
            long now = _watch.StoreBytes;
            half ??= now < disk / 2 ? Since(start).TotalSeconds : null;
            nearlyAll ??= now < disk / 10 ? Since(start).TotalSeconds : null;
        }

        Row(
            "DEL",
            Microseconds(latency),
            "",
            Invariant($"store {disk / Megabyte:N0} MB, half free after {half:F1} s, nine tenths after {nearlyAll:F1} s, ") +
                Invariant($"then {_watch.StoreBytes / Megabyte:N0} MB"));
    }

    /// <summary>The process has just started, and compiles a command when it is first called.</summary>
    private void WarmUpDelete()
    {
        const string Small = "small";
        string[] fill = _shape.Fill([0]);
        fill[Array.IndexOf(fill, LargeShape.Key)] = Small;
        Require(!_client.Call(fill).IsError, "an element was refused");
        Require(_client.Call("DEL", Small).Integer == 1, "there was nothing to delete");
    }

    private void RequireCount(long expected)
    {
        long count = _client.Call(_shape.Count).Integer;
        Require(count == expected, $"{_shape.Count[0]} is {count} instead of {expected}");
    }

    private void Row(string step, string median, string last, string remark)
    {
        Console.WriteLine($"| {step} | {median} | {last} | {_watch.TakePeak() / Megabyte} | {remark} |");
    }

    private static void Require(bool isTrue, string otherwise)
    {
        if (!isTrue)
        {
            throw new InvalidOperationException(otherwise);
        }
    }

    private static string Microseconds(double value) =>
        value < 10_000 ? Invariant($"{value:N0} µs") : Invariant($"{value / 1000:N0} ms");

    private static long Now() => TimeProvider.System.GetTimestamp();

    private static TimeSpan Since(long start) => TimeProvider.System.GetElapsedTime(start);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
