using System.Globalization;

namespace Marekvs.Simulation.Tests;

/// <summary>A reply as a test reads it: text, or parts; neither when it is null.</summary>
internal sealed record ReplyText(string? Text, IReadOnlyList<ReplyText> Parts)
{
    public bool IsError => Text?.StartsWith('-') == true;

    /// <summary>The number of an integer reply or bulk; 0 for a null.</summary>
    public long Number => Text is null ? 0 : long.Parse(Text.TrimStart(':'), CultureInfo.InvariantCulture);

    /// <summary>The texts of all parts.</summary>
    public string[] Texts => [.. Parts.Select(part => part.Text ?? "")];

    /// <summary>Reads RESP2; errors and integers keep their first character.</summary>
    public static ReplyText Read(string reply)
    {
        int at = 0;
        return Read(reply, ref at);
    }

    private static ReplyText Read(string reply, ref int at)
    {
        int end = reply.IndexOf("\r\n", at, StringComparison.Ordinal);
        string line = reply[at..end];
        at = end + 2;
        switch (line[0])
        {
            case '$' when line != "$-1":
                int length = int.Parse(line.AsSpan(1), CultureInfo.InvariantCulture);
                at += length + 2;
                return new ReplyText(reply.Substring(at - length - 2, length), []);
            case '*' when line != "*-1":
                var parts = new ReplyText[int.Parse(line.AsSpan(1), CultureInfo.InvariantCulture)];
                for (int i = 0; i < parts.Length; i++)
                {
                    parts[i] = Read(reply, ref at);
                }

                return new ReplyText(null, parts);
            case '$' or '*':
                return new ReplyText(null, []);
            case '+':
                return new ReplyText(line[1..], []);
            default:
                return new ReplyText(line, []);
        }
    }
}
