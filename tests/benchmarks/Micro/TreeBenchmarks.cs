using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using Marekvs.Storage.Engine.Resident;

namespace Marekvs.Benchmarks.Micro;

/// <summary>The ordered, counted tree of a collection's elements.</summary>
public class TreeBenchmarks
{
    private byte[][] _suffixes = [];
    private ElementTree _tree = new();
    private uint _next;

    /// <summary>Elements in the tree.</summary>
    [Params(1_000, 100_000)]
    public int Elements { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        var random = new Random(1);
        _suffixes = [.. Enumerable.Range(0, Elements).Select(number =>
        {
            byte[] suffix = new byte[13];
            BinaryPrimitives.WriteInt64BigEndian(suffix.AsSpan(1), random.NextInt64());
            BinaryPrimitives.WriteInt32BigEndian(suffix.AsSpan(9), number);
            return suffix;
        })];
        _tree = new ElementTree();
        foreach (byte[] suffix in _suffixes)
        {
            Add(suffix);
        }
    }

    [Benchmark]
    public bool Find() => _tree.Find(Next()).IsValid;

    [Benchmark]
    public int Rank() => _tree.Rank(Next());

    [Benchmark]
    public bool Select() => _tree.Select((int)(++_next % (uint)Elements)).IsValid;

    [Benchmark]
    public void RemoveAndAdd()
    {
        byte[] suffix = Next();
        _tree.Remove(suffix, weight: 1);
        Add(suffix);
    }

    private void Add(byte[] suffix)
    {
        _tree.Add(suffix, weight: 1).Item.State = new RecordState { Payload = suffix, Length = suffix.Length };
    }

    private byte[] Next() => _suffixes[++_next % (uint)Elements];
}
