namespace Marekvs.Host;

/// <summary>The versions a node tells.</summary>
internal static class NodeVersion
{
    /// <summary>The Redis version whose commands and answers are followed; clients choose features by it.</summary>
    public const string Redis = "7.4.0";

    /// <summary>The version of this program.</summary>
    public static string Marekvs { get; } = typeof(NodeVersion).Assembly.GetName().Version!.ToString(3);
}
