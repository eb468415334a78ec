namespace Marekvs.Host.Tracking;

/// <summary>How a connection wants to be told of changes; replaced as a whole.</summary>
internal sealed record TrackingMode
{
    /// <summary>The connection that gets the invalidations; 0 for this one itself.</summary>
    public long Redirect { get; init; }

    /// <summary>Whether it is told of every change under its prefixes, whatever it has read.</summary>
    public bool IsBroadcast { get; init; }

    /// <summary>Whether only reads count that CLIENT CACHING YES came before.</summary>
    public bool IsOptIn { get; init; }

    /// <summary>Whether reads do not count that CLIENT CACHING NO came before.</summary>
    public bool IsOptOut { get; init; }

    /// <summary>Whether it is not told of its own changes.</summary>
    public bool IsNoLoop { get; init; }

    /// <summary>The prefixes of a broadcast, in order and each once.</summary>
    public IReadOnlyList<byte[]> Prefixes { get; init; } = [];
}
