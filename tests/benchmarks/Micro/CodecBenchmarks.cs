using BenchmarkDotNet.Attributes;
using Marekvs.Abstractions.Crdt;

namespace Marekvs.Benchmarks.Micro;

/// <summary>Records to bytes and back: the one dot of a plain value, and a counter with slots of three nodes.</summary>
public class CodecBenchmarks
{
    private readonly RecordWriter _writer = new();
    private readonly byte[] _payload = new byte[100];
    private readonly Dot _dot = new(new Stamp(123_456_789), new Origin(1, 1));
    private byte[] _plain = [];
    private byte[] _counter = [];
    private Cell _cell = new();

    [GlobalSetup]
    public void Prepare()
    {
        CellCodec.WriteSimple(_writer, _dot, Cell.NoDeadline, _payload);
        _plain = _writer.Written.ToArray();
        _cell = new Cell();
        for (ushort node = 1; node <= 3; node++)
        {
            var dot = new Dot(new Stamp(1_000ul + node), new Origin(node, 1));
            _cell.AddSlot(CounterSlot.Add(null, dot, new CounterSum((Int128)node)), dot.Stamp);
        }

        _writer.Clear();
        _cell.Write(_writer);
        _counter = _writer.Written.ToArray();
    }

    [Benchmark]
    public int WritePlain()
    {
        _writer.Clear();
        CellCodec.WriteSimple(_writer, _dot, Cell.NoDeadline, _payload);
        return _writer.Length;
    }

    [Benchmark]
    public int ReadPlain() =>
        CellCodec.TryReadSimple(_plain, out _, out _, out ReadOnlySpan<byte> payload) ? payload.Length : 0;

    [Benchmark]
    public int WriteCounter()
    {
        _writer.Clear();
        _cell.Write(_writer);
        return _writer.Length;
    }

    [Benchmark]
    public object ReadCounter() => CellCodec.Read(_counter);

    [Benchmark]
    public object MergeCounters()
    {
        Cell mine = _cell.Clone();
        mine.Join(_cell);
        return mine;
    }
}
