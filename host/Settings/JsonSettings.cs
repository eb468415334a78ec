using System.Text.Json;

namespace Marekvs.Host.Settings;

/// <summary>
/// Reads <c>modules.json</c> against the table of settings: nested names become <c>listen.resp</c>, unknown names and
/// wrong types are reported with their place. Comments and trailing commas are allowed, for people write the file.
/// </summary>
internal sealed class JsonSettings
{
    private static readonly JsonDocumentOptions Options = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
    };

    private const JsonForm ProviderForms = JsonForm.Text | JsonForm.Number | JsonForm.Boolean | JsonForm.List;

    private readonly string _file;
    private readonly SettingsReader _reader;

    private JsonSettings(string file, SettingsReader reader) => (_file, _reader) = (file, reader);

    /// <summary>Reads a file into a reader.</summary>
    public static void Read(string file, SettingsReader reader)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file), Options);
            var settings = new JsonSettings(Path.GetFileName(file), reader);
            settings.ReadObject("", document.RootElement);
        }
        catch (JsonException e)
        {
            reader.Report($"{file} is not valid JSON: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            reader.Report(
                $"the configuration {file} cannot be read: {e.Message} Set {SettingTable.ConfigVariable} to its path.");
        }
    }

    private void ReadObject(string path, JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            _reader.Report($"{Place(path)} must be an object {{ ... }}");
            return;
        }

        foreach (JsonProperty property in element.EnumerateObject())
        {
            string name = path.Length == 0 ? property.Name : $"{path}.{property.Name}";
            Setting? setting = SettingTable.All.FirstOrDefault(s => s.Name == name);
            if (setting is not null)
            {
                ReadSetting(setting, property.Value);
            }
            else if (name is "storage.settings" or "cluster.settings")
            {
                ReadProvider(path, name, property.Value);
            }
            else if (SettingTable.All.Any(s => s.Name.StartsWith(name + ".", StringComparison.Ordinal)))
            {
                ReadObject(name, property.Value);
            }
            else
            {
                _reader.Report($"{Place(name)} is unknown{NearestName.Suggest(name, KnownNames())}");
            }
        }
    }

    private void ReadSetting(Setting setting, JsonElement value)
    {
        if (TryText(value, setting.Form, out string text))
        {
            _reader.Take(Place(setting.Name), setting, text);
        }
        else
        {
            _reader.Refuse(Place(setting.Name), setting, value.GetRawText());
        }
    }

    private void ReadProvider(string kind, string path, JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            _reader.Report($"{Place(path)} must be an object {{ ... }}");
            return;
        }

        foreach (JsonProperty property in element.EnumerateObject())
        {
            string place = Place($"{path}.{property.Name}");
            if (TryText(property.Value, ProviderForms, out string text))
            {
                _reader.TakeGiven(kind, new GivenSetting(place, property.Name, text));
            }
            else
            {
                _reader.Report($"{place} must be a text, a number, true, false or a list of texts");
            }
        }
    }

    private static bool TryText(JsonElement value, JsonForm form, out string text)
    {
        text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                return form.HasFlag(JsonForm.Text);
            case JsonValueKind.Number:
                return form.HasFlag(JsonForm.Number);
            case JsonValueKind.True or JsonValueKind.False:
                return form.HasFlag(JsonForm.Boolean);
            case JsonValueKind.Array when (form & (JsonForm.List | JsonForm.Lines)) != 0:
                List<JsonElement> items = [.. value.EnumerateArray()];
                text = string.Join(form.HasFlag(JsonForm.Lines) ? '\n' : ',', items.Select(i => i.ToString()));
                return items.All(i => i.ValueKind == JsonValueKind.String);
            default:
                return false;
        }
    }

    private static IEnumerable<string> KnownNames() =>
        SettingTable.All.SelectMany(s => new[] { s.Name, s.Name.Split('.')[0] })
            .Concat(["storage.settings", "cluster.settings"])
            .Distinct();

    private string Place(string name) => name.Length == 0 ? _file : $"{_file}: {name}";
}
