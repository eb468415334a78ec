namespace Marekvs.Host.Settings;

/// <summary>A provider chosen by name, with what is said about it.</summary>
/// <param name="Kind"><c>storage</c> or <c>cluster</c>; also its folder under plugins/.</param>
/// <param name="Name">The provider.</param>
/// <param name="Given">Its settings as given; the provider's declaration checks them.</param>
internal sealed record ProviderChoice(string Kind, string Name, IReadOnlyList<GivenSetting> Given);

/// <summary>A provider's setting as somebody gave it.</summary>
/// <param name="Source">Where it stands, for messages.</param>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
internal sealed record GivenSetting(string Source, string Name, string Value);

/// <summary>The settings of a node, read and checked.</summary>
internal sealed class NodeSettings
{
    private readonly Dictionary<Setting, object> _values;

    public NodeSettings(
        Dictionary<Setting, object> values, ProviderChoice storage, ProviderChoice cluster,
        IReadOnlyList<GivenSetting> strays) =>
        (_values, Storage, Cluster, Strays) = (values, storage, cluster, strays);

    /// <summary>The configuration file, empty when there is none.</summary>
    public string File { get; init; } = "";

    /// <summary>The settings that the environment gives, which wins over the file.</summary>
    public IReadOnlySet<Setting> FromEnvironment { get; init; } = new HashSet<Setting>();

    public ProviderChoice Storage { get; }

    public ProviderChoice Cluster { get; }

    /// <summary>Variables that are no setting of the node; a provider may know them, else they are mistakes.</summary>
    public IReadOnlyList<GivenSetting> Strays { get; }

    /// <summary>The value of a setting.</summary>
    public T Get<T>(Setting<T> setting)
        where T : notnull => (T)_values[setting];

    public string DataDirectory => Path.GetFullPath(Get(SettingTable.DataDirectory));

    public string PluginsDirectory => Path.Combine(AppContext.BaseDirectory, Get(SettingTable.PluginsDirectory));

    /// <summary>The file of users, empty for none.</summary>
    public string AclFile =>
        Get(SettingTable.AclFile) is { Length: > 0 } given ? Path.GetFullPath(given) : "";

    public int Shards =>
        Get(SettingTable.Shards) is > 0 and int given ? given : Math.Min(64, Environment.ProcessorCount);

    public int SocketThreads =>
        Get(SettingTable.SocketThreads) is > 0 and int given ? given : Math.Max(1, Environment.ProcessorCount / 2);

    public long MemoryMax => Get(SettingTable.MemoryMax).On(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
}
