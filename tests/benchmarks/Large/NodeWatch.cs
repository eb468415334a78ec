using System.Globalization;
using Marekvs.Testing.Processes;

namespace Marekvs.Benchmarks.Large;

/// <summary>What a node takes of the machine, looked at a few times a second.</summary>
internal sealed class NodeWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly NodeProcess _node;
    private readonly string _directory;
    private readonly ITimer _timer;
    private long _peak;

    public NodeWatch(NodeProcess node, string directory)
    {
        _node = node;
        _directory = directory;
        _timer = TimeProvider.System.CreateTimer(_ => Look(), null, TimeSpan.Zero, Interval);
    }

    /// <summary>Memory of its own, without the mapped files that the system can take back.</summary>
    public long AnonymousBytes
    {
        get
        {
            string line = File.ReadLines($"/proc/{_node.ProcessId}/status")
                .First(text => text.StartsWith("RssAnon:", StringComparison.Ordinal));
            return 1024 * long.Parse(
                line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Bytes of its store's files; those of the journal, of which it keeps some for peers, left out.</summary>
    public long StoreBytes => new DirectoryInfo(Path.Combine(_directory, "store-rocksdb"))
        .EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true })
        .Sum(static file => file.Exists ? file.Length : 0);

    /// <summary>The most memory of its own since the last time this was asked.</summary>
    public long TakePeak()
    {
        Look();
        return Interlocked.Exchange(ref _peak, 0);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        try
        {
            long bytes = AnonymousBytes;
            long peak = Volatile.Read(ref _peak);
            while (bytes > peak)
            {
                peak = Interlocked.CompareExchange(ref _peak, bytes, peak) is var seen && seen == peak ? bytes : seen;
            }
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // It is being restarted.
        }
    }
}
