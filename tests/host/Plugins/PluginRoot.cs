using System.Reflection;
using Marekvs.Testing;

namespace Marekvs.Host.Tests.Plugins;

/// <summary>A plugins directory of one test: plugins of the host, and those written for tests.</summary>
internal sealed class PluginRoot : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    /// <param name="testPlugins">Names of plugins written for tests.</param>
    public PluginRoot(params ReadOnlySpan<string> testPlugins)
    {
        Add(HostPlugins, "storage/memory");
        Add(HostPlugins, "cluster/standalone");
        foreach (string plugin in testPlugins)
        {
            Add(TestPlugins, "modules/" + plugin);
        }
    }

    public static string HostDirectory => Metadata("HostDirectory");

    public static string HostPlugins => System.IO.Path.Combine(HostDirectory, "plugins");

    public string Path => _directory.Path;

    private static string TestPlugins => Metadata("TestPlugins");

    /// <summary>Copies a plugin that comes with the host.</summary>
    public void AddFromHost(string folder) => Add(HostPlugins, folder);

    public void Dispose() => _directory.Dispose();

    private static string Metadata(string key) => typeof(PluginRoot).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == key).Value!;

    private void Add(string from, string folder)
    {
        string source = System.IO.Path.Combine(from, folder);
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            string target = System.IO.Path.Combine(Path, folder, System.IO.Path.GetRelativePath(source, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
