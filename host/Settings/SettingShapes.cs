using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using Marekvs.Abstractions;

namespace Marekvs.Host.Settings;

/// <summary>The kinds of values settings have.</summary>
internal static class SettingShapes
{
    public static SettingShape<string> Text { get; } = new("text", JsonForm.Text, TryText);

    public static SettingShape<bool> TrueOrFalse { get; } = new("true or false", JsonForm.Boolean, bool.TryParse);

    public static SettingShape<long> Bytes { get; } = new(
        "a size such as 64mb", JsonForm.Text | JsonForm.Number, ProviderSettings.TryParseBytes);

    public static SettingShape<IReadOnlyList<string>> Names { get; } = new(
        "a list of names", JsonForm.List, TryNames);

    public static SettingShape<IReadOnlyList<string>> Lines { get; } = new(
        "a list of lines", JsonForm.Lines, TryLines);

    public static SettingShape<ListenAddress> Address { get; } = new(
        "an address such as 127.0.0.1:6379, [::1]:6379, localhost:6379 or *:6379", JsonForm.Text,
        ListenAddress.TryParse);

    public static SettingShape<IReadOnlyList<double>> Percentages { get; } = new(
        "numbers from 0 to 100 with blanks between them", JsonForm.Text, TryPercentages);

    public static SettingShape<MemorySize> Memory { get; } = new(
        "a size such as 2gb, or a share of the machine such as 25%", JsonForm.Text | JsonForm.Number,
        MemorySize.TryParse);

    /// <summary>A whole number within bounds.</summary>
    public static SettingShape<int> Number(int least, int most) => new(
        $"a whole number from {least} to {most}", JsonForm.Number,
        (string text, out int value) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) &&
            value >= least && value <= most);

    /// <summary>A whole number from a bound on.</summary>
    public static SettingShape<long> LongNumber(long least) => new(
        $"a whole number, {least} at least", JsonForm.Number,
        (string text, out long value) =>
            long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value) &&
            value >= least);

    /// <summary>A whole number within bounds, or <c>auto</c>, which reads as 0.</summary>
    public static SettingShape<int> NumberOrAuto(int least, int most) => new(
        $"a whole number from {least} to {most}, or \"auto\"", JsonForm.Number | JsonForm.Text,
        (string text, out int value) =>
        {
            value = 0;
            return text.Equals("auto", StringComparison.OrdinalIgnoreCase) ||
                (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) &&
                value >= least && value <= most);
        });

    /// <summary>One of a few words.</summary>
    public static SettingShape<T> OneOf<T>(params (string Word, T Value)[] choices) => new(
        "one of " + string.Join(", ", choices.Select(c => c.Word)), JsonForm.Text,
        (string text, [MaybeNullWhen(false)] out T value) =>
        {
            foreach ((string word, T candidate) in choices)
            {
                if (word.Equals(text, StringComparison.OrdinalIgnoreCase))
                {
                    value = candidate;
                    return true;
                }
            }

            value = default;
            return false;
        });

    private static bool TryText(string text, out string value)
    {
        value = text;
        return true;
    }

    private static bool TryLines(string text, out IReadOnlyList<string> value)
    {
        value = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return true;
    }

    private static bool TryPercentages(string text, out IReadOnlyList<double> value)
    {
        List<double> numbers = [];
        value = numbers;
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            bool isNumber = double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double number);
            if (!isNumber || number is not (>= 0 and <= 100))
            {
                return false;
            }

            numbers.Add(number);
        }

        return true;
    }

    private static bool TryNames(string text, out IReadOnlyList<string> value)
    {
        value = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return value.Distinct(StringComparer.OrdinalIgnoreCase).Count() == value.Count;
    }
}

/// <summary>Where to listen.</summary>
/// <param name="Address">An address, or null for every one of the machine.</param>
/// <param name="Port">0 lets the system choose.</param>
internal sealed record ListenAddress(IPAddress? Address, int Port)
{
    /// <summary>Whether only this machine can reach it.</summary>
    public bool IsLoopback => Address is not null && IPAddress.IsLoopback(Address);

    public static bool TryParse(string text, [MaybeNullWhen(false)] out ListenAddress value)
    {
        value = null;
        int colon = text.LastIndexOf(':');
        if (colon < 1 ||
            !ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            return false;
        }

        string host = text[..colon];
        IPAddress? address = null;
        if (host == "localhost")
        {
            address = IPAddress.Loopback;
        }
        else if (host != "*" && !IPAddress.TryParse(host.Trim('[', ']'), out address))
        {
            return false;
        }

        value = new ListenAddress(address, port);
        return true;
    }

    public override string ToString() =>
        Address is null ? $"*:{Port}" : new IPEndPoint(Address, Port).ToString();
}

/// <summary>A size, or a share of the machine's memory.</summary>
/// <param name="Amount">Bytes, or percent.</param>
/// <param name="IsPercent">Which of the two.</param>
internal readonly record struct MemorySize(long Amount, bool IsPercent)
{
    /// <summary>The size on a machine.</summary>
    /// <param name="machineBytes">Memory the process may use, a container's limit included.</param>
    public long On(long machineBytes) => IsPercent ? machineBytes / 100 * Amount : Amount;

    public static bool TryParse(string text, out MemorySize value)
    {
        if (text.EndsWith('%'))
        {
            bool isShare = int.TryParse(
                text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int percent) &&
                percent is >= 1 and <= 90;
            value = new MemorySize(percent, IsPercent: true);
            return isShare;
        }

        bool isSize = ProviderSettings.TryParseBytes(text, out long bytes) && bytes > 0;
        value = new MemorySize(bytes, IsPercent: false);
        return isSize;
    }
}
