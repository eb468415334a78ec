using Marekvs.Host.Settings;

namespace Marekvs.Host.Plugins;

/// <summary>
/// The layout of plugins on disk: <c>plugins/&lt;kind&gt;/&lt;name&gt;/Marekvs.*.dll</c>, beside it everything the
/// plugin needs except the abstractions, which the host shares.
/// </summary>
internal static class PluginFolder
{
    private const string SharedFile = "Marekvs.Abstractions.dll";

    /// <summary>The names there are of a kind.</summary>
    /// <param name="root">The plugins directory.</param>
    /// <param name="kind"><c>modules</c>, <c>storage</c> or <c>cluster</c>.</param>
    public static IReadOnlyList<string> Names(string root, string kind)
    {
        string directory = Path.Combine(root, kind);
        return Directory.Exists(directory)
            ? [.. Directory.EnumerateDirectories(directory).Select(d => Path.GetFileName(d)).Order()]
            : [];
    }

    /// <summary>Finds a plugin's own assembly.</summary>
    /// <param name="root">The plugins directory.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="name">Its name.</param>
    /// <param name="mistakes">Receives why a folder that exists cannot be used.</param>
    /// <returns>The file, or null.</returns>
    public static string? FindAssembly(string root, string kind, string name, List<string> mistakes)
    {
        // The name comes from configuration: it must not lead out of the plugins directory.
        string? known = Names(root, kind).FirstOrDefault(n => n.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (known is null)
        {
            return null;
        }

        string folder = Path.Combine(root, kind, known);
        string shared = Path.Combine(folder, SharedFile);
        if (File.Exists(shared))
        {
            mistakes.Add(
                $"{shared} is a private copy of what the host shares; reference it with Private=\"false\" and " +
                "ExcludeAssets=\"runtime\" and delete the copy");
            return null;
        }

        string[] files = Directory.GetFiles(folder, "Marekvs.*.dll");
        string[] described = [.. files.Where(f => File.Exists(Path.ChangeExtension(f, ".deps.json")))];
        string[] candidates = described.Length > 0 ? described : files;
        if (candidates.Length == 1)
        {
            return candidates[0];
        }

        mistakes.Add(candidates.Length == 0
            ? $"{folder} holds no Marekvs.*.dll; build or copy the plugin into it"
            : $"{folder} holds several plugins ({string.Join(", ", candidates.Select(Path.GetFileName))}); " +
                "give each a folder of its own");
        return null;
    }

    /// <summary>Says that a name is unknown, and what there is.</summary>
    public static string Unknown(string kind, string name, IEnumerable<string> known)
    {
        string[] names = [.. known.Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)];
        string there = names.Length == 0 ? "there are none" : "there are " + string.Join(", ", names);
        return $"unknown {kind} \"{name}\"{NearestName.Suggest(name, names)}; {there}";
    }
}
