using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Marekvs.Abstractions.Modules;
using Marekvs.Storage.Engine;

namespace Marekvs.Host.Tests.Plugins;

/// <summary>Who may refer to whom, checked on what the build made.</summary>
[TestClass]
public sealed class DependencyTests
{
    [TestMethod]
    public void Abstractions_References_AreTheBaseLibraryAndLoggingAlone()
    {
        string[] foreign = [.. References(typeof(IModule).Assembly.Location)
            .Where(r => !r.StartsWith("System.", StringComparison.Ordinal) &&
                r != "Microsoft.Extensions.Logging.Abstractions")];

        Assert.IsEmpty(foreign, string.Join(", ", foreign));
    }

    [TestMethod]
    public void Engine_References_NoOtherPartButAbstractions() =>
        CollectionAssert.AreEquivalent(
            new[] { "Marekvs.Abstractions" }, OwnReferences(typeof(Keyspace).Assembly.Location));

    [TestMethod]
    public void Host_References_AbstractionsAndEngineAlone() =>
        CollectionAssert.AreEquivalent(
            new[] { "Marekvs.Abstractions", "Marekvs.Storage.Engine" },
            OwnReferences(Path.Combine(PluginRoot.HostDirectory, "Marekvs.Host.dll")));

    [TestMethod]
    public void Plugins_References_NoOtherPartButAbstractions()
    {
        string[] plugins = [.. PluginFiles()
            .Where(f => Path.GetFileName(f).StartsWith("Marekvs.", StringComparison.Ordinal))];
        Assert.IsGreaterThanOrEqualTo(4, plugins.Length);
        foreach (string plugin in plugins)
        {
            CollectionAssert.AreEquivalent(new[] { "Marekvs.Abstractions" }, OwnReferences(plugin), plugin);
        }
    }

    [TestMethod]
    public void Plugins_Folders_DoNotHoldWhatTheHostShares()
    {
        string[] shared = ["Marekvs.Abstractions.dll", "Marekvs.Storage.Engine.dll", "Marekvs.Host.dll",
            "Microsoft.Extensions.Logging.Abstractions.dll"];
        string[] found = [.. PluginFiles().Where(f => shared.Contains(Path.GetFileName(f)))];

        Assert.IsEmpty(found, string.Join(", ", found));
    }

    private static IEnumerable<string> PluginFiles() =>
        Directory.EnumerateFiles(PluginRoot.HostPlugins, "*.dll", SearchOption.AllDirectories);

    private static string[] OwnReferences(string file) =>
        [.. References(file).Where(r => r.StartsWith("Marekvs.", StringComparison.Ordinal))];

    private static IEnumerable<string> References(string file)
    {
        using var image = new PEReader(File.OpenRead(file));
        MetadataReader metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(r => metadata.GetString(metadata.GetAssemblyReference(r).Name))];
    }
}
