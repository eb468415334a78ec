namespace Marekvs.Host.Commands;

/// <summary>How a session goes on after a command.</summary>
internal enum Step
{
    /// <summary>The reply is written: on to the next command.</summary>
    Next,

    /// <summary>The keyspace put the call aside: wait for the session's ticket, then run it again.</summary>
    Parked,

    /// <summary>It runs at another node: wait for the reply, then let the dispatcher take it.</summary>
    Away,

    /// <summary>CLIENT PAUSE holds the command: dispatch it again when the pause is over.</summary>
    Held,

    /// <summary>Replies have piled up, or one comes later: send them, then go on.</summary>
    Send,

    /// <summary>Send the replies and close.</summary>
    Close,
}
