using Microsoft.Extensions.Logging;

namespace Marekvs.Host.Settings;

/// <summary>
/// The settings that CONFIG SET changes while the node runs. Each is read by the code it governs at the moment it
/// matters, so a change holds from the next command or connection on; none needs another to change with it.
/// </summary>
internal sealed class LiveSettings
{
    private volatile string _password = "";
    private volatile LogLevel _logFrom = LogLevel.Information;
    private volatile OutputLimits _outputLimits = OutputLimits.Default;

    /// <summary>Connections at one time (<c>maxclients</c>).</summary>
    public int MaxClients { get; set; } = 10_000;

    /// <summary>Seconds after which an idle connection is closed, 0 for never (<c>timeout</c>).</summary>
    public int TimeoutSeconds { get; set; }

    /// <summary>The longest argument (<c>proto-max-bulk-len</c>).</summary>
    public long ProtoMaxBulkLength { get; set; } = 512L << 20;

    /// <summary>Bytes one connection may have sent that do not make a command yet
    /// (<c>client-query-buffer-limit</c>).</summary>
    public long QueryBufferLimit { get; set; } = 1L << 30;

    /// <summary>Whether clients from other machines are refused while there is no password
    /// (<c>protected-mode</c>).</summary>
    public bool ProtectedMode { get; set; } = true;

    /// <summary>Output that may wait for one connection (<c>client-output-buffer-limit</c>).</summary>
    public OutputLimits OutputLimits
    {
        get => _outputLimits;
        set => _outputLimits = value;
    }

    /// <summary>The default user's password, empty for none (<c>requirepass</c>).</summary>
    public string RequirePass
    {
        get => _password;
        set
        {
            _password = value;
            RequirePassChanged?.Invoke();
        }
    }

    /// <summary>Called when the default user's password has changed.</summary>
    public Action? RequirePassChanged { get; set; }

    /// <summary>The least severe messages that are printed (<c>loglevel</c>).</summary>
    public LogLevel LogFrom
    {
        get => _logFrom;
        set
        {
            _logFrom = value;
            LogFromChanged?.Invoke(value);
        }
    }

    /// <summary>Called when other messages are to be printed.</summary>
    public Action<LogLevel>? LogFromChanged { get; set; }

    /// <summary>Keys remembered for client-side caching, 0 for no bound (<c>tracking-table-max-keys</c>).</summary>
    public long TrackedKeysMax { get; set; } = 1_000_000;

    /// <summary>Entries that ACL LOG keeps (<c>acllog-max-len</c>).</summary>
    public long AclLogLength { get; set; } = 128;
}
