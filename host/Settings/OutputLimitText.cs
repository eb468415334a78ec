using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Marekvs.Abstractions;

namespace Marekvs.Host.Settings;

/// <summary>The spelling of <c>client-output-buffer-limit</c>: class, hard bytes, soft bytes, soft seconds, for one
/// class or several.</summary>
internal static class OutputLimitText
{
    /// <summary>The text as a setting; classes it does not name have Redis's default.</summary>
    public static SettingShape<OutputLimits> Shape { get; } = new(
        "limits such as \"normal 0 0 0 pubsub 32mb 8mb 60\"", JsonForm.Text,
        (string text, [MaybeNullWhen(false)] out OutputLimits limits) =>
            TryParse(text, OutputLimits.Default, out limits) is null);

    public static string Format(OutputLimits limits) =>
        $"normal {One(limits.Normal)} slave {One(limits.Replica)} pubsub {One(limits.PubSub)}";

    /// <summary>Reads new limits over old ones.</summary>
    /// <returns>Null, or what is wrong in Redis's words.</returns>
    public static string? TryParse(string text, OutputLimits current, out OutputLimits limits)
    {
        limits = current;
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0 || words.Length % 4 != 0)
        {
            return "Wrong number of arguments in buffer limit configuration.";
        }

        for (int i = 0; i < words.Length; i += 4)
        {
            if (!ProviderSettings.TryParseBytes(words[i + 1], out long hard) ||
                !ProviderSettings.TryParseBytes(words[i + 2], out long soft) ||
                !int.TryParse(words[i + 3], NumberStyles.None, CultureInfo.InvariantCulture, out int seconds))
            {
                return "Error in hard, soft or soft_seconds setting in buffer limit configuration.";
            }

            var limit = new OutputLimit(hard, soft, seconds);
            switch (words[i].ToLowerInvariant())
            {
                case "normal":
                    limits = limits with { Normal = limit };
                    break;
                case "slave" or "replica":
                    limits = limits with { Replica = limit };
                    break;
                case "pubsub":
                    limits = limits with { PubSub = limit };
                    break;
                default:
                    return "Invalid client class specified in buffer limit configuration.";
            }
        }

        return null;
    }

    private static string One(OutputLimit limit) => $"{limit.HardBytes} {limit.SoftBytes} {limit.SoftSeconds}";
}
