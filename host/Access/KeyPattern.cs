using System.Text;
using Marekvs.Abstractions.Commands;

namespace Marekvs.Host.Access;

/// <summary>What a user may do with the data of keys.</summary>
[Flags]
internal enum KeyRights
{
    None = 0,
    Read = 1,
    Write = 2,
    All = Read | Write,
}

/// <summary>A rule about keys: <c>~pattern</c>, <c>%R~pattern</c>, <c>%W~pattern</c>.</summary>
/// <param name="Pattern">The glob, one byte in each character.</param>
/// <param name="Rights">What it allows.</param>
internal sealed record KeyPattern(string Pattern, KeyRights Rights)
{
    private readonly byte[] _pattern = Encoding.Latin1.GetBytes(Pattern);

    /// <summary>Reads a rule.</summary>
    /// <param name="word">Begins with <c>~</c> or <c>%</c>.</param>
    /// <returns>Null when it is none.</returns>
    public static KeyPattern? Parse(string word)
    {
        KeyRights rights = word[0] == '~' ? KeyRights.All : KeyRights.None;
        int at = word.IndexOf('~', StringComparison.Ordinal);
        foreach (char letter in at > 0 ? word.AsSpan(1, at - 1) : default)
        {
            KeyRights right = letter switch
            {
                'R' or 'r' => KeyRights.Read,
                'W' or 'w' => KeyRights.Write,
                _ => KeyRights.None,
            };
            if (right == KeyRights.None || (rights & right) != 0)
            {
                return null;
            }

            rights |= right;
        }

        return at < 0 || rights == KeyRights.None || AclWords.HasSpaces(word)
            ? null
            : new KeyPattern(word[(at + 1)..], rights);
    }

    /// <summary>The rights a use of a key needs; one that shows and changes no data needs none but a pattern that
    /// matches.</summary>
    /// <param name="use">What the command does with the key.</param>
    public static KeyRights Needed(KeyUse use) =>
        ((use & KeyUse.Access) != 0 ? KeyRights.Read : KeyRights.None) |
        ((use & (KeyUse.Update | KeyUse.Insert | KeyUse.Delete)) != 0 ? KeyRights.Write : KeyRights.None);

    /// <summary>Whether a key may be used.</summary>
    /// <param name="key">The key.</param>
    /// <param name="needed">The rights the use needs.</param>
    public bool Allows(ReadOnlySpan<byte> key, KeyRights needed) =>
        (Rights & needed) == needed && GlobPattern.Matches(_pattern, key);

    public override string ToString() => Rights switch
    {
        KeyRights.Read => "%R~" + Pattern,
        KeyRights.Write => "%W~" + Pattern,
        _ => "~" + Pattern,
    };
}
