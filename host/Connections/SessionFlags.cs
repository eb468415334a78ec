namespace Marekvs.Host.Connections;

/// <summary>
/// What makes a session's commands leave the fast path. None of it is set on an ordinary connection, so one comparison
/// decides.
/// </summary>
[Flags]
internal enum SessionFlags
{
    None = 0,

    /// <summary>Has not authenticated.</summary>
    Unauthenticated = 1 << 0,

    /// <summary>Gets no replies (CLIENT REPLY OFF).</summary>
    ReplyOff = 1 << 1,

    /// <summary>Gets no reply to the next command (CLIENT REPLY SKIP has just run).</summary>
    ReplySkipNext = 1 << 2,

    /// <summary>Gets no reply to the command that runs.</summary>
    ReplySkip = 1 << 3,

    /// <summary>Is closed when its replies are sent.</summary>
    CloseAfterReply = 1 << 4,

    /// <summary>The command that runs has secret arguments.</summary>
    Redacts = 1 << 5,

    /// <summary>The reply to the command that ran comes later (<see cref="Session.ReplyLater"/>), or its rest does.
    /// </summary>
    LateReply = 1 << 6,

    /// <summary>Queues commands for a transaction (MULTI).</summary>
    Queues = 1 << 7,

    /// <summary>Runs what it has queued (EXEC).</summary>
    RunsTransaction = 1 << 8,

    /// <summary>Listens to channels or patterns.</summary>
    Subscribed = 1 << 9,

    /// <summary>Is told when keys change (CLIENT TRACKING).</summary>
    Tracks = 1 << 10,

    /// <summary>Its user may not do everything: each command is checked. Other threads set it when rules change.
    /// </summary>
    Restricted = 1 << 16,
}
