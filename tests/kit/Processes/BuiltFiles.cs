using System.Reflection;

namespace Marekvs.Testing.Processes;

/// <summary>What the build made beside the tests; a project that starts nodes says so with <c>StartsNodes</c>.
/// </summary>
public static class BuiltFiles
{
    /// <summary>The node.</summary>
    public static string HostAssembly => Metadata("HostAssembly");

    /// <summary>The plugins that come with it.</summary>
    public static string HostPlugins => Path.Combine(Path.GetDirectoryName(HostAssembly)!, "plugins");

    /// <summary>Plugins written for tests.</summary>
    public static string TestPlugins => Metadata("TestPlugins");

    private static string Metadata(string key) => Assembly.GetEntryAssembly()!
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == key).Value!;
}
