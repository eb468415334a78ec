using System.Globalization;
using Marekvs.Abstractions;
using Marekvs.Host.Settings;

namespace Marekvs.Host.Builtins;

/// <summary>Checks a value for a parameter and prepares the change.</summary>
/// <param name="value">The new value.</param>
/// <param name="change">Makes the change; called only when every value of one CONFIG SET is right.</param>
/// <returns>Null, or what is wrong in Redis's words.</returns>
internal delegate string? ParameterSetter(string value, out Action change);

/// <summary>A parameter of CONFIG GET and CONFIG SET, under Redis's name.</summary>
/// <param name="Name">The name.</param>
/// <param name="Get">Its value.</param>
/// <param name="Set">Changes it, or null when it holds until the process ends.</param>
internal sealed record ConfigParameter(string Name, Func<string> Get, ParameterSetter? Set = null)
{
    /// <summary>The setting that CONFIG REWRITE writes it to, or null when there is nothing to write.</summary>
    public Setting? Kept { get; init; }

    /// <summary>The value as that setting spells it, where it is not as CONFIG GET does.</summary>
    public Func<string>? Spelling { get; init; }

    /// <summary>Whether values must not be shown to monitors and in logs.</summary>
    public bool IsSecret { get; init; }

    /// <summary>A number within bounds.</summary>
    public static ConfigParameter Number(string name, Func<long> get, Action<long> set, long least, long most) => new(
        name,
        () => Text(get()),
        (string value, out Action change) =>
        {
            bool isNumber = long.TryParse(
                value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number);
            change = () => set(number);
            return !isNumber ? "argument couldn't be parsed into an integer" : OutOf(number, least, most);
        });

    /// <summary>A size with an optional unit.</summary>
    public static ConfigParameter Bytes(string name, Func<long> get, Action<long> set, long least) => new(
        name,
        () => Text(get()),
        (string value, out Action change) =>
        {
            bool isSize = ProviderSettings.TryParseBytes(value, out long bytes) && value.Length > 0;
            change = () => set(bytes);
            return !isSize ? "argument must be a memory value" : OutOf(bytes, least, long.MaxValue);
        });

    /// <summary>Yes or no.</summary>
    public static ConfigParameter YesNo(string name, Func<bool> get, Action<bool> set) => new(
        name,
        () => get() ? "yes" : "no",
        (string value, out Action change) =>
        {
            bool isYes = value.Equals("yes", StringComparison.OrdinalIgnoreCase);
            bool isNo = value.Equals("no", StringComparison.OrdinalIgnoreCase);
            change = () => set(isYes);
            return isYes || isNo ? null : "argument must be 'yes' or 'no'";
        })
    {
        Spelling = () => get() ? "true" : "false",
    };

    /// <summary>One of a few words.</summary>
    public static ConfigParameter Choice(string name, string[] words, Func<string> get, Action<string> set) => new(
        name,
        get,
        (string value, out Action change) =>
        {
            string? word = Array.Find(words, w => w.Equals(value, StringComparison.OrdinalIgnoreCase));
            change = () => set(word!);
            return word is not null ? null : $"argument(s) must be one of the following: {string.Join(", ", words)}";
        });

    /// <summary>A word that is always the same: setting it to itself is accepted, for clients do that.</summary>
    public static ConfigParameter Fixed(string name, string only) => new(
        name,
        () => only,
        (string value, out Action change) =>
        {
            change = static () => { };
            return value.Equals(only, StringComparison.OrdinalIgnoreCase)
                ? null
                : $"argument(s) must be one of the following: {(only.Length == 0 ? "\"\"" : only)}";
        });

    /// <summary>A fact under the name of a parameter: setting it to what it is is accepted, for clients restore what they
    /// have read.</summary>
    public static ConfigParameter Fact(string name, string value) => new(
        name,
        () => value,
        (string given, out Action change) =>
        {
            change = static () => { };
            return given.Equals(value, StringComparison.OrdinalIgnoreCase)
                ? null
                : $"this server has it as '{value}' and in no other way";
        });

    /// <summary>What Redis changes while it runs and this node does not; what it is can be set.</summary>
    public static ConfigParameter UntilTheEnd(
        string name, Func<string> get, string refusal = "can't set immutable config") => new(
        name,
        get,
        (string given, out Action change) =>
        {
            change = static () => { };
            return given == get() ? null : refusal;
        });

    private static string? OutOf(long number, long least, long most) => number >= least && number <= most
        ? null
        : $"argument must be between {Text(least)} and {Text(most)} inclusive";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
