using System.Buffers;
using System.Text;
using Marekvs.Abstractions.Commands;

namespace Marekvs.Host.Access;

/// <summary>
/// The words of users' rules. A word is a text with one byte in each character, because patterns are bytes; only names
/// of users are decoded.
/// </summary>
internal static class AclWords
{
    private static readonly SearchValues<char> Spaces = SearchValues.Create(" \t\n\v\f\r\0");

    private static readonly Encoding StrictUtf8 =
        new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The words of a command.</summary>
    /// <param name="args">The command.</param>
    /// <param name="from">The first argument that is a word.</param>
    public static List<string> From(CommandArgs args, int from)
    {
        List<string> words = [];
        for (int i = from; i < args.Count; i++)
        {
            words.Add(Encoding.Latin1.GetString(args[i]));
        }

        return words;
    }

    /// <summary>The words of a line.</summary>
    /// <param name="line">The line.</param>
    public static string[] Split(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The bytes of a word or of several.</summary>
    public static byte[] Bytes(string word) => Encoding.Latin1.GetBytes(word);

    /// <summary>Joins what blanks inside parentheses have split.</summary>
    /// <param name="words">The words.</param>
    /// <param name="open">The word whose parenthesis is never closed.</param>
    /// <returns>The words with each selector as one, or null.</returns>
    public static List<string>? JoinSelectors(IReadOnlyList<string> words, out string open)
    {
        List<string> joined = [];
        open = "";
        foreach (string word in words)
        {
            if (open.Length > 0)
            {
                joined[^1] += " " + word;
            }
            else
            {
                joined.Add(word);
                open = word.StartsWith('(') ? word : "";
            }

            open = open.Length > 0 && word.EndsWith(')') ? "" : open;
        }

        return open.Length > 0 ? null : joined;
    }

    /// <summary>Reads the name of a user.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <returns>Null when a name cannot be so.</returns>
    public static string? NameOf(ReadOnlySpan<byte> bytes)
    {
        try
        {
            string name = StrictUtf8.GetString(bytes);
            return HasSpaces(name) ? null : name;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>Whether a word has what would break a line of rules.</summary>
    public static bool HasSpaces(string word) => word.AsSpan().ContainsAny(Spaces);
}
