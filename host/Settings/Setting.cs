using System.Diagnostics.CodeAnalysis;

namespace Marekvs.Host.Settings;

/// <summary>How a value may be written in <c>modules.json</c>.</summary>
[Flags]
internal enum JsonForm
{
    Text = 1,
    Number = 2,
    Boolean = 4,
    List = 8,

    /// <summary>A list whose items may hold commas.</summary>
    Lines = 16,
}

/// <summary>Reads a value from its spelling.</summary>
internal delegate bool SettingParser<T>(string text, [MaybeNullWhen(false)] out T value);

/// <summary>What values of one kind look like.</summary>
/// <param name="Expected">Ends the sentence "which is not ...".</param>
/// <param name="Form">How the file may write it.</param>
/// <param name="TryParse">Reads it.</param>
internal sealed record SettingShape<T>(string Expected, JsonForm Form, SettingParser<T> TryParse);

/// <summary>One row of the table of settings: it feeds reading, <c>--help</c> and the README.</summary>
/// <param name="name">Its place in <c>modules.json</c>, such as <c>listen.resp</c>.</param>
/// <param name="variable">The environment variable that overrides it.</param>
/// <param name="defaultText">Its default as it would be written.</param>
/// <param name="meaning">One line for people.</param>
internal abstract class Setting(string name, string variable, string defaultText, string meaning)
{
    public string Name { get; } = name;

    public string Variable { get; } = variable;

    public string Default { get; } = defaultText;

    public string Meaning { get; } = meaning;

    public abstract string Expected { get; }

    public abstract JsonForm Form { get; }

    public abstract bool TryRead(string text, [NotNullWhen(true)] out object? value);
}

/// <summary>A row whose value has a type.</summary>
internal sealed class Setting<T>(
    string name, string variable, string defaultText, SettingShape<T> shape, string meaning)
    : Setting(name, variable, defaultText, meaning)
    where T : notnull
{
    public override string Expected => shape.Expected;

    public override JsonForm Form => shape.Form;

    public override bool TryRead(string text, [NotNullWhen(true)] out object? value)
    {
        bool isRead = shape.TryParse(text, out T? typed);
        value = isRead ? typed : null;
        return isRead;
    }
}
