namespace Marekvs.Host.Tracking;

/// <summary>What one connection has to do with tracking. Its own loop changes it, but for a broken redirection.</summary>
internal sealed class SessionTracking
{
    private volatile TrackingMode? _mode;
    private volatile bool _isRedirectBroken;

    /// <summary>How it is told of changes, or null.</summary>
    public TrackingMode? Mode
    {
        get => _mode;
        set => _mode = value;
    }

    /// <summary>Whether CLIENT CACHING came just before: the next command, or transaction, is the exception.</summary>
    public bool IsCachingGiven { get; set; }

    /// <summary>Whether an invalidation found the connection gone that it was to be sent to.</summary>
    public bool IsRedirectBroken
    {
        get => _isRedirectBroken;
        set => _isRedirectBroken = value;
    }

    /// <summary>Whether what it reads now is remembered.</summary>
    public bool TracksReads => _mode is { IsBroadcast: false } mode &&
        (mode.IsOptIn ? IsCachingGiven : !mode.IsOptOut || !IsCachingGiven);

    /// <summary>Which arguments of a command are keys; scratch.</summary>
    public List<int> KeyIndexes { get; } = [];
}
