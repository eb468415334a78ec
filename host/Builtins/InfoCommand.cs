using System.Text;
using Marekvs.Abstractions.Commands;

namespace Marekvs.Host.Builtins;

/// <summary>INFO: picks sections and sends their text.</summary>
internal sealed class InfoCommand(InfoSections sections)
{
    public Reply Run(in CommandCall call)
    {
        List<string> asked = [];
        for (int i = 1; i < call.Args.Count; i++)
        {
            asked.Add(Encoding.UTF8.GetString(call.Args[i]).ToLowerInvariant());
        }

        var text = new InfoText();
        foreach (InfoSection section in sections.All)
        {
            bool isAsked = asked.Contains(section.Name) || asked.Contains("everything") ||
                (asked.Contains("all") && section.Name != "modules") ||
                ((asked.Count == 0 || asked.Contains("default")) && section.IsDefault);
            if (isAsked)
            {
                text.Section(section.Title);
                section.Write(text);
            }
        }

        call.Writer.Verbatim(Encoding.UTF8.GetBytes(text.ToString()), "txt"u8);
        return Reply.Written;
    }
}

/// <summary>A section of INFO.</summary>
/// <param name="Name">In small letters.</param>
/// <param name="IsDefault">Whether INFO alone shows it.</param>
/// <param name="Write">Writes its lines.</param>
internal sealed record InfoSection(string Name, bool IsDefault, Action<InfoText> Write)
{
    /// <summary>The name as a heading.</summary>
    public string Title => Name == "cpu" ? "CPU" : char.ToUpperInvariant(Name[0]) + Name[1..];
}
