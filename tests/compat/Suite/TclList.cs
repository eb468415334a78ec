using System.Text;

namespace Marekvs.Compat.Suite;

/// <summary>Tcl's lists in text: words apart by spaces; braces, quotes and backslashes hold words together.</summary>
internal static class TclList
{
    public static List<string> Split(string text)
    {
        var words = new List<string>();
        int at = 0;
        while (SkipSpace(text, ref at))
        {
            words.Add(text[at] switch
            {
                '{' => Braced(text, ref at),
                '"' => Quoted(text, ref at),
                _ => Bare(text, ref at),
            });
        }

        return words;
    }

    private static bool SkipSpace(string text, ref int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        return at < text.Length;
    }

    private static string Braced(string text, ref int at)
    {
        int start = ++at;
        for (int depth = 1; at < text.Length; at++)
        {
            switch (text[at])
            {
                case '\\':
                    at++;
                    break;
                case '{':
                    depth++;
                    break;
                case '}' when --depth == 0:
                    return text[start..at++];
            }
        }

        throw new FormatException($"a brace is not closed: {text}");
    }

    private static string Quoted(string text, ref int at)
    {
        var word = new StringBuilder();
        for (at++; at < text.Length && text[at] != '"';)
        {
            word.Append(Character(text, ref at));
        }

        at++;
        return word.ToString();
    }

    private static string Bare(string text, ref int at)
    {
        var word = new StringBuilder();
        while (at < text.Length && !char.IsWhiteSpace(text[at]))
        {
            word.Append(Character(text, ref at));
        }

        return word.ToString();
    }

    private static char Character(string text, ref int at)
    {
        char character = text[at++];
        if (character != '\\' || at == text.Length)
        {
            return character;
        }

        return text[at++] switch
        {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            char plain => plain,
        };
    }
}
