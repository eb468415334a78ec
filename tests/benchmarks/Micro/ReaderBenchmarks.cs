using BenchmarkDotNet.Attributes;
using Marekvs.Host.Resp;

namespace Marekvs.Benchmarks.Micro;

/// <summary>Finding commands in received bytes.</summary>
public class ReaderBenchmarks
{
    private const int Pipelined = 16;

    private readonly RespReader _reader = new();
    private readonly byte[] _gets = Repeat(new EncodedCommand("GET", "key:000000012345"));
    private readonly byte[] _sets = Repeat(new EncodedCommand("SET", "key:000000012345", new string('v', 100)));

    [Benchmark(OperationsPerInvoke = Pipelined)]
    public int Gets() => ReadAll(_gets);

    [Benchmark(OperationsPerInvoke = Pipelined)]
    public int Sets() => ReadAll(_sets);

    /// <summary>The same bytes, cut in the middle of a command as a full receive buffer cuts them.</summary>
    [Benchmark(OperationsPerInvoke = Pipelined)]
    public int SetsCutOnce()
    {
        int half = (_sets.Length / 2) + 40;
        return ReadAll(_sets.AsSpan(0, half)) + ReadAll(_sets.AsSpan(half));
    }

    private int ReadAll(ReadOnlySpan<byte> chunk)
    {
        int arguments = 0;
        int position = 0;
        while (_reader.Read(chunk, ref position) == ReadStatus.Command)
        {
            arguments += _reader.Args(chunk).Count;
        }

        return arguments;
    }

    private static byte[] Repeat(EncodedCommand command) =>
        [.. Enumerable.Repeat(command.Wire, Pipelined).SelectMany(bytes => bytes)];
}
