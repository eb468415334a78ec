using BenchmarkDotNet.Attributes;
using Marekvs.Abstractions.Crdt;
using Marekvs.Storage.Engine.Journal;
using Marekvs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Marekvs.Benchmarks.Micro;

/// <summary>Appending an entry: a copy into mapped memory and its checksum.</summary>
public class JournalBenchmarks : IDisposable
{
    private const int SegmentBytes = 64 * 1024 * 1024;
    private const long KeptBytes = 4L * SegmentBytes;

    private readonly RecordWriter _body = new();
    private TemporaryDirectory? _directory;
    private JournalLog? _journal;
    private ulong _stamp;

    /// <summary>Bytes of the entry's body.</summary>
    [Params(150, 4_000)]
    public int BodyBytes { get; set; }

    [GlobalSetup]
    public void Open()
    {
        _directory = new TemporaryDirectory();
        _journal = JournalLog.Open(_directory.Path, SegmentBytes, Guid.Empty, repair: false, NullLogger.Instance);
        _body.Clear();
        _body.WriteBytes(new byte[BodyBytes]);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _journal?.Dispose();
        _directory?.Dispose();
    }

    [Benchmark]
    public long Append()
    {
        var stamp = new Stamp(++_stamp);
        long end = _journal!.TryAppend(_body.Written, 1, stamp, stamp, new Origin(1, 1));
        if ((_stamp & 0xFFFF) == 0)
        {
            // A checkpoint would let go of them; without it the benchmark would fill the disk.
            _journal.Release(end - KeptBytes);
        }

        return end;
    }
}
