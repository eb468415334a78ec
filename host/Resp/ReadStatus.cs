namespace Marekvs.Host.Resp;

/// <summary>What a read found.</summary>
internal enum ReadStatus
{
    /// <summary>A whole command.</summary>
    Command,

    /// <summary>All bytes are taken and more are needed.</summary>
    NeedMore,

    /// <summary>The client does not speak the protocol: answer <see cref="RespReader.Error"/> and close.</summary>
    ProtocolError,

    /// <summary>A command grew beyond what one connection may hold: close without an answer.</summary>
    TooLarge,
}
