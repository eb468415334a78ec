namespace Marekvs.Cluster.Gossip.Transport.Mesh;

/// <summary>
/// Connections whose other end has not proved yet who it is. There are only so many; when one more comes, the oldest
/// has to go: those who mean it take some milliseconds, and those who sit there do not keep them out.
/// </summary>
internal sealed class Introductions
{
    /// <summary>How many there may be at one time.</summary>
    public const int Most = 256;

    private readonly LinkedList<CancellationTokenSource> _open = [];
    private readonly Lock _lock = new();
    private long _displaced;

    /// <summary>How many had to go for a newer one.</summary>
    public long Displaced => Interlocked.Read(ref _displaced);

    /// <summary>One more, with what ends it.</summary>
    /// <returns>Whether there was room for it.</returns>
    public bool Add(CancellationTokenSource introduction)
    {
        CancellationTokenSource? oldest = null;
        lock (_lock)
        {
            _open.AddLast(introduction);
            if (_open.Count > Most)
            {
                oldest = _open.First!.Value;
                _open.RemoveFirst();
            }
        }

        if (oldest is null)
        {
            return true;
        }

        Interlocked.Increment(ref _displaced);
        try
        {
            oldest.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has come to an end meanwhile.
        }

        return false;
    }

    /// <summary>It has come to an end, good or bad.</summary>
    public void Remove(CancellationTokenSource introduction)
    {
        lock (_lock)
        {
            _open.Remove(introduction);
        }
    }
}
