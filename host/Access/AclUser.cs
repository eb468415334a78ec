namespace Marekvs.Host.Access;

/// <summary>A user that connections act as. Its rules are replaced as a whole.</summary>
internal sealed class AclUser
{
    private volatile AclRules _rules;

    /// <summary>Creates a user.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="rules">Its rules.</param>
    public AclUser(string name, AclRules rules) => (Name, _rules) = (name, rules);

    public string Name { get; }

    public AclRules Rules
    {
        get => _rules;
        set => _rules = value;
    }

    /// <summary>The user as a line of <c>ACL LIST</c> and of a file, in bytes.</summary>
    public byte[] ToLine() => [.. "user "u8, .. System.Text.Encoding.UTF8.GetBytes(Name), .. " "u8,
        .. AclWords.Bytes(Rules.ToString())];
}
