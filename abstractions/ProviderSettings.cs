using System.Globalization;

namespace Marekvs.Abstractions;

/// <summary>What a setting of a provider holds; the host checks it before the provider sees it.</summary>
public enum SettingKind
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>A whole number, not negative.</summary>
    Number,

    /// <summary>A number of bytes, with an optional unit: k, kb, m, mb, g, gb.</summary>
    Bytes,

    /// <summary>true or false.</summary>
    Boolean,
}

/// <summary>A setting a provider declares.</summary>
/// <param name="Name">Its name in <c>modules.json</c>.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Default">Its default, spelled as in the file.</param>
/// <param name="Meaning">One line for people.</param>
public sealed record ProviderSetting(string Name, SettingKind Kind, string Default, string Meaning)
{
    /// <summary>An environment variable of its own, beside the one made of kind and name; null for none.</summary>
    public string? Variable { get; init; }

    /// <summary>What a text must look like; null for anything.</summary>
    public SettingForm? Form { get; init; }

    /// <summary>Whether its value is never shown.</summary>
    public bool IsSecret { get; init; }
}

/// <summary>What a text must look like.</summary>
/// <param name="Expected">Ends the sentence "which is not ...".</param>
/// <param name="Matches">Whether a text does.</param>
public sealed record SettingForm(string Expected, Func<string, bool> Matches);

/// <summary>The settings of a provider, checked against its declaration.</summary>
public sealed class ProviderSettings
{
    private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _mistakes = [];

    /// <summary>Checks values against a declaration and fills in defaults.</summary>
    /// <param name="declared">What the provider knows.</param>
    /// <param name="given">What configuration says.</param>
    public ProviderSettings(IReadOnlyList<ProviderSetting> declared, IReadOnlyDictionary<string, string> given)
    {
        ArgumentNullException.ThrowIfNull(declared);
        ArgumentNullException.ThrowIfNull(given);
        foreach (ProviderSetting setting in declared)
        {
            _values[setting.Name] = setting.Default;
        }

        foreach ((string name, string value) in given)
        {
            ProviderSetting? setting = declared.FirstOrDefault(
                s => s.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (setting is null)
            {
                string known = string.Join(", ", declared.Select(s => s.Name));
                _mistakes.Add($"unknown setting \"{name}\"; known are: {(known.Length == 0 ? "none" : known)}");
            }
            else if (!IsValid(setting, value))
            {
                string shown = setting.IsSecret ? "something (not shown)" : $"\"{value}\"";
                string expected = setting.Form?.Expected ?? Describe(setting.Kind);
                _mistakes.Add($"setting \"{name}\" is {shown}, which is not {expected}");
            }
            else
            {
                _values[setting.Name] = value;
            }
        }
    }

    /// <summary>What is wrong, in words that say what to do; empty when all is well.</summary>
    public IReadOnlyList<string> Mistakes => _mistakes;

    /// <summary>A setting as text.</summary>
    /// <param name="name">A declared name.</param>
    public string Text(string name) => _values[name];

    /// <summary>A setting as a number.</summary>
    /// <param name="name">A declared name.</param>
    public long Number(string name) => long.Parse(_values[name], CultureInfo.InvariantCulture);

    /// <summary>A setting as bytes.</summary>
    /// <param name="name">A declared name.</param>
    public long Bytes(string name) => TryParseBytes(_values[name], out long bytes) ? bytes : 0;

    /// <summary>A setting as a truth value.</summary>
    /// <param name="name">A declared name.</param>
    public bool Boolean(string name) => bool.Parse(_values[name]);

    /// <summary>Reads a size: digits and an optional unit; kb, mb, gb are powers of 1024 and k, m, g of 1000, as in
    /// Redis's configuration.</summary>
    /// <param name="text">The size.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <returns>False when it is none or does not fit 63 bits.</returns>
    public static bool TryParseBytes(string text, out long bytes)
    {
        ArgumentNullException.ThrowIfNull(text);
        bytes = 0;
        string trimmed = text.Trim();
        int digits = trimmed.TakeWhile(char.IsAsciiDigit).Count();
        long unit = trimmed[digits..].Trim().ToLowerInvariant() switch
        {
            "" or "b" => 1,
            "k" => 1000,
            "kb" => 1L << 10,
            "m" => 1_000_000,
            "mb" => 1L << 20,
            "g" => 1_000_000_000,
            "gb" => 1L << 30,
            _ => 0,
        };
        if (unit == 0 ||
            !long.TryParse(trimmed[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out long number) ||
            number > long.MaxValue / unit)
        {
            return false;
        }

        bytes = number * unit;
        return true;
    }

    private static bool IsValid(ProviderSetting setting, string value) =>
        IsOfKind(setting.Kind, value) && (setting.Form?.Matches(value) ?? true);

    private static bool IsOfKind(SettingKind kind, string value) => kind switch
    {
        SettingKind.Number => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _),
        SettingKind.Bytes => TryParseBytes(value, out _),
        SettingKind.Boolean => bool.TryParse(value, out _),
        _ => true,
    };

    private static string Describe(SettingKind kind) => kind switch
    {
        SettingKind.Number => "a whole number",
        SettingKind.Bytes => "a size such as 64mb",
        SettingKind.Boolean => "true or false",
        _ => "text",
    };
}
