namespace Marekvs.Host;

/// <summary>The version a node tells.</summary>
internal static class NodeVersion
{
    /// <summary>The version of this program.</summary>
    public static string Marekvs { get; } = typeof(NodeVersion).Assembly.GetName().Version!.ToString(3);
}
