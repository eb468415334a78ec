namespace Marekvs.Host.Settings;

/// <summary>
/// Reads the configuration file, lets the environment override it, and reports every mistake at once, in words that
/// say what to do.
/// </summary>
internal sealed class SettingsReader
{
    private const string Prefix = "MAREKVS_";

    private readonly Dictionary<Setting, object> _values = [];
    private readonly Dictionary<string, List<GivenSetting>> _given = new(StringComparer.Ordinal)
    {
        ["storage"] = [],
        ["cluster"] = [],
    };

    private readonly HashSet<Setting> _fromEnvironment = [];
    private readonly List<GivenSetting> _strays = [];
    private readonly List<string> _mistakes;

    private SettingsReader(List<string> mistakes) => _mistakes = mistakes;

    /// <summary>Reads all settings.</summary>
    /// <param name="file">The configuration file.</param>
    /// <param name="environment">The environment variables.</param>
    /// <param name="mistakes">Receives what is wrong.</param>
    /// <returns>The settings; where there was a mistake, the default stands in, so that the rest can be checked too.
    /// </returns>
    public static NodeSettings Read(
        string file, IReadOnlyDictionary<string, string> environment, List<string> mistakes)
    {
        var reader = new SettingsReader(mistakes);
        foreach (Setting setting in SettingTable.All)
        {
            reader._values[setting] = setting.TryRead(setting.Default, out object? value)
                ? value
                : throw new InvalidOperationException($"the default of {setting.Name} is not {setting.Expected}");
        }

        JsonSettings.Read(file, reader);
        reader.ReadEnvironment(environment);
        reader.CheckBounds();
        return new NodeSettings(
            reader._values, reader.Choice("storage", SettingTable.Storage),
            reader.Choice("cluster", SettingTable.Cluster), reader._strays)
        {
            File = file,
            FromEnvironment = reader._fromEnvironment,
        };
    }

    /// <summary>Takes a value from a source.</summary>
    public void Take(string source, Setting setting, string text)
    {
        if (setting.TryRead(text, out object? value))
        {
            _values[setting] = value;
        }
        else
        {
            Refuse(source, setting, $"\"{text}\"");
        }
    }

    /// <summary>Reports a value that is not what a setting holds; a password is never shown.</summary>
    public void Refuse(string source, Setting setting, string shown) => _mistakes.Add(
        setting == SettingTable.Password || setting == SettingTable.Users
        ? $"{source} is not {setting.Expected}"
        : $"{source} is {shown}, which is not {setting.Expected}");

    /// <summary>Takes a setting of a provider.</summary>
    public void TakeGiven(string kind, GivenSetting given)
    {
        _given[kind].RemoveAll(g => g.Name.Equals(given.Name, StringComparison.OrdinalIgnoreCase));
        _given[kind].Add(given);
    }

    public void Report(string mistake) => _mistakes.Add(mistake);

    private void ReadEnvironment(IReadOnlyDictionary<string, string> environment)
    {
        foreach ((string variable, string text) in environment.OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            if (!variable.StartsWith(Prefix, StringComparison.Ordinal) || variable == SettingTable.ConfigVariable)
            {
                continue;
            }

            Setting? setting = SettingTable.All.FirstOrDefault(s => s.Variable == variable);
            if (setting is not null)
            {
                Take(variable, setting, text);
                _fromEnvironment.Add(setting);
            }
            else if (!TryProviderVariable(variable, text))
            {
                _strays.Add(new GivenSetting(variable, variable, text));
            }
        }
    }

    /// <summary>MAREKVS_STORAGE_BLOCK_CACHE is the storage provider's setting blockCache.</summary>
    private bool TryProviderVariable(string variable, string text)
    {
        foreach (string kind in _given.Keys)
        {
            string prefix = $"{Prefix}{kind.ToUpperInvariant()}_";
            if (variable.StartsWith(prefix, StringComparison.Ordinal))
            {
                string name = variable[prefix.Length..].Replace("_", "", StringComparison.Ordinal);
                TakeGiven(kind, new GivenSetting(variable, name, text));
                return true;
            }
        }

        return false;
    }

    private void CheckBounds()
    {
        long segment = (long)_values[SettingTable.SegmentBytes];
        if (segment is < 1 << 20 or > 1 << 30)
        {
            _mistakes.Add($"{SettingTable.SegmentBytes.Name} must be from 1mb to 1gb");
            _values[SettingTable.SegmentBytes] = 64L << 20;
        }

        if (((IReadOnlyList<string>)_values[SettingTable.Users]).Count > 0 &&
            ((string)_values[SettingTable.AclFile]).Length > 0)
        {
            _mistakes.Add(
                $"{SettingTable.Users.Name} and {SettingTable.AclFile.Name} are both given; users live in one place");
        }
    }

    private ProviderChoice Choice(string kind, Setting name) => new(kind, (string)_values[name], _given[kind]);
}
