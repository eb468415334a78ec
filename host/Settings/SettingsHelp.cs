using System.Text;

namespace Marekvs.Host.Settings;

/// <summary>Shows the table of settings to people.</summary>
internal static class SettingsHelp
{
    /// <summary>The table as <c>--help</c> prints it.</summary>
    public static string Describe()
    {
        var text = new StringBuilder();
        text.AppendLine("Settings (name in modules.json, environment variable, default):");
        text.AppendLine();
        text.AppendLine($"  {"",-26} {SettingTable.ConfigVariable,-28} modules.json beside the program");
        text.AppendLine("      The configuration file.");
        foreach (Setting setting in SettingTable.All)
        {
            text.AppendLine($"  {setting.Name,-26} {setting.Variable,-28} {ShownDefault(setting)}");
            text.AppendLine($"      {setting.Meaning}");
        }

        return text.ToString();
    }

    /// <summary>The table in Markdown, as the README shows it.</summary>
    public static string DescribeMarkdown()
    {
        var text = new StringBuilder();
        text.AppendLine("| `modules.json` | Environment | Default | Meaning |");
        text.AppendLine("|---|---|---|---|");
        foreach (Setting setting in SettingTable.All)
        {
            text.AppendLine(
                $"| `{setting.Name}` | `{setting.Variable}` | {ShownDefault(setting)} | {setting.Meaning} |");
        }

        return text.ToString();
    }

    private static string ShownDefault(Setting setting) => setting.Default.Length == 0 ? "none" : setting.Default;
}
