using BenchmarkDotNet.Attributes;
using Marekvs.Abstractions.Commands;
using Marekvs.Abstractions.Records;
using Marekvs.Abstractions.Resp;
using Marekvs.Modules.Strings;
using Marekvs.Testing;

namespace Marekvs.Benchmarks.Micro;

/// <summary>Whole executions on resident keys: shard, handler, journal, reply bytes.</summary>
public class KeyspaceBenchmarks : IAsyncDisposable
{
    private const int Keys = 4096;

    private readonly RespWriter _writer = new();
    private readonly EncodedCommand[] _gets = ForEachKey(key => new EncodedCommand("GET", key));
    private readonly EncodedCommand[] _sets = ForEachKey(key => new EncodedCommand("SET", key, new string('w', 100)));
    private readonly EncodedCommand[] _increments = ForEachKey(key => new EncodedCommand("INCR", "counter:" + key));
    private KeyspaceRunner? _runner;
    private CommandSpec? _get;
    private CommandSpec? _set;
    private CommandSpec? _increment;
    private int _next;

    [GlobalSetup]
    public void Open()
    {
        _runner = new KeyspaceRunner(new StringsModule());
        _runner.Keyspace.EnabledEvents = KeyspaceEvents.None;
        _get = _runner.Modules.Find(["GET"]);
        _set = _runner.Modules.Find(["SET"]);
        _increment = _runner.Modules.Find(["INCR"]);
        for (int i = 0; i < Keys; i++)
        {
            Set();
            Increment();
        }
    }

    [GlobalCleanup]
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _runner!.DisposeAsync();
    }

    [Benchmark]
    public int Get() => Execute(_get!, _gets);

    [Benchmark]
    public int Set() => Execute(_set!, _sets);

    [Benchmark]
    public int Increment() => Execute(_increment!, _increments);

    private int Execute(CommandSpec command, EncodedCommand[] commands)
    {
        _writer.Clear();
        KeyspaceConnection connection = _runner!.Connection;
        _runner.Keyspace.Execute(
            command, commands[++_next & (Keys - 1)].Args, connection, _writer, connection.Ticket);
        return _writer.Length;
    }

    private static EncodedCommand[] ForEachKey(Func<string, EncodedCommand> command) =>
        [.. Enumerable.Range(0, Keys).Select(number => command($"key:{number:D12}"))];
}
