using System.Globalization;
using System.Text;

namespace Marekvs.Testing;

/// <summary>Splits a line into arguments as redis-cli does: blanks separate, double quotes take <c>\n \r \t \b \a \\
/// \" \xHH</c>, single quotes take everything but <c>\'</c>. Bytes are the characters U+0000 to U+00FF.</summary>
public static class CommandLine
{
    /// <summary>Splits a line.</summary>
    /// <param name="line">The line.</param>
    /// <exception cref="FormatException">A quote is not closed.</exception>
    public static IReadOnlyList<string> Split(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        var args = new List<string>();
        int at = 0;
        while (true)
        {
            while (at < line.Length && line[at] == ' ')
            {
                at++;
            }

            if (at == line.Length)
            {
                return args;
            }

            args.Add(ReadArgument(line, ref at));
        }
    }

    /// <summary>The bytes of arguments.</summary>
    /// <param name="args">The arguments.</param>
    public static byte[][] ToBytes(IReadOnlyList<string> args)
    {
        ArgumentNullException.ThrowIfNull(args);
        return [.. args.Select(Encoding.Latin1.GetBytes)];
    }

    private static string ReadArgument(string line, ref int at)
    {
        var text = new StringBuilder();
        while (at < line.Length && line[at] != ' ')
        {
            char c = line[at++];
            if (c is '"' or '\'')
            {
                ReadQuoted(line, c, ref at, text);
            }
            else
            {
                text.Append(c);
            }
        }

        return text.ToString();
    }

    private static void ReadQuoted(string line, char quote, ref int at, StringBuilder text)
    {
        while (at < line.Length && line[at] != quote)
        {
            char c = line[at++];
            bool escapes = c == '\\' && at < line.Length && (quote == '"' || line[at] == quote);
            text.Append(escapes ? ReadEscape(line, ref at) : c);
        }

        if (at == line.Length)
        {
            throw new FormatException($"unbalanced {quote} in: {line}");
        }

        at++;
    }

    private static char ReadEscape(string line, ref int at)
    {
        char c = line[at++];
        if (c == 'x' && at + 1 < line.Length &&
            byte.TryParse(line.AsSpan(at, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte b))
        {
            at += 2;
            return (char)b;
        }

        return c switch
        {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'b' => '\b',
            'a' => '\a',
            _ => c,
        };
    }
}
