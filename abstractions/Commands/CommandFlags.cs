namespace Marekvs.Abstractions.Commands;

/// <summary>What the host must know of a command before running it; Redis's command flags where they exist.</summary>
[Flags]
public enum CommandFlags
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>May change data: refused when the journal cannot take more.</summary>
    Write = 1 << 0,

    /// <summary>Only reads data.</summary>
    ReadOnly = 1 << 1,

    /// <summary>May take much memory; Redis clients look at it.</summary>
    DenyOom = 1 << 2,

    /// <summary>Administrative.</summary>
    Admin = 1 << 3,

    /// <summary>Publishes or subscribes.</summary>
    PubSub = 1 << 4,

    /// <summary>Not allowed in scripts.</summary>
    NoScript = 1 << 5,

    /// <summary>May wait for keys.</summary>
    Blocking = 1 << 6,

    /// <summary>Allowed while the node is still loading.</summary>
    Loading = 1 << 7,

    /// <summary>Allowed on a stale replica; every node of this system is never stale in that sense.</summary>
    Stale = 1 << 8,

    /// <summary>Not shown to MONITOR.</summary>
    SkipMonitor = 1 << 9,

    /// <summary>Not recorded by SLOWLOG.</summary>
    SkipSlowlog = 1 << 10,

    /// <summary>Constant or logarithmic time.</summary>
    Fast = 1 << 11,

    /// <summary>Allowed before authentication.</summary>
    NoAuth = 1 << 12,

    /// <summary>May be replicated as a no-op; CLIENT PAUSE WRITE holds it too.</summary>
    MayReplicate = 1 << 13,

    /// <summary>Not allowed between MULTI and EXEC.</summary>
    NoMulti = 1 << 14,

    /// <summary>Keys cannot be told from the row alone (numkeys and the like).</summary>
    MovableKeys = 1 << 15,

    /// <summary>Works on every key: the call enters the whole keyspace.</summary>
    WholeKeyspace = 1 << 16,

    /// <summary>Runs at once also inside MULTI (EXEC, DISCARD, WATCH, QUIT, RESET, MULTI).</summary>
    NoQueue = 1 << 17,

    /// <summary>Is dangerous; ACL category.</summary>
    Dangerous = 1 << 18,

    /// <summary>Allowed while subscribed under RESP2.</summary>
    AllowedWhenSubscribed = 1 << 19,

    /// <summary>No asynchronous loading in Redis; shown by COMMAND.</summary>
    NoAsyncLoading = 1 << 20,

    /// <summary>Touches session or server state only and needs no keys to be entered.</summary>
    Connection = 1 << 21,

    /// <summary>Looks at keys without using them: idle times stay as they are.</summary>
    NoTouch = 1 << 22,
}
