using System.Reflection;
using Marekvs.Abstractions.Cluster;
using Marekvs.Abstractions.Modules;
using Marekvs.Abstractions.Storage;
using McMaster.NETCore.Plugins;
using Microsoft.Extensions.DependencyInjection;

namespace Marekvs.Host.Plugins;

/// <summary>
/// Loads plugins, each from its own folder with its own dependencies; only the abstractions are shared. Types a plugin
/// exports are found by its assembly attribute and registered in a container, so that their constructors may ask for
/// a clock or a logger. What is wrong is collected, with file, type and reason.
/// </summary>
internal sealed class PluginCatalog
{
    private static readonly Type[] Contracts =
        [typeof(IModule), typeof(IStorageProvider), typeof(IClusterProvider)];

    private readonly string _root;
    private readonly List<string> _mistakes;
    private readonly List<Type> _exported = [];

    private PluginCatalog(string root, List<string> mistakes) => (_root, _mistakes) = (root, mistakes);

    /// <summary>Loads what a selection names.</summary>
    /// <param name="root">The plugins directory.</param>
    /// <param name="selection">The names from configuration.</param>
    /// <param name="services">What plugins may ask for; receives the plugins.</param>
    /// <param name="mistakes">Receives what is wrong.</param>
    /// <returns>What was loaded; incomplete when there were mistakes.</returns>
    public static LoadedPlugins Load(
        string root, PluginSelection selection, IServiceCollection services, List<string> mistakes)
    {
        var catalog = new PluginCatalog(root, mistakes);
        foreach (string module in selection.Modules)
        {
            catalog.LoadFolder("modules", module);
        }

        catalog.LoadFolder("storage", selection.Storage);
        catalog.LoadFolder("cluster", selection.Cluster);
        return catalog.Select(selection, services);
    }

    private void LoadFolder(string kind, string name)
    {
        string? file = PluginFolder.FindAssembly(_root, kind, name, _mistakes);
        if (file is null)
        {
            return;
        }

        try
        {
            using PluginLoader loader = PluginLoader.CreateFromAssemblyFile(
                file, Contracts, config => config.DefaultContext = HostContext);
            ReadExports(file, loader.LoadDefaultAssembly());
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _mistakes.Add($"{file} does not load: {e.Message}");
        }
    }

    /// <summary>The context the host itself lives in, which under a test runner need not be the default one.</summary>
    private static System.Runtime.Loader.AssemblyLoadContext HostContext =>
        System.Runtime.Loader.AssemblyLoadContext.GetLoadContext(typeof(IModule).Assembly)!;

    private void ReadExports(string file, Assembly assembly)
    {
        MarekvsPluginAttribute? attribute = assembly.GetCustomAttribute<MarekvsPluginAttribute>();
        if (attribute is null || attribute.Types.Count == 0)
        {
            _mistakes.Add(
                $"{file} exports nothing; add [assembly: MarekvsPlugin(typeof(...))] with its modules and providers");
            return;
        }

        foreach (Type type in attribute.Types)
        {
            string? reason = WhyUnusable(type);
            if (reason is not null)
            {
                _mistakes.Add($"{file}: {type.FullName} {reason}");
            }
            else if (!_exported.Contains(type))
            {
                _exported.Add(type);
            }
        }
    }

    private static string? WhyUnusable(Type type)
    {
        if (!Contracts.Any(c => c.IsAssignableFrom(type)))
        {
            Type? foreign = type.GetInterfaces().FirstOrDefault(i => Contracts.Any(c => c.FullName == i.FullName));
            return foreign is null
                ? $"implements none of {string.Join(", ", Contracts.Select(c => c.Name))}"
                : $"implements {foreign.Name} of {foreign.Assembly.Location}, but the host's is that of " +
                    typeof(IModule).Assembly.Location;
        }

        return type is { IsClass: true, IsAbstract: false, IsVisible: true }
            ? null
            : "must be a public class that is not abstract";
    }

    private LoadedPlugins Select(PluginSelection selection, IServiceCollection services)
    {
        services.Scan(scan => scan.FromTypes(_exported)
            .AddClasses(publicOnly: true)
            .AsSelfWithInterfaces(Contracts.Contains)
            .WithSingletonLifetime());
        services.TryDecorate<IStorageProvider, MeteredStorageProvider>();
        ServiceProvider provider = services.BuildServiceProvider();

        List<object> made = [];
        foreach (Type type in _exported)
        {
            try
            {
                made.Add(provider.GetRequiredService(type));
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                _mistakes.Add($"{type.Assembly.Location}: {type.FullName} cannot be made: {e.Message}");
            }
        }

        List<IModule> modules = [.. made.OfType<IModule>()];
        List<IStorageProvider> stores = [.. Resolve<IStorageProvider>(provider, made)];
        List<IClusterProvider> clusters = [.. made.OfType<IClusterProvider>()];
        return new LoadedPlugins(
            provider,
            [.. selection.Modules
                .Select(name => Choose("module", "modules", name, modules, m => m.Name))
                .OfType<IModule>()],
            Choose("storage provider", "storage", selection.Storage, stores, s => s.Name),
            Choose("cluster provider", "cluster", selection.Cluster, clusters, c => c.Name));
    }

    /// <summary>Services as the container hands them out, decorated; only when every one could be made.</summary>
    private IEnumerable<T> Resolve<T>(ServiceProvider provider, List<object> made)
        where T : class =>
        made.OfType<T>().Count() == _exported.Count(typeof(T).IsAssignableFrom) ? provider.GetServices<T>() : [];

    private T? Choose<T>(string word, string kind, string name, List<T> made, Func<T, string> nameOf)
        where T : class
    {
        List<T> found = [.. made.Where(m => nameOf(m).Equals(name, StringComparison.OrdinalIgnoreCase))];
        if (found.Count == 1)
        {
            return found[0];
        }

        IReadOnlyList<string> folders = PluginFolder.Names(_root, kind);
        if (found.Count > 1)
        {
            _mistakes.Add($"the {word} \"{name}\" is exported {found.Count} times; keep one");
        }
        else if (!folders.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            _mistakes.Add(PluginFolder.Unknown(word, name, folders.Concat(made.Select(nameOf))));
        }
        else if (!_mistakes.Any(m => m.Contains(Path.Combine(_root, kind, name), StringComparison.OrdinalIgnoreCase)))
        {
            _mistakes.Add($"{Path.Combine(_root, kind, name)} brings no {word} named \"{name}\"");
        }

        return null;
    }
}

/// <summary>The plugins configuration asks for.</summary>
/// <param name="Modules">Command families.</param>
/// <param name="Storage">The storage provider.</param>
/// <param name="Cluster">The cluster provider.</param>
internal sealed record PluginSelection(IReadOnlyList<string> Modules, string Storage, string Cluster);

/// <summary>The plugins of a node.</summary>
/// <param name="Container">Owns them; disposing it disposes them.</param>
/// <param name="Modules">In the order of configuration.</param>
/// <param name="Storage">Null after a mistake.</param>
/// <param name="Cluster">Null after a mistake.</param>
internal sealed record LoadedPlugins(
    ServiceProvider Container,
    IReadOnlyList<IModule> Modules,
    IStorageProvider? Storage,
    IClusterProvider? Cluster) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Container.DisposeAsync();
}
