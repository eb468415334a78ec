using System.Text.Encodings.Web;
using System.Text.Json;

namespace Marekvs.Host.Settings;

/// <summary>Writes settings back into <c>modules.json</c>.</summary>
internal static class ConfigFile
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Puts settings into the file, all of them or none; what it says besides stays.</summary>
    /// <param name="path">The file.</param>
    /// <param name="values">Settings as their shapes read them.</param>
    /// <exception cref="IOException">It cannot be written; it is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    /// <exception cref="JsonException">It is not JSON any more; it is as it was.</exception>
    public static void Write(string path, IEnumerable<KeyValuePair<Setting, string>> values)
    {
        // Behind a link it is the file that changes, not the link.
        string target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        byte[] text = File.ReadAllBytes(target);
        foreach ((Setting setting, string value) in values)
        {
            text = JsonEdit.Set(text, setting.Name, ToJson(setting, value));
        }

        string fresh = target + ".new";
        using (FileStream file = new(fresh, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(file.SafeFileHandle, File.GetUnixFileMode(target));
            }

            file.Write(text);
            file.Flush(flushToDisk: true);
        }

        File.Move(fresh, target, overwrite: true);
    }

    private static string ToJson(Setting setting, string value) => setting.Form switch
    {
        JsonForm form when form.HasFlag(JsonForm.Lines) =>
            JsonSerializer.Serialize(value.Split('\n', StringSplitOptions.RemoveEmptyEntries), Plain),
        JsonForm form when form.HasFlag(JsonForm.Boolean) => value,
        JsonForm form when form.HasFlag(JsonForm.Number) && long.TryParse(value, out _) => value,
        _ => JsonSerializer.Serialize(value, Plain),
    };
}
