using Marekvs.Abstractions;

namespace Marekvs.Host.Settings;

/// <summary>
/// Brings together what was given for a provider and what it declares. A provider may give a setting an environment
/// variable of its own, so which variables are unknown is known only after the providers are.
/// </summary>
/// <param name="settings">What was given.</param>
/// <param name="mistakes">Receives what is wrong.</param>
internal sealed class ProviderVariables(NodeSettings settings, List<string> mistakes)
{
    private readonly List<string> _variables = [];
    private bool _isComplete = true;

    /// <summary>Checks what was given for a provider.</summary>
    /// <param name="choice">The provider and what the file and its variables say.</param>
    /// <param name="declared">What it knows; null when it could not be loaded.</param>
    public ProviderSettings? Check(ProviderChoice choice, IReadOnlyList<ProviderSetting>? declared)
    {
        if (declared is null)
        {
            _isComplete = false;
            return null;
        }

        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (GivenSetting given in choice.Given.Concat(OwnVariables(declared)))
        {
            // One at a time, so that each mistake can name its place.
            var one = new ProviderSettings(declared, new Dictionary<string, string> { [given.Name] = given.Value });
            mistakes.AddRange(one.Mistakes.Select(m => $"{given.Source} ({choice.Kind} provider {choice.Name}): {m}"));
            values[given.Name] = given.Value;
        }

        return new ProviderSettings(declared, values);
    }

    /// <summary>Reports the variables that neither the node nor a provider knows. Those that a provider which could not
    /// be loaded might have known are reported only when they look like a known one.</summary>
    public void ReportUnknown()
    {
        string[] known =
            [.. SettingTable.All.Select(s => s.Variable), SettingTable.ConfigVariable, .. _variables];
        foreach (GivenSetting stray in settings.Strays.Where(stray => !_variables.Contains(stray.Name)))
        {
            string suggestion = NearestName.Suggest(stray.Name, known);
            if (_isComplete || suggestion.Length > 0)
            {
                mistakes.Add($"unknown variable {stray.Name}{suggestion}");
            }
        }
    }

    private IEnumerable<GivenSetting> OwnVariables(IReadOnlyList<ProviderSetting> declared)
    {
        foreach (ProviderSetting setting in declared)
        {
            if (setting.Variable is not null)
            {
                _variables.Add(setting.Variable);
                GivenSetting? stray = settings.Strays.FirstOrDefault(s => s.Name == setting.Variable);
                if (stray is not null)
                {
                    yield return stray with { Name = setting.Name };
                }
            }
        }
    }
}
