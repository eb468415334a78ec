using Marekvs.Host.Plugins;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Marekvs.Host.Tests.Plugins;

[TestClass]
public sealed class PluginCatalogTests
{
    private readonly List<string> _mistakes = [];

    [TestMethod]
    public async Task Load_SoundModule_IsMadeWithServicesOfTheHost()
    {
        using var root = new PluginRoot("tally");
        await using LoadedPlugins plugins = Load(root, ["tally"]);

        AssertNoMistakes();
        Assert.AreEqual("tally", plugins.Modules.Single().Name);
        Assert.AreEqual("standalone", plugins.Cluster!.Name);
    }

    [TestMethod]
    public async Task Load_StorageProvider_IsMetered()
    {
        using var root = new PluginRoot();
        await using LoadedPlugins plugins = Load(root, []);

        AssertNoMistakes();
        Assert.IsInstanceOfType<MeteredStorageProvider>(plugins.Storage);
        Assert.AreEqual("memory", plugins.Storage!.Name);
    }

    [TestMethod]
    public async Task Load_ProviderOfAModuleAssembly_IsFoundByItsName()
    {
        using var root = new PluginRoot("tally");
        await using LoadedPlugins plugins = Load(root, ["tally"], storage: "keepsake");

        AssertNoMistakes();
        Assert.AreEqual("keepsake", plugins.Storage!.Name);
        Assert.AreEqual("rowsMax", plugins.Storage.Settings.Single().Name);
    }

    [TestMethod]
    public async Task Load_UnknownNames_AreAllReportedWithWhatThereIs()
    {
        using var root = new PluginRoot("tally");
        await using LoadedPlugins plugins = Load(root, ["taly", "bloom"], storage: "rocks", cluster: "gossip");

        Assert.HasCount(4, _mistakes);
        Assert.Contains("unknown module \"taly\"; did you mean \"tally\"?; there are tally", _mistakes);
        Assert.Contains("unknown module \"bloom\"; there are tally", _mistakes);
        Assert.Contains("unknown storage provider \"rocks\"; there are memory", _mistakes);
        Assert.Contains("unknown cluster provider \"gossip\"; there are standalone", _mistakes);
    }

    [TestMethod]
    public async Task Load_NoPluginsDirectory_SaysThatThereAreNone()
    {
        using var root = new PluginRoot();
        root.Dispose();
        await using LoadedPlugins plugins = Load(root, ["sets"]);

        Assert.Contains("unknown module \"sets\"; there are none", _mistakes);
    }

    [TestMethod]
    [DataRow("exportless", "exportless/Marekvs.TestPlugin.Exportless.dll exports nothing; add [assembly:")]
    [DataRow("hoarder", "hoarder/Marekvs.Abstractions.dll is a private copy of what the host shares")]
    [DataRow("thrower", "Marekvs.TestPlugin.Thrower.ThrowerModule cannot be made: the planets do not align")]
    [DataRow("misfit", "NotAModule implements none of IModule, IStorageProvider, IClusterProvider")]
    [DataRow("misfit", "HiddenModule must be a public class that is not abstract")]
    public async Task Load_BrokenPlugin_NamesFileAndReason(string plugin, string expected)
    {
        using var root = new PluginRoot(plugin);
        await using LoadedPlugins plugins = Load(root, [plugin]);

        Assert.Contains(expected, string.Join('\n', _mistakes));
    }

    [TestMethod]
    public async Task Load_SeveralBrokenPlugins_ReportsAllAtOnce()
    {
        using var root = new PluginRoot("exportless", "hoarder", "thrower");
        await using LoadedPlugins plugins = Load(root, ["exportless", "hoarder", "thrower", "absent"]);

        string all = string.Join('\n', _mistakes);
        Assert.Contains("Exportless.dll", all);
        Assert.Contains("private copy", all);
        Assert.Contains("planets", all);
        Assert.Contains("unknown module \"absent\"", all);
        Assert.HasCount(4, _mistakes);
    }

    [TestMethod]
    public async Task Load_FileThatIsNoAssembly_SaysThatItDoesNotLoad()
    {
        using var root = new PluginRoot("tally");
        string file = Path.Combine(root.Path, "modules", "tally", "Marekvs.TestPlugin.Tally.dll");
        await File.WriteAllTextAsync(file, "no assembly");
        await using LoadedPlugins plugins = Load(root, ["tally"]);

        Assert.StartsWith($"{file} does not load: ", _mistakes.Single());
    }

    [TestMethod]
    public async Task Load_EmptyFolder_SaysWhatIsMissing()
    {
        using var root = new PluginRoot();
        Directory.CreateDirectory(Path.Combine(root.Path, "modules", "sets"));
        await using LoadedPlugins plugins = Load(root, ["sets"]);

        Assert.Contains("holds no Marekvs.*.dll", _mistakes.Single());
    }

    [TestMethod]
    public async Task Load_NameThatLeadsOutOfTheDirectory_IsUnknown()
    {
        using var root = new PluginRoot("tally");
        await using LoadedPlugins plugins = Load(root, ["../storage/memory"]);

        Assert.StartsWith("unknown module \"../storage/memory\"", _mistakes.Single());
    }

    private LoadedPlugins Load(
        PluginRoot root, IReadOnlyList<string> modules, string storage = "memory", string cluster = "standalone")
    {
        var services = new ServiceCollection();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        services.AddSingleton(new StorageMeters(
            Prometheus.Metrics.WithCustomRegistry(Prometheus.Metrics.NewCustomRegistry()), TimeProvider.System));
        return PluginCatalog.Load(root.Path, new PluginSelection(modules, storage, cluster), services, _mistakes);
    }

    private void AssertNoMistakes() => Assert.IsEmpty(_mistakes, string.Join('\n', _mistakes));
}
