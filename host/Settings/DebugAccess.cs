namespace Marekvs.Host.Settings;

/// <summary>Who may use DEBUG.</summary>
internal enum DebugAccess
{
    /// <summary>Nobody.</summary>
    No,

    /// <summary>Clients on the same machine.</summary>
    Local,

    /// <summary>Whoever the access rules let.</summary>
    Yes,
}
