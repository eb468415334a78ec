using System.Text;

namespace Marekvs.Host.Access;

/// <summary>
/// Users as lines of text, as <c>aclfile</c> and the settings have them:
/// <code>user NAME word word ...</code>
/// </summary>
internal sealed class AclLines
{
    private readonly List<(string Place, string Line, int Number)> _lines = [];
    private readonly List<string> _unreadable = [];

    /// <summary>Adds a line.</summary>
    /// <param name="place">Where it stands: the name of a file or setting, and the number of the line.</param>
    /// <param name="line">The line, one byte in each character.</param>
    /// <param name="number">Its number.</param>
    public void Add(string place, string line, int number)
    {
        line = line.Trim();
        if (line.Length > 0)
        {
            _lines.Add((place, line, number));
        }
    }

    /// <summary>Adds the lines of a file.</summary>
    /// <param name="path">The file.</param>
    public void AddFile(string path)
    {
        try
        {
            int number = 0;
            foreach (string line in File.ReadLines(path, Encoding.Latin1))
            {
                number++;
                Add(path, line, number);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string reason = e is FileNotFoundException or DirectoryNotFoundException
                ? "No such file or directory"
                : e.Message;
            _unreadable.Add($"Error loading ACLs, opening file '{path}': {reason}");
        }
    }

    /// <summary>Reads the rules of all users.</summary>
    /// <param name="newRules">Makes the rules of a new user.</param>
    /// <param name="mistakes">Receives what is wrong. A word is shown only when it is about commands, for it could be
    /// a password.</param>
    public Dictionary<string, AclRules> Resolve(Func<AclRules> newRules, List<string> mistakes)
    {
        mistakes.AddRange(_unreadable);
        Dictionary<string, AclRules> users = new(StringComparer.Ordinal);
        foreach ((string place, string line, int number) in _lines)
        {
            string[] words = AclWords.Split(line);
            if (words.Length < 2 || words[0] != "user")
            {
                mistakes.Add($"{place}:{number} should start with user keyword followed by the username.");
            }
            else if (AclWords.NameOf(AclWords.Bytes(words[1])) is not { } name)
            {
                mistakes.Add($"'{place}:{number}: username '{words[1]}' contains invalid characters.");
            }
            else if (!users.TryAdd(name, newRules()))
            {
                mistakes.Add($"WARNING: Duplicate user '{name}' found on line {number}.");
            }
            else
            {
                Apply(users[name], words[2..], $"{place}:{number}", mistakes);
            }
        }

        return users;
    }

    private static void Apply(AclRules rules, string[] words, string place, List<string> mistakes)
    {
        if (AclWords.JoinSelectors(words, out string open) is not { } joined)
        {
            mistakes.Add($"{place}: Unmatched parenthesis in selector definition '{open}'.");
            return;
        }

        bool isFirst = true;
        foreach (string word in joined)
        {
            AclMistake mistake = rules.Apply(word);
            if (mistake == AclMistake.UnknownCommand)
            {
                mistakes.Add($"{place}: Error in applying operation '{word}': {mistake.Text()}.");
            }
            else if (mistake != AclMistake.None && isFirst)
            {
                // Those after it may follow from it.
                isFirst = false;
                mistakes.Add($"{place}: {mistake.Text()}.");
            }
        }
    }
}
